package io.weir.http.proxy;

import io.netty.buffer.ByteBuf;
import io.weir.core.admit.CircuitBreaker;
import io.weir.core.cluster.Cluster;
import io.weir.core.model.Host;
import io.weir.http.codec.HttpHead;
import io.weir.http.proxy.visit.Visit;
import io.weir.http.upstream.HostPool;
import io.weir.http.upstream.UpstreamListener;
import io.weir.http.upstream.UpstreamStream;
import org.jspecify.annotations.Nullable;

/**
 * One try of a request: its visit to a host, the connection that it waits for or has, its place among the cluster's
 * retries. What a host sends belongs to {@link Attempts}, which decide; of an answer that nobody wants the rest is
 * swallowed here, up to a bound, so that its connection lives on. Serves one try after another; belongs to one worker.
 */
final class Try implements UpstreamListener {
    /** More of an unwanted answer than this costs more than a new connection does. */
    static final int DRAIN_BYTES_MAX = 64 * 1024;

    private enum Stage {
        /** No host has anything to do with it. */
        CLOSED,
        /** A host is waited for, or at work. */
        OPEN,
        /** The host's answer is not wanted, and has not ended. */
        DRAINING
    }

    private final Attempts attempts;
    private final Visit visit = new Visit();
    private Stage stage = Stage.CLOSED;
    private HostPool.@Nullable Waiter waiter;
    private @Nullable UpstreamStream stream;
    private @Nullable CircuitBreaker place;
    private int number;
    private boolean beside;
    private int drainedBytes;

    Try(Attempts attempts) {
        this.attempts = attempts;
    }

    // ---- the attempts' side ----

    /** Nothing is known of the exchange that begins. */
    void clear() {
        visit.clear();
    }

    /**
     * It goes to this host.
     *
     * @param which
     *            1 for the request's first
     * @param second
     *            whether another try of the same request is under way, which has not taken too long
     * @param held
     *            its place among the retries, which it gives back; null for the first try
     */
    void begin(int which, boolean second, Cluster to, Host host, @Nullable CircuitBreaker held, long nowNanos) {
        stage = Stage.OPEN;
        number = which;
        beside = second;
        place = held;
        visit.begin(to, host, nowNanos);
    }

    /** Asks for a connection, one that can be upgraded where that is wanted; all may be over when this returns. */
    void connect(HostPool pool, boolean upgrade) {
        var line = pool.request(this, upgrade);
        if (line != null && line.waits()) {
            waiter = line; // else the call has been answered already, and all may have moved on since
        }
    }

    /** It gives back what it holds but the host's count: the place among the retries is free for the next try. */
    void returnPlace() {
        var held = place;
        if (held != null) {
            place = null;
            held.retryEnded();
        }
    }

    /** The host has no more to do with the request. */
    void leave() {
        visit.end();
        returnPlace();
        waiter = null;
        stream = null;
        stage = Stage.CLOSED;
    }

    /** Nothing more is wanted from the host, through no fault of its own; it stays known until {@link #leave}. */
    void giveUp() {
        var waiting = waiter;
        waiter = null;
        if (waiting != null) {
            waiting.cancel();
        }
        var open = stream;
        stream = null;
        if (open != null) {
            open.cancel();
        }
    }

    void cancel() {
        giveUp();
        leave();
    }

    /**
     * The answer, of which the head is here, is not wanted.
     *
     * @param last
     *            whether that was all of it
     * @param drains
     *            whether the connection is of use once the rest has come
     */
    void discard(HttpHead head, boolean last, boolean drains) {
        var open = stream;
        if (last || open == null) {
            leave();
        } else if (drains && head.contentLength() <= DRAIN_BYTES_MAX) {
            leave();
            stage = Stage.DRAINING;
            stream = open;
            drainedBytes = 0;
        } else {
            cancel();
        }
    }

    /** Lets the host and its cluster go. */
    void forget() {
        visit.forget();
    }

    boolean closed() {
        return stage == Stage.CLOSED;
    }

    boolean open() {
        return stage == Stage.OPEN;
    }

    /** Whether a host has the request, or some of it. */
    boolean begun() {
        return stage == Stage.OPEN && stream != null;
    }

    int number() {
        return number;
    }

    /** Whether it began beside another that had not taken too long. */
    boolean beside() {
        return beside;
    }

    Visit visit() {
        return visit;
    }

    /** The connection, where there is one. */
    @Nullable
    UpstreamStream stream() {
        return stream;
    }

    // ---- upstream's side ----

    @Override
    public void upstreamReady(UpstreamStream open) {
        waiter = null;
        stream = open;
        visit.connected(open.connection(), open.protocol());
        attempts.exchange.actions().tally().sent();
        attempts.ready(this, open);
    }

    @Override
    public void upstreamFailed(Failure why, String reason) {
        waiter = null;
        visit.unreachable(reason);
        attempts.verdicts.unconnected(this, why, reason);
    }

    @Override
    public void upstreamInterim(HttpHead head) {
        if (stage == Stage.OPEN) {
            attempts.verdicts.interim(this, head);
        }
    }

    @Override
    public void upstreamHead(HttpHead head, boolean last) {
        attempts.verdicts.head(this, head, last);
    }

    @Override
    public void upstreamData(ByteBuf data, boolean last) {
        if (stage == Stage.DRAINING) {
            drainedBytes += data.readableBytes();
            data.release();
            drained(last);
        } else if (stage == Stage.OPEN) {
            attempts.exchange.responseData(data, last);
        } else {
            data.release(); // of a request that is over
        }
    }

    private void drained(boolean last) {
        if (last) {
            leave();
        } else if (drainedBytes > DRAIN_BYTES_MAX) {
            cancel();
        }
    }

    @Override
    public void upstreamTrailers(HttpHead trailers) {
        if (stage == Stage.DRAINING) {
            drained(true);
        } else if (stage == Stage.OPEN) {
            visit.trailers(trailers, attempts.nowNanos());
            attempts.exchange.responseTrailers(trailers);
        }
    }

    @Override
    public void upstreamReset(Reset why, boolean started, String reason) {
        stream = null;
        if (stage == Stage.DRAINING) {
            leave();
        } else {
            attempts.verdicts.reset(this, why, started, reason);
        }
    }

    @Override
    public void upstreamReadEnd() {
        attempts.exchange.responseReadEnd();
    }

    @Override
    public void upstreamWritable() {
        attempts.writable(this);
    }
}
