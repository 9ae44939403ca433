package io.weir.http.filter.way;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.HttpHead.Framing;

/**
 * Where a message leaves a {@link Way}: its framing follows what the filters have made of its body, which must keep the
 * length that its head says. A host that is not there yet, or not any more, can be given nothing: what is for it waits
 * here. Belongs to one worker.
 */
final class Exit {
    private final Way way;
    private final Sink sink;
    private final boolean back;
    final Gate gate = new Gate();
    private boolean takes;
    /** What the head that has gone promises of its body; -1 where nothing. */
    private long left = -1;

    Exit(Way way, Sink sink, boolean back) {
        this.way = way;
        this.sink = sink;
        this.back = back;
    }

    void begin(boolean sinkTakes) {
        takes = sinkTakes;
        left = -1;
    }

    void clear() {
        gate.clear();
    }

    /** The sink takes more, or no more; says whether that is new. */
    boolean takes(boolean more) {
        boolean changed = takes != more;
        takes = more;
        return changed;
    }

    /** Whether the sink took more when it was asked last. */
    boolean takes() {
        return takes;
    }

    /** Whether data goes out at once. */
    boolean writable() {
        takes = takes && sink.writable();
        return takes && !gate.occupied();
    }

    /**
     * What the body has become may have made another framing necessary; {@code bodyless} when it came without one:
     * whatever its head says then is said of a body that is elsewhere, and stays.
     */
    void head(HttpHead head, boolean last, boolean bodyless) {
        if (last && !bodyless && head.framing() != Framing.NONE) {
            head.framing(Framing.LENGTH, 0);
        } else if (!last && bodyless && head.contentLength() <= 0) {
            head.framing(Framing.CHUNKED, -1);
        }
        left = head.contentLength();
        sink.head(head, last);
    }

    private boolean holds() {
        return !back && (!takes || gate.occupied());
    }

    void data(ByteBuf data, boolean last) {
        if (holds()) {
            gate.add(data);
            gate.end |= last;
        } else {
            give(data, last);
        }
    }

    private void give(ByteBuf data, boolean last) {
        if (left >= 0) {
            left -= data.readableBytes();
            if (left < 0 || (last && left > 0)) {
                data.release();
                sink.lengthBroken();
                return;
            }
        }
        int turn = way.turn();
        sink.data(data, last);
        if (way.turn() == turn && !last) {
            takes = takes && sink.writable();
        }
    }

    void trailers(HttpHead trailers) {
        if (holds()) {
            gate.trailers = trailers; // a client's, or one of our rooms: valid until the exchange ends
            gate.end = true;
        } else if (left > 0) {
            sink.lengthBroken();
        } else {
            sink.trailers(trailers);
        }
    }

    /** Gives what waits, as far as the sink takes it; says whether there was anything. */
    boolean goOn() {
        int turn = way.turn();
        boolean any = false;
        while (way.turn() == turn && takes && gate.occupied()) {
            any = true;
            var data = gate.poll();
            if (data != null) {
                boolean last = gate.atEnd() && gate.trailers == null;
                gate.end &= !last;
                give(data, last);
                continue;
            }
            gate.end = false;
            var trailers = gate.trailers;
            if (trailers == null) {
                give(Unpooled.EMPTY_BUFFER, true);
            } else {
                gate.trailers = null;
                trailers(trailers);
            }
        }
        return any;
    }
}
