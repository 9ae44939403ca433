package io.weir.filters.cache;

import io.netty.buffer.Unpooled;
import io.weir.filters.cache.rules.Content;
import io.weir.http.filter.BodyStep;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.Flow;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A long body out of the cache on its way to a client: piece by piece, as the client takes it, so that a slow one costs
 * no copy of the whole. What is in a file is read beside, one piece at a time. Serves one exchange after another;
 * belongs to one worker.
 */
final class Pouring {
    /** Shorter ones go at once. */
    static final int PIECE_BYTES = Content.PIECE_BYTES;

    private static final Logger LOG = LoggerFactory.getLogger(Pouring.class);
    private static final byte[] NO_BYTES = {};
    /** What has begun can only be cut. */
    private static final Flow.Reply BROKEN = new Flow.Reply(502, NO_BYTES, "cache.stored_response_broken", 0);

    private final BodyStep step;
    private final FilterExchange exchange;
    private final Runnable broken;
    private @Nullable Content content;
    private int at;
    private int end;
    private boolean reading;
    /** Another one with each body, since sending may end an exchange and begin the next. */
    private int turn;

    /**
     * Nothing is to be poured.
     *
     * @param broken
     *            called when a file turns out not to be what was written
     */
    Pouring(BodyStep step, FilterExchange exchange, Runnable broken) {
        this.step = step;
        this.exchange = exchange;
        this.broken = broken;
    }

    /** Nothing is to be poured. */
    void clear() {
        turn++;
        content = null;
        reading = false;
        at = end = 0;
    }

    /**
     * There is a body behind the head that goes out next.
     *
     * @param body
     *            kept open by the caller until {@link #clear}
     */
    void begin(Content body, int first, int bytes) {
        turn++;
        content = body;
        reading = false;
        at = first;
        end = first + bytes;
    }

    /** Whether something is left of one. */
    boolean active() {
        return at < end;
    }

    /** Sends what the client takes; says whether that was all. What is read beside goes on by itself. */
    boolean pour() {
        int mine = turn;
        boolean more = true;
        while (more && mine == turn && at < end) {
            switch (content) {
                case Content.Bytes(byte[] bytes) -> {
                    int from = at;
                    at += Math.min(PIECE_BYTES, end - at);
                    more = exchange.responsePassage().send(step, Unpooled.wrappedBuffer(bytes, from, at - from));
                }
                case Content.Filed filed -> {
                    read(filed);
                    more = false;
                }
                case null -> more = false;
            }
        }
        return mine == turn && at == end;
    }

    /** Sends all of a body in memory, whether the client takes it or not: it costs no copy. */
    void all() {
        if (content instanceof Content.Bytes(byte[] bytes)) {
            int from = at;
            at = end;
            exchange.responsePassage().send(step, Unpooled.wrappedBuffer(bytes, from, end - from));
        }
    }

    private void read(Content.Filed filed) {
        if (reading) {
            return;
        }
        reading = true;
        int mine = turn;
        int index = at / PIECE_BYTES;
        var loop = exchange.worker().loop();
        filed.retain(); // the exchange may end meanwhile
        Thread.ofVirtual().name("cache-read").start(() -> {
            byte[] piece = null;
            try {
                piece = filed.piece(index);
            } catch (IOException e) {
                LOG.warn("what is kept cannot be read, and the answer is cut: {}", e.toString());
            } finally { // whatever happens, the answer comes to an end
                filed.release();
                byte[] found = piece;
                loop.execute(() -> came(mine, index, found));
            }
        });
    }

    private void came(int whose, int index, byte @Nullable [] piece) {
        if (whose != turn) {
            return;
        }
        reading = false;
        if (piece == null) {
            broken.run();
            exchange.answer(BROKEN);
            return;
        }
        int from = at - index * PIECE_BYTES;
        int bytes = Math.min(piece.length - from, end - at);
        at += bytes;
        boolean more = exchange.responsePassage().send(step, Unpooled.wrappedBuffer(piece, from, bytes));
        if (whose == turn && at == end) {
            exchange.responsePassage().resume(step);
        } else if (whose == turn && more) {
            pour();
        }
    }
}
