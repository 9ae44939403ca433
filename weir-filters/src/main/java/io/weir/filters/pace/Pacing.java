package io.weir.filters.pace;

import io.netty.buffer.ByteBuf;
import io.weir.http.filter.BodyPart;
import io.weir.http.filter.BodyStep;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.Flow;
import io.weir.http.filter.Passage;
import io.weir.net.transport.TimerWheel;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a step whose bodies pass no faster than a {@link ByteRate} allows. Bytes beyond it wait here, in
 * their order and before the end of their message, and are let go on a share at a time. While any wait the sender is
 * not read: what waits is what had been read already, one read's worth at most. Serves one exchange after another;
 * belongs to one worker.
 */
public final class Pacing extends TimerWheel.Timer {
    /** Who hears how it goes. */
    public interface Watcher {
        /** Bytes have come. */
        default void came(int bytes) {}

        /** Bytes are about to go on. */
        default void went(int bytes) {}

        /** Bytes wait, where none did before. */
        default void waits() {}

        /** Nothing waits any more, and an end that did is about to go on. Not called where the exchange ends before. */
        default void drained() {}
    }

    private final BodyStep step;
    private final FilterExchange exchange;
    private final boolean response;
    private final Watcher watcher;
    private final ArrayDeque<ByteBuf> queue = new ArrayDeque<>(0);
    private @Nullable ByteRate rate;
    private long queuedBytes;
    /** Of what is queued, what the timer brings the leave for. */
    private long reservedBytes;
    private boolean waits;
    private long waitsSinceNanos;
    private long waitedNanos;
    /** Another one with each exchange. */
    private int turn;

    /**
     * Nothing passes yet.
     *
     * @param step
     *            whose bytes these are
     * @param response
     *            whether of responses, and not of requests
     */
    public Pacing(BodyStep step, FilterExchange exchange, boolean response, Watcher watcher) {
        this.step = step;
        this.exchange = exchange;
        this.response = response;
        this.watcher = watcher;
    }

    /** A message begins that is to pass at this rate; without it one passes freely. */
    public void begin(ByteRate its) {
        rate = its;
    }

    /** How many bytes wait. */
    public long heldBytes() {
        return queuedBytes;
    }

    /** Whether bytes wait. */
    public boolean waits() {
        return waits;
    }

    /** For how long bytes of this message have waited, until now. */
    public long waitedNanos() {
        return waitedNanos + (waits ? exchange.worker().nowNanos() - waitsSinceNanos : 0);
    }

    /** A piece comes: what the step answers. */
    public Flow data(BodyPart part) {
        var its = rate;
        if (its == null) {
            return Flow.NEXT;
        }
        int bytes = part.data().readableBytes();
        if (bytes > 0) {
            watcher.came(bytes);
        }
        if (waits) {
            add(part);
            return Flow.PAUSE;
        }
        long nowNanos = exchange.worker().nowNanos();
        long passes = its.take(bytes, nowNanos);
        if (passes == bytes) {
            if (bytes > 0) {
                watcher.went(bytes);
            }
            return Flow.NEXT;
        }
        add(part);
        waits = true;
        waitsSinceNanos = nowNanos;
        its.waiting(1);
        watcher.waits();
        standInLine(its, queuedBytes - passes, nowNanos);
        give(passes);
        return Flow.PAUSE;
    }

    /** The end comes, with trailers: what the step answers. */
    public Flow end() {
        return waits ? Flow.PAUSE : Flow.NEXT;
    }

    /** The exchange has ended. What waits is let go, and others may have what was reserved for it. */
    public void ended() {
        turn++;
        exchange.worker().timers().cancel(this);
        for (var data = queue.poll(); data != null; data = queue.poll()) {
            data.release();
        }
        var its = rate;
        if (waits && its != null) {
            its.giveBack(reservedBytes);
            its.waiting(-1);
        }
        rate = null;
        queuedBytes = 0;
        reservedBytes = 0;
        waits = false;
        waitedNanos = 0;
    }

    private void add(BodyPart part) {
        var data = part.take();
        if (data.isReadable()) {
            queuedBytes += data.readableBytes();
            queue.add(data);
        } else {
            data.release();
        }
    }

    private void standInLine(ByteRate its, long wanted, long nowNanos) {
        reservedBytes = Math.min(wanted, its.share());
        long nanos = its.reserve(reservedBytes, nowNanos);
        exchange.worker().timers().arm(this, nowNanos + Math.max(nanos, its.intervalNanos()));
    }

    @Override
    protected void expired(long nowNanos) {
        var its = rate;
        if (its == null) {
            return;
        }
        long passes = reservedBytes;
        reservedBytes = 0;
        // a timer that came late has left something behind; a share of it, so that others who wait find some, too
        passes += its.take(Math.min(queuedBytes - passes, its.share()), nowNanos);
        if (passes < queuedBytes) {
            standInLine(its, queuedBytes - passes, nowNanos);
        }
        int mine = turn;
        give(passes);
        if (turn != mine || armed()) {
            return;
        }
        if (queuedBytes > 0) { // it came while the rest was going
            standInLine(its, queuedBytes, nowNanos);
            return;
        }
        waits = false;
        waitedNanos += nowNanos - waitsSinceNanos;
        its.waiting(-1);
        watcher.drained();
        passage().resume(step);
    }

    private Passage passage() {
        return response ? exchange.responsePassage() : exchange.requestPassage();
    }

    /** Lets bytes go on. Each piece may be the end of the exchange. */
    private void give(long bytes) {
        int mine = turn;
        long left = bytes;
        while (left > 0 && turn == mine) {
            var piece = queue.element();
            if (piece.readableBytes() <= left) {
                queue.remove();
            } else {
                piece = piece.readRetainedSlice((int) left);
            }
            int length = piece.readableBytes();
            left -= length;
            queuedBytes -= length;
            watcher.went(length);
            passage().send(step, piece);
        }
    }
}
