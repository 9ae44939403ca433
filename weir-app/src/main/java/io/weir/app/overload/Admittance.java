package io.weir.app.overload;

import io.weir.core.admit.ConnectionLimit;
import io.weir.core.overload.Action;
import io.weir.core.overload.Overload;
import io.weir.core.overload.ShedPoint;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Scope;
import io.weir.net.transport.Worker;
import io.weir.xds.spec.OverloadScope;

/**
 * Whether a listener takes one more connection, and the numbers of those that it does not. Any thread; exact over all
 * workers, also while what it goes by changes.
 */
public final class Admittance {
    private final ConnectionLimit own = new ConnectionLimit();
    private final Counter shed;
    private final Counter overflow;
    private final Counter globalOverflow;

    /**
     * @param scope
     *            the listener's
     */
    public Admittance(Scope scope) {
        this.shed = scope.counter("downstream_cx_overload_reject");
        this.overflow = scope.counter("downstream_cx_overflow");
        this.globalOverflow = scope.counter("downstream_global_cx_overflow");
    }

    /**
     * Whether the process takes a connection that has just come; then it counts among all of the process until
     * {@link Overload#connectionEnded}.
     */
    public boolean process(OverloadScope scope, Worker worker) {
        Overload overload = worker.overload();
        if (scope.managed() && (overload.strikes(Action.REJECT_INCOMING_CONNECTIONS, worker.random())
                || overload.sheds(ShedPoint.TCP_LISTENER_ACCEPT, worker.random()))) {
            shed.increment();
            return false;
        }
        if (!overload.connectionOpened(!scope.limited())) {
            globalOverflow.increment();
            return false;
        }
        return true;
    }

    /** Whether the listener has room for a connection; then it counts here until {@link #ended}. */
    public boolean listener(OverloadScope scope) {
        if (own.tryBegin(scope.connectionsMax())) {
            return true;
        }
        overflow.increment();
        return false;
    }

    /** A connection that counted here has ended, or is another listener's from now on. */
    public void ended() {
        own.ended();
    }
}
