package io.weir.core.admit;

import io.weir.core.model.CircuitLimits;
import io.weir.core.model.Host;
import io.weir.core.model.RetryLimit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The limits of one priority of a cluster, exact over all workers: at no moment is more under way than a limit says,
 * and nothing is refused while there is room. Every {@code try...} that returned true is followed by exactly one
 * {@code ...Ended}. Any thread, lock-free. Adding first and taking back when over the limit would be shorter, but
 * refuses others meanwhile.
 */
public final class CircuitBreaker {
    /** One request more that has begun: the upper half counts those, modulo 2^32. */
    private static final long ONE_BEGUN = 1L << 32;

    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger pending = new AtomicInteger();
    /** Under way in the lower half, begun ever in the upper: one write for both. */
    private final AtomicLong requests = new AtomicLong();
    private final AtomicInteger retries = new AtomicInteger();
    private final RetryBudget budget = new RetryBudget();
    private volatile CircuitLimits limits;

    /** A breaker with nothing under way. */
    public CircuitBreaker(CircuitLimits limits) {
        this.limits = limits;
    }

    /** The limits now. */
    public CircuitLimits limits() {
        return limits;
    }

    /** Changes the limits; what is under way beyond a lower one ends in its own time. */
    public void limits(CircuitLimits changed) {
        limits = changed;
    }

    /** Time goes by: requests pay for retries from the first of these calls on. Any thread. */
    public void tick(long nowNanos) {
        budget.begin(requestsBegun(), nowNanos);
    }

    /**
     * Counts a connection although the limit may be reached: for a worker that has none to the host, and would wait for
     * ever for a place that another worker holds. Ends with {@link #connectionEnded} like any other.
     */
    public void forceConnection() {
        connections.getAndIncrement();
    }

    /** Room for one more connection? */
    public boolean tryConnection() {
        return tryOne(connections, limits.connectionsMax());
    }

    /** Room for one more connection to this host? Ends with both {@link #connectionEnded(Host)}. */
    public boolean tryConnection(Host host) {
        if (!host.tryConnection(limits.hostConnectionsMax())) {
            return false;
        }
        if (tryConnection()) {
            return true;
        }
        host.connectionEnded();
        return false;
    }

    /** As {@link #forceConnection()}, counted for the host too. */
    public void forceConnection(Host host) {
        host.tryConnection(Integer.MAX_VALUE);
        forceConnection();
    }

    /** A connection is gone. */
    public void connectionEnded() {
        connections.getAndDecrement();
    }

    /** A connection to this host is gone. */
    public void connectionEnded(Host host) {
        host.connectionEnded();
        connectionEnded();
    }

    /** Connections now. */
    public int connectionsActive() {
        return connections.get();
    }

    /** Room for one more request that waits for a connection? */
    public boolean tryPending() {
        return tryOne(pending, limits.pendingMax());
    }

    /** A request no longer waits. */
    public void pendingEnded() {
        pending.getAndDecrement();
    }

    /** Waiting requests now. */
    public int pendingActive() {
        return pending.get();
    }

    /** Room for one more request? */
    public boolean tryRequest() {
        long now = requests.get();
        while ((int) now < limits.requestsMax()) {
            long seen = requests.compareAndExchange(now, now + ONE_BEGUN + 1);
            if (seen == now) {
                return true;
            }
            now = seen;
        }
        return false;
    }

    /** A request is over. */
    public void requestEnded() {
        requests.getAndDecrement();
    }

    /** Requests now, those that wait too. */
    public int requestsActive() {
        return (int) requests.get();
    }

    private int requestsBegun() {
        return (int) (requests.get() >>> 32);
    }

    /**
     * Room for one more retry?
     *
     * @param unanswered
     *            the try before it came to a host that broke off or could not be reached
     */
    public boolean tryRetry(boolean unanswered, long nowNanos) {
        return switch (limits.retries()) {
            case RetryLimit.AtOnce limit -> tryOne(retries, limit.max());
            case RetryLimit.Share limit -> tryOne(retries, most(limit));
            case RetryLimit.Window limit -> tryPaid(limit, unanswered, nowNanos);
        };
    }

    private int most(RetryLimit.Share limit) {
        return Math.max((int) (limit.percent() / 100 * requestsActive()), limit.minAtOnce());
    }

    private boolean tryPaid(RetryLimit.Window limit, boolean unanswered, long nowNanos) {
        long seen = requests.get();
        int begun = (int) (seen >>> 32);
        int active = (int) seen;
        if (tryOne(retries, limit.minAtOnce())) {
            budget.charge(limit, begun, Math.max(active, limit.minAtOnce()), nowNanos);
            return true;
        }
        if (!budget.take(limit, begun, unanswered ? active : 0, nowNanos)) {
            return false;
        }
        retries.getAndIncrement();
        return true;
    }

    /** A retry is over. */
    public void retryEnded() {
        retries.getAndDecrement();
    }

    /** Retries now. */
    public int retriesActive() {
        return retries.get();
    }

    /** How many more retries may begin, 0 or more; of a budget what was left when a retry last asked. */
    public int retriesRemaining() {
        int active = retries.get();
        int room = switch (limits.retries()) {
            case RetryLimit.AtOnce limit -> limit.max() - active;
            case RetryLimit.Share limit -> most(limit) - active;
            case RetryLimit.Window limit -> Math.max(limit.minAtOnce() - active, (int) budget.balance());
        };
        return Math.max(0, room);
    }

    private static boolean tryOne(AtomicInteger active, int max) {
        int now = active.get();
        while (now < max) {
            int seen = active.compareAndExchange(now, now + 1);
            if (seen == now) {
                return true;
            }
            now = seen;
        }
        return false;
    }
}
