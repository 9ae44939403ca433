package io.weir.http.server;

import io.weir.core.overload.Levels;
import io.weir.core.overload.TimerScale.Timer;
import io.weir.http.config.HttpManagerSpec;
import io.weir.net.transport.TimerWheel;
import io.weir.net.transport.Worker;

/**
 * The times of a connection between its requests: idle, a head that does not come to its end, and the connection's
 * whole life. One timer serves all, and it is lazy: a deadline that moves away is noticed when the old one expires, so
 * that a busy connection costs the wheel nothing.
 */
final class ConnectionTimer extends TimerWheel.Timer {
    private final ClientConnection connection;
    private final HttpManagerSpec.Timeouts spec;
    private final Worker worker;
    private final long openedNanos;
    private long idleSinceNanos;
    private long headSinceNanos;
    private long closingSinceNanos;
    private long armedForNanos;

    ConnectionTimer(ClientConnection connection, HttpManagerSpec.Timeouts spec, long openedNanos) {
        this.connection = connection;
        this.spec = spec;
        this.worker = connection.worker();
        this.openedNanos = openedNanos;
        this.idleSinceNanos = openedNanos;
        armFor(deadline());
    }

    void headBegins() {
        headSinceNanos = worker.nowNanos();
        armFor(deadline());
    }

    /** The last response has been written: it has to leave, and the connection with it. */
    void closingBegins() {
        closingSinceNanos = worker.nowNanos();
        armFor(deadline());
    }

    void idleBegins() {
        idleSinceNanos = worker.nowNanos();
        armFor(deadline());
    }

    boolean durationReached() {
        return spec.connectionDurationMaxNanos() > 0 && worker.nowNanos() - openedNanos >= lifeNanos();
    }

    private long lifeNanos() {
        return worker.overload().levels().shortened(Timer.HTTP_DOWNSTREAM_CONNECTION_MAX,
                spec.connectionDurationMaxNanos());
    }

    long openedNanos() {
        return openedNanos;
    }

    long idleSinceNanos() {
        return idleSinceNanos;
    }

    void cancel() {
        worker.timers().cancel(this);
    }

    private long deadline() {
        long life = spec.connectionDurationMaxNanos() > 0
                ? openedNanos + lifeNanos()
                : Long.MAX_VALUE;
        if (connection.closing()) {
            return spec.streamIdleNanos() > 0 ? closingSinceNanos + spec.streamIdleNanos() : Long.MAX_VALUE;
        }
        if (connection.inHead()) {
            long patience = spec.requestHeadersNanos() > 0 ? spec.requestHeadersNanos() : spec.streamIdleNanos();
            return patience > 0 ? headSinceNanos + patience : life;
        }
        if (connection.idle() && spec.idleNanos() > 0) {
            return Math.min(life, idleSinceNanos + worker.overload().levels()
                    .shortened(Timer.HTTP_DOWNSTREAM_CONNECTION_IDLE, spec.idleNanos()));
        }
        return life;
    }

    /** When to look again: a deadline may move closer while resources are short, which nobody tells. */
    private long look(long deadlineNanos) {
        Levels levels = worker.overload().levels();
        if (levels == Levels.CALM) {
            return deadlineNanos;
        }
        long now = worker.nowNanos();
        long look = Math.min(
                levels.lookNanos(Timer.HTTP_DOWNSTREAM_CONNECTION_IDLE, deadlineNanos - now),
                levels.lookNanos(Timer.HTTP_DOWNSTREAM_CONNECTION_MAX, deadlineNanos - now));
        return now + look;
    }

    private void armFor(long deadlineNanos) {
        if (deadlineNanos == Long.MAX_VALUE || (armed() && armedForNanos - deadlineNanos <= 0)) {
            return;
        }
        armedForNanos = look(deadlineNanos);
        worker.timers().arm(this, armedForNanos);
    }

    @Override
    protected void expired(long nowNanos) {
        long due = deadline();
        if (due == Long.MAX_VALUE) {
            return;
        }
        if (due - nowNanos > 0) {
            armFor(due);
        } else if (connection.closing()) {
            connection.closeIdle();
        } else if (connection.inHead()) {
            connection.headTimedOut();
        } else if (connection.idle()) {
            connection.idleTimedOut(durationReached());
        } else {
            connection.outlived();
        }
    }
}
