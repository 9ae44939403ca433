package io.weir.filters.held;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Parts of a body that wait, in order. Small ones are copied together: whoever sends a body byte by byte, in frames or
 * chunks of its own, makes no more buffers here than anybody else, and none that holds all the room of what it was read
 * with. Belongs to one worker.
 */
public final class HeldPieces {
    /** Larger ones stay what they are: copying costs more than a buffer. */
    private static final int COPIED_BYTES_MAX = 4 * 1024;
    private static final int ROOM_BYTES = 1024;
    private static final int ROOM_BYTES_MAX = 16 * 1024;

    private final ArrayDeque<ByteBuf> pieces = new ArrayDeque<>(2);
    /** The last piece, where it is our own; others may hold bytes behind their end that are somebody else's. */
    private @Nullable ByteBuf open;
    private long bytes;

    /** Takes a piece, which now belongs here. */
    public void add(ByteBuf piece, ByteBufAllocator allocator) {
        int size = piece.readableBytes();
        bytes += size;
        if (size > COPIED_BYTES_MAX) {
            pieces.add(piece);
            open = null;
            return;
        }
        try {
            var room = open;
            if (room == null || room.maxWritableBytes() < size) {
                room = allocator.directBuffer(Math.max(size, ROOM_BYTES), ROOM_BYTES_MAX);
                pieces.add(room);
                open = room;
            }
            room.writeBytes(piece);
        } finally {
            piece.release();
        }
    }

    /** How many bytes have been added since all were taken or let go. */
    public long bytes() {
        return bytes;
    }

    /** How many buffers there are. */
    public int count() {
        return pieces.size();
    }

    /** The first piece, which stays here; null: there is none. */
    public @Nullable ByteBuf peek() {
        return pieces.peek();
    }

    /** The first piece, which is the caller's now; null: there is none. */
    public @Nullable ByteBuf poll() {
        var first = pieces.poll();
        if (pieces.isEmpty()) {
            open = null;
            bytes = 0;
        }
        return first;
    }

    public boolean isEmpty() {
        return pieces.isEmpty();
    }

    /** What can be read of all of them. */
    public int readableBytes() {
        int sum = 0;
        for (var piece : pieces) {
            sum += piece.readableBytes();
        }
        return sum;
    }

    /** All bytes, which stay here. */
    public byte[] copy() {
        byte[] all = new byte[readableBytes()];
        int at = 0;
        for (var piece : pieces) {
            int length = piece.readableBytes();
            piece.getBytes(piece.readerIndex(), all, at, length);
            at += length;
        }
        return all;
    }

    /** Lets go of all. */
    public void clear() {
        for (var piece = poll(); piece != null; piece = poll()) {
            piece.release();
        }
    }
}
