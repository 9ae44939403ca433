package io.weir.http.proxy;

import io.netty.buffer.ByteBuf;
import io.weir.http.codec.HttpHead;
import io.weir.http.upstream.UpstreamStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The request body bytes that are kept: those that have been sent, so that they can be sent again, as references to the
 * buffers that were sent; or, where a body is gathered before it is sent, the whole body, copied together, since a
 * client that sends single bytes would otherwise hold a read's buffer for each. Belongs to one worker.
 */
final class Replay {
    /** A slice keeps the whole buffer that it was read into, however few bytes it shows. */
    private static final int SLICE_BYTES_MIN = 2048;
    private static final int FIRST_BYTES = 1024;
    private static final int GATHER_BYTES = 32 * 1024;

    private int bytesMax;
    private final List<ByteBuf> kept = new ArrayList<>(0);
    private int bytes;
    private boolean repeatable;
    private boolean complete;
    private boolean gathering;
    private long gatheredBytes;
    private long gatherBytesMax;
    private @Nullable HttpHead trailers;

    /**
     * A request begins; {@code wanted} when its route may have it sent again at all.
     *
     * @param keptBytesMax
     *            more than this is not kept
     */
    void begin(boolean wanted, int keptBytesMax) {
        exhaust();
        repeatable = wanted;
        complete = false;
        bytesMax = keptBytesMax;
    }

    /**
     * A request begins whose body is gathered first.
     *
     * @param bodyBytesMax
     *            the longest body
     */
    void gather(boolean wanted, long bodyBytesMax) {
        begin(wanted, Integer.MAX_VALUE);
        gathering = true;
        gatheredBytes = 0;
        gatherBytesMax = bodyBytesMax;
    }

    /** The same request begins anew, with the body that is here; {@code wanted} when that may happen once more. */
    void goOn(boolean wanted) {
        repeatable = wanted;
    }

    /** Whether the body is still being gathered. */
    boolean gathering() {
        return gathering;
    }

    /** How long the gathered body is. */
    long gatheredBytes() {
        return gatheredBytes;
    }

    /** Takes a part of a body that is gathered; false when the body has become too long. */
    boolean add(ByteBuf data) {
        gatheredBytes += data.readableBytes();
        boolean fits = gatheredBytes <= gatherBytesMax;
        while (fits && data.isReadable()) {
            var room = kept.isEmpty() ? null : kept.getLast();
            if (room == null || room.maxWritableBytes() == 0) {
                room = data.alloc().directBuffer(kept.isEmpty() ? FIRST_BYTES : GATHER_BYTES, GATHER_BYTES);
                kept.add(room);
            }
            room.writeBytes(data, Math.min(room.maxWritableBytes(), data.readableBytes()));
        }
        data.release();
        return fits;
    }

    /** The body is whole; {@code its} trailers, if any, stay valid until the request is over. */
    void gathered(@Nullable HttpHead its) {
        gathering = false;
        complete = its == null;
        trailers = its;
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
        var end = trailers;
        if (end != null) {
            stream.trailers(end);
        }
        if (!repeatable) {
            exhaust();
        }
    }

    /** A whole body that was kept; its trailers stay valid until the request is over. */
    record Body(List<ByteBuf> pieces, @Nullable HttpHead trailers) {
        static final Body NONE = new Body(List.of(), null);

        boolean isEmpty() {
            return pieces.isEmpty() && trailers == null;
        }
    }

    /** The body that is kept, which belongs to the caller from now on. */
    Body takeOut() {
        var body = new Body(List.copyOf(kept), trailers);
        kept.clear();
        bytes = 0;
        return body;
    }

    /** Shows a body that was gathered to the copies of its request. */
    void showTo(Shadows copies) {
        for (int i = 0; i < kept.size(); i++) {
            copies.data(kept.get(i), complete && i == kept.size() - 1);
        }
        if (trailers != null) {
            copies.bodyEnded();
        }
    }

    /** How many bytes of the body are kept. */
    long heldBytes() {
        long all = 0;
        for (var data : kept) {
            all += data.readableBytes();
        }
        return all;
    }

    /** Lets everything go; the request can't be sent again. */
    void exhaust() {
        repeatable = false;
        gathering = false;
        trailers = null;
        bytes = 0;
        if (!kept.isEmpty()) {
            for (var data : kept) {
                data.release();
            }
            kept.clear();
        }
    }
}
