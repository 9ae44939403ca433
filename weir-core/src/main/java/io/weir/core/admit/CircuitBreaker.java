package io.weir.core.admit;

import io.weir.core.model.CircuitLimits;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The limits of one cluster, exact over all workers: at no moment is more under way than a limit says, and nothing is
 * refused while there is room. Every {@code try...} that returned true is followed by exactly one {@code ...Ended}. Any
 * thread, lock-free. Adding first and taking back when over the limit would be shorter, but refuses others meanwhile.
 */
public final class CircuitBreaker {
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger retries = new AtomicInteger();
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

    /** A connection is gone. */
    public void connectionEnded() {
        connections.getAndDecrement();
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

    /** Room for one more request on a connection? */
    public boolean tryRequest() {
        return tryOne(requests, limits.requestsMax());
    }

    /** A request is over. */
    public void requestEnded() {
        requests.getAndDecrement();
    }

    /** Requests now. */
    public int requestsActive() {
        return requests.get();
    }

    /** Room for one more retry? */
    public boolean tryRetry() {
        return tryOne(retries, limits.retriesMax());
    }

    /** A retry is over. */
    public void retryEnded() {
        retries.getAndDecrement();
    }

    /** Retries now. */
    public int retriesActive() {
        return retries.get();
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
