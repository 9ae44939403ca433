package io.weir.net.check;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Blocks of bytes that an answer must hold, one after the other, with anything between them: Envoy's {@code receive}.
 * Immutable.
 */
public final class Expected {
    /** Nothing is expected: any answer will do. */
    public static final Expected NOTHING = new Expected(List.of());

    private final List<byte[]> blocks;

    private Expected(List<byte[]> blocks) {
        this.blocks = blocks;
    }

    /** These blocks, in this order. */
    public static Expected of(List<byte[]> blocks) {
        return new Expected(blocks.stream().map(byte[]::clone).toList());
    }

    /** True when nothing is expected. */
    public boolean nothing() {
        return blocks.isEmpty();
    }

    /** Whether all of them are among these bytes. */
    public boolean in(ByteBuf answer) {
        return search().in(answer);
    }

    /** A search through an answer that comes in pieces. */
    public Search search() {
        return new Search();
    }

    /** A search that goes on where it stopped: what has been looked at is not looked at again. One thread's. */
    public final class Search {
        private int found;
        private int at;

        /** Whether all blocks are among these bytes, which begin with those of the last time. */
        public boolean in(ByteBuf answer) {
            while (found < blocks.size()) {
                byte[] block = blocks.get(found);
                int start = answer.readerIndex() + at;
                int last = answer.writerIndex() - block.length;
                while (start <= last && !begins(answer, start, block)) {
                    start++;
                }
                at = start - answer.readerIndex();
                if (start > last) {
                    return false;
                }
                at += block.length;
                found++;
            }
            return true;
        }

        private static boolean begins(ByteBuf in, int start, byte[] block) {
            int same = 0;
            while (same < block.length && in.getByte(start + same) == block[same]) {
                same++;
            }
            return same == block.length;
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Expected expected
                && Arrays.deepEquals(blocks.toArray(), expected.blocks.toArray());
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(blocks.toArray());
    }

    @Override
    public String toString() {
        return blocks.stream().map(block -> HexFormat.of().formatHex(block)).toList().toString();
    }
}
