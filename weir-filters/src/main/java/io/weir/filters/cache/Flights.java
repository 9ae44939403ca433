package io.weir.filters.cache;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who asks a host for what is not in the cache, and who waits for the answer: of many requests for the same thing one
 * goes, and the others find what it brought. What has turned out not to be for the cache is known for a while, so that
 * nobody waits for that again. Any thread.
 */
final class Flights {
    /** Requests that wait for one that is on its way; others go themselves. */
    static final int WAITERS_MAX = 1_024;
    /** Keys that are on their way. */
    static final int FLIGHTS_MAX = 65_536;
    /** Keys of which it is known that waiting is no use. */
    private static final int PRIVATE_MAX = 4_096;
    private static final long PRIVATE_NANOS = 10_000_000_000L;

    /** What a request does. */
    enum Role {
        /** It goes, and says how it went. */
        LEAD,
        /** It waits until it is told. */
        WAIT,
        /** It goes, and nobody waits for it. */
        ALONE
    }

    /** What those who wait are told. */
    enum Landing {
        /** There is something in the cache. */
        STORED,
        /** The answer is not for others. */
        PRIVATE,
        /** A host failed. */
        FAILED,
        /** The one that went did not come to an end: another may go. */
        LOST
    }

    /** One that waits. */
    interface Waiter {
        /** Called once, on any thread. */
        void landed(Landing how);
    }

    private final Map<String, List<Waiter>> flights = new HashMap<>();
    private final LinkedHashMap<String, Long> privateUntil = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > PRIVATE_MAX;
        }
    };

    /** A request comes for what is not there. */
    synchronized Role join(String key, Waiter waiter, long nowNanos) {
        Long until = privateUntil.get(key);
        if (until != null) {
            if (until - nowNanos > 0) {
                return Role.ALONE;
            }
            privateUntil.remove(key);
        }
        var waiters = flights.get(key);
        if (waiters == null) {
            if (flights.size() >= FLIGHTS_MAX) {
                return Role.ALONE;
            }
            flights.put(key, new ArrayList<>(0));
            return Role.LEAD;
        }
        if (waiters.size() >= WAITERS_MAX) {
            return Role.ALONE;
        }
        waiters.add(waiter);
        return Role.WAIT;
    }

    /** One that waits does so no more. */
    synchronized void leave(String key, Waiter waiter) {
        var waiters = flights.get(key);
        if (waiters != null) {
            waiters.remove(waiter);
        }
    }

    /** The one that went knows how it is. */
    void landed(String key, Landing how, long nowNanos) {
        List<Waiter> waiters;
        synchronized (this) {
            waiters = flights.remove(key);
            if (how == Landing.PRIVATE) {
                privateUntil.put(key, nowNanos + PRIVATE_NANOS);
            }
        }
        if (waiters != null) {
            waiters.forEach(waiter -> waiter.landed(how));
        }
    }
}
