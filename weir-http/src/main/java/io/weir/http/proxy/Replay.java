package io.weir.http.proxy;

import io.netty.buffer.ByteBuf;
import io.weir.http.upstream.UpstreamStream;
import java.util.ArrayList;
import java.util.List;

/**
 * The request body bytes that have been sent, kept so that they can be sent again. Holds no copy, only references to
 * the buffers that were sent. Belongs to one worker.
 */
final class Replay {
    /** A slice keeps the whole buffer that it was read into, however few bytes it shows. */
    private static final int SLICE_BYTES_MIN = 2048;

    private final int bytesMax;
    private final List<ByteBuf> kept = new ArrayList<>(0);
    private int bytes;
    private boolean repeatable;
    private boolean complete;

    /**
     * @param bytesMax
     *            more than this is not kept
     */
    Replay(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** A request begins; {@code wanted} when its route allows retries at all. */
    void begin(boolean wanted) {
        exhaust();
        repeatable = wanted;
        complete = false;
    }

    /** Keeps a part of the body; the caller's own reference stays the caller's. */
    void keep(ByteBuf data, boolean last) {
        complete = last;
        if (!repeatable) {
            return;
        }
        if (data.isReadable()) {
            bytes += Math.max(data.readableBytes(), SLICE_BYTES_MIN);
        }
        if (bytes > bytesMax) {
            exhaust();
        } else {
            kept.add(data.retainedDuplicate());
        }
    }

    /** The request has no body. */
    void complete() {
        complete = true;
    }

    /** Whether the request can be sent again from its beginning. */
    boolean repeatable() {
        return repeatable;
    }

    /** Sends everything kept so far; the copies here stay. */
    void sendTo(UpstreamStream stream) {
        int size = kept.size();
        for (int i = 0; i < size; i++) {
            stream.data(kept.get(i).retainedDuplicate(), complete && i == size - 1);
        }
    }

    /** Lets everything go; the request can't be sent again. */
    void exhaust() {
        repeatable = false;
        bytes = 0;
        if (!kept.isEmpty()) {
            for (var data : kept) {
                data.release();
            }
            kept.clear();
        }
    }
}
