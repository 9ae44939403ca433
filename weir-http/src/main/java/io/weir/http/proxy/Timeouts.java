package io.weir.http.proxy;

import io.weir.core.overload.Levels;
import io.weir.core.overload.TimerScale;
import io.weir.core.stats.Counter;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.codec.HttpHead;
import io.weir.http.control.GrpcTimeouts;
import io.weir.http.route.Forward;
import io.weir.http.route.Route;
import io.weir.net.transport.TimerWheel;
import io.weir.net.transport.Worker;
import io.weir.observe.log.ResponseFlag;
import org.jspecify.annotations.Nullable;

/**
 * All deadlines of one exchange behind one timer. The timer is lazy: it stays armed for the earliest deadline it has
 * seen and looks again when that one comes, so that a request that ends in time costs no more than a few comparisons.
 * Times are those of {@link Worker#nowNanos()}; {@link #NEVER} is no deadline.
 */
final class Timeouts extends TimerWheel.Timer {
    /** What an exchange may run out of, besides its route's time and a try's. */
    private enum Deadline {
        /** Its whole life. */
        LIFE,
        /** Neither side has moved. */
        IDLE,
        /** The request is not complete. */
        REQUEST
    }

    static final long NEVER = Long.MAX_VALUE;

    private final Exchange exchange;
    private final Worker worker;

    private long armedForNanos;
    private long idleNanos;
    private long managerIdleNanos;
    private long managerLifeDeadline;
    private long routeNanos;
    private long touchedNanos;
    private long lifeDeadline = NEVER;
    private long requestDeadline = NEVER;
    private long routeDeadline = NEVER;
    private long tryDeadline = NEVER;
    private long tryIdleNanos;
    private long backOffDeadline = NEVER;
    private long hedgeDeadline = NEVER;

    Timeouts(Exchange exchange, Worker worker) {
        this.exchange = exchange;
        this.worker = worker;
    }

    /** A request has begun. */
    void begin(HttpManagerSpec.Timeouts spec, long nowNanos) {
        idleNanos = spec.streamIdleNanos();
        routeNanos = 0;
        touchedNanos = nowNanos;
        requestDeadline = spec.requestNanos() > 0 ? nowNanos + spec.requestNanos() : NEVER;
        lifeDeadline = spec.streamDurationMaxNanos() > 0 ? nowNanos + spec.streamDurationMaxNanos() : NEVER;
        managerIdleNanos = idleNanos;
        managerLifeDeadline = lifeDeadline;
        routeDeadline = NEVER;
        tryDeadline = NEVER;
        tryIdleNanos = 0;
        backOffDeadline = NEVER;
        hedgeDeadline = NEVER;
    }

    /** The route is known, and with it the times that it allows. */
    void routed(Forward forward, @Nullable Route route, HttpHead request) {
        routeDeadline = NEVER; // of a route that the request has left by a redirect
        idleNanos = managerIdleNanos;
        lifeDeadline = managerLifeDeadline;
        var grpc = route == null ? null : route.note(GrpcTimeouts.class);
        routeNanos = grpc == null ? forward.timeoutNanos() : grpc.timeoutNanos(request, forward.timeoutNanos());
        if (forward.idleTimeoutNanos() != Forward.INHERIT_NANOS) {
            idleNanos = forward.idleTimeoutNanos();
        }
        long life = grpc == null ? forward.durationMaxNanos() : grpc.durationNanos(request, forward.durationMaxNanos());
        if (life != Forward.INHERIT_NANOS) {
            lifeDeadline = life > 0 ? touchedNanos + life : NEVER;
        }
        if (grpc != null) {
            grpc.tell(request, routeNanos);
        }
        arm();
    }

    /** How long the request may take from its end on, 0 for any time. */
    long routeNanos() {
        return routeNanos;
    }

    /** The request's last byte has come, though filters may still hold it. */
    void received() {
        requestDeadline = NEVER;
    }

    /** The request's last byte has passed the filters: the route's time runs from here. */
    void requestComplete(long nowNanos) {
        requestDeadline = NEVER;
        if (routeNanos > 0) {
            routeDeadline = nowNanos + routeNanos;
            arm();
        }
    }

    /** No host is waited for any more: the route's time, which is theirs, has ended. */
    void hostDone() {
        routeDeadline = NEVER;
    }

    /** The request has become a tunnel, which lasts as long as its ends want: only silence ends it, and a set life. */
    void tunnelOpens() {
        routeNanos = 0;
        routeDeadline = NEVER;
        requestDeadline = NEVER;
    }

    /** A byte has moved in either direction. */
    void touched(long nowNanos) {
        touchedNanos = nowNanos;
    }

    /** An attempt begins; 0 means no bound. */
    void tryBegins(long perTryNanos, long perTryIdleNanos, long nowNanos) {
        tryDeadline = perTryNanos > 0 ? nowNanos + perTryNanos : NEVER;
        tryIdleNanos = perTryIdleNanos;
        if (tryDeadline != NEVER || tryIdleNanos > 0) {
            touchedNanos = nowNanos;
            arm();
        }
    }

    /** The attempt has its response's head, or has failed. */
    void tryEnds() {
        tryDeadline = NEVER;
        tryIdleNanos = 0;
    }

    /** The next attempt begins after a pause. */
    void backOff(long pauseNanos, long nowNanos) {
        backOffDeadline = nowNanos + pauseNanos;
        arm();
    }

    /** No further attempt will be wanted: a host has answered, or the request begins anew. */
    void settled() {
        tryEnds();
        backOffDeadline = NEVER;
        hedgeDeadline = NEVER;
    }

    /** A second host is asked after this, if the first has not answered. */
    void hedge(long delayNanos, long nowNanos) {
        hedgeDeadline = nowNanos + delayNanos;
        arm();
    }

    void cancel() {
        worker.timers().cancel(this);
    }

    /** How long nothing may move: less while resources are short. */
    private long idleNanos() {
        return worker.overload().levels().shortened(TimerScale.Timer.HTTP_DOWNSTREAM_STREAM_IDLE, idleNanos);
    }

    private long idleDeadline() {
        long idle = idleNanos > 0 ? touchedNanos + idleNanos() : NEVER;
        return tryIdleNanos > 0 ? Math.min(idle, touchedNanos + tryIdleNanos) : idle;
    }

    private long earliest() {
        long attempts = Math.min(Math.min(tryDeadline, backOffDeadline), hedgeDeadline);
        return Math.min(Math.min(Math.min(requestDeadline, routeDeadline), attempts),
                Math.min(lifeDeadline, idleDeadline()));
    }

    /** Looks from now on whether a deadline has passed. */
    void arm() {
        long due = earliest();
        if (due == NEVER || (armed() && armedForNanos - due <= 0)) {
            return;
        }
        Levels levels = worker.overload().levels();
        if (levels != Levels.CALM) { // it may move closer, which nobody tells
            long now = worker.nowNanos();
            due = now + levels.lookNanos(TimerScale.Timer.HTTP_DOWNSTREAM_STREAM_IDLE, due - now);
        }
        armedForNanos = due;
        worker.timers().arm(this, due);
    }

    @Override
    protected void expired(long nowNanos) {
        if (!exchange.active()) {
            return;
        }
        if (routeDeadline <= nowNanos) {
            timedOut();
        } else if (lifeDeadline <= nowNanos) {
            expired(Deadline.LIFE, nowNanos);
        } else if (requestDeadline <= nowNanos) {
            expired(Deadline.REQUEST, nowNanos);
        } else if (backOffDeadline <= nowNanos) {
            backOffDeadline = NEVER;
            exchange.attempts().again();
        } else if (tryDeadline <= nowNanos || (tryIdleNanos > 0 && touchedNanos + tryIdleNanos <= nowNanos)) {
            tryEnds();
            exchange.attempts().verdicts.tryTimedOut();
        } else if (hedgeDeadline <= nowNanos) {
            hedgeDeadline = NEVER;
            exchange.attempts().backUp();
        } else if (idleNanos > 0 && touchedNanos + idleNanos() <= nowNanos) {
            expired(Deadline.IDLE, nowNanos);
        }
        if (exchange.active()) {
            arm();
        }
    }

    /** The whole exchange has taken longer than its route allows. */
    private void timedOut() {
        exchange.stats().rqTimeout.increment();
        exchange.attempts().timedOut(504);
        exchange.failed(504, "upstream request timeout", "response_timeout", ResponseFlag.UT.bit());
    }

    /** Another deadline than the route's has passed. */
    private void expired(Deadline which, long nowNanos) {
        lifeDeadline = NEVER; // what has passed does not pass again while filters hold the answer
        requestDeadline = NEVER;
        touchedNanos = nowNanos;
        exchange.attempts().abandon();
        var stats = exchange.stats();
        int code = exchange.received() ? 504 : 408;
        switch (which) {
            case LIFE -> expired(stats.rqMaxDurationReached, code, "stream", "max_duration", ResponseFlag.DT.bit());
            case IDLE -> expired(stats.rqIdleTimeout, code, "stream", "stream_idle", ResponseFlag.SI.bit());
            case REQUEST -> expired(stats.rqTimeout, 408, "request", "request_overall", 0);
        }
    }

    private void expired(Counter counter, int code, String what, String which, long flags) {
        counter.increment();
        exchange.failed(code, what + " timeout", which + "_timeout", flags);
    }
}
