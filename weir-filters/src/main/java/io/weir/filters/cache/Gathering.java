package io.weir.filters.cache;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** A body that comes in pieces and is to be kept whole, within bounds. Belongs to one worker. */
final class Gathering {
    private static final byte[] NO_BYTES = {};
    private static final int BYTES_MIN = 4_096;

    private final Cache cache;
    private byte[] bytes = NO_BYTES;
    private int size;
    private long taken;

    Gathering(Cache cache) {
        this.cache = cache;
    }

    /** Whether a body of this length may be kept. Room is taken as it comes, not for what a slow host owes. */
    boolean expect(long length) {
        return length <= cache.bodyBytesMax();
    }

    /** Whether what has come and comes now is too long, whatever room there is. */
    boolean tooLong(int more) {
        return (long) size + more > cache.bodyBytesMax();
    }

    /** Copies a piece; false where there is no room for it, and nothing is kept any more. */
    boolean add(ByteBuf data) {
        int more = data.readableBytes();
        if (tooLong(more) || !room(size + more)) {
            clear();
            return false;
        }
        data.getBytes(data.readerIndex(), bytes, size, more);
        size += more;
        return true;
    }

    private boolean room(int needed) {
        if (needed <= bytes.length) {
            return true;
        }
        int grown = (int) Math.min(Math.max((long) bytes.length * 2, Math.max(needed, BYTES_MIN)),
                Math.max(needed, cache.bodyBytesMax()));
        if (!cache.take(grown - bytes.length)) {
            return false;
        }
        taken += grown - bytes.length;
        bytes = Arrays.copyOf(bytes, grown);
        return true;
    }

    int size() {
        return size;
    }

    /** What has come, which nobody writes to any more. */
    byte[] whole() {
        byte[] all = size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
        clear();
        return all;
    }

    /** Nothing is kept. */
    void clear() {
        bytes = NO_BYTES;
        size = 0;
        cache.give(taken);
        taken = 0;
    }
}
