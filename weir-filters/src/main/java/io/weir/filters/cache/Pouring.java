package io.weir.filters.cache;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.http.filter.BodyStep;
import io.weir.http.filter.FilterExchange;

/**
 * A long body out of the cache on its way to a client: piece by piece, as the client takes it, so that a slow one costs
 * no copy of the whole. Serves one exchange after another; belongs to one worker.
 */
final class Pouring {
    /** Shorter ones go at once. */
    static final int PIECE_BYTES = 64 * 1024;

    private static final byte[] NO_BYTES = {};

    private final BodyStep step;
    private final FilterExchange exchange;
    private byte[] body = NO_BYTES;
    private int at;
    private int end;
    /** Another one with each body, since sending may end an exchange and begin the next. */
    private int turn;

    Pouring(BodyStep step, FilterExchange exchange) {
        this.step = step;
        this.exchange = exchange;
    }

    /** Nothing is to be poured. */
    void clear() {
        turn++;
        body = NO_BYTES;
        at = end = 0;
    }

    /** There is a body, which nobody writes to, behind the head that goes out next. */
    void begin(ByteBuf inMemory) {
        turn++;
        body = inMemory.array();
        at = inMemory.arrayOffset() + inMemory.readerIndex();
        end = at + inMemory.readableBytes();
    }

    /** Whether something is left of one. */
    boolean active() {
        return at < end;
    }

    int bytes() {
        return end - at;
    }

    /** Sends what the client takes; says whether that was all. */
    boolean pour() {
        int mine = turn;
        boolean more = true;
        while (more && mine == turn && at < end) {
            int from = at;
            at += Math.min(PIECE_BYTES, end - at);
            more = exchange.responsePassage().send(step, Unpooled.wrappedBuffer(body, from, at - from));
        }
        return mine == turn && at == end;
    }
}
