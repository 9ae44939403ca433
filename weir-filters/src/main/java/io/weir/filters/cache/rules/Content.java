package io.weir.filters.cache.rules;

import java.io.IOException;

/**
 * The body of a stored response: in memory, or in a file, of which only one piece at a time stands in memory.
 * Immutable; any thread.
 */
public sealed interface Content {
    /** The pieces that a body is read in; the last may be shorter. */
    int PIECE_BYTES = 64 * 1024;

    /** How many bytes there are. */
    int length();

    /**
     * One piece, which is not to be written to. May block where the body is in a file.
     *
     * @param index
     *            from 0; the piece begins at {@code index * PIECE_BYTES}
     * @throws IOException
     *             when it cannot be read, or is not what was written
     */
    byte[] piece(int index) throws IOException;

    /** Who uses it longer than who gave it says so. */
    void retain();

    /** Undoes {@link #retain}, or gives back what a store has found. */
    void release();

    /**
     * In memory.
     *
     * @param bytes
     *            not to be written to
     */
    @SuppressWarnings("ArrayRecordComponent") // shared by every answer, so never copied; equality is not asked for
    record Bytes(byte[] bytes) implements Content {
        @Override
        public int length() {
            return bytes.length;
        }

        @Override
        public byte[] piece(int index) {
            int from = index * PIECE_BYTES;
            return java.util.Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + PIECE_BYTES));
        }

        @Override
        public void retain() {
            // memory is given back by itself
        }

        @Override
        public void release() {
            // memory is given back by itself
        }
    }

    /** In a file, which stays open, and as it is, until nobody uses it any more. */
    non-sealed interface Filed extends Content {}
}
