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

    /** One on its way. */
    private static final class Flight {
        private final List<Waiter> waiters = new ArrayList<>(0);
        /** Its head says that the response may be kept. */
        private boolean coming;
    }

    private final Map<String, Flight> flights = new HashMap<>();
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
        var flight = flights.get(key);
        if (flight == null) {
            if (flights.size() >= FLIGHTS_MAX) {
                return Role.ALONE;
            }
            flights.put(key, new Flight());
            return Role.LEAD;
        }
        if (flight.waiters.size() >= WAITERS_MAX) {
            return Role.ALONE;
        }
        flight.waiters.add(waiter);
        return Role.WAIT;
    }

    /** The same for one that has something else where another goes already: it never waits. */
    synchronized Role lead(String key, long nowNanos) {
        return flights.containsKey(key) ? Role.WAIT : join(key, _ -> {
        }, nowNanos);
    }

    /** One that waits does so no more. */
    synchronized void leave(String key, Waiter waiter) {
        var flight = flights.get(key);
        if (flight != null) {
            flight.waiters.remove(waiter);
        }
    }

    /** The head of one on its way has come, and what follows may be kept. */
    synchronized void comes(String key) {
        var flight = flights.get(key);
        if (flight != null) {
            flight.coming = true;
        }
    }

    /** Whether that has been said of the one on its way. */
    synchronized boolean coming(String key) {
        var flight = flights.get(key);
        return flight != null && flight.coming;
    }

    /** One has waited too long: nobody shall wait for this for a while, those who do already go too. */
    void givenUp(String key, long nowNanos) {
        List<Waiter> waiters;
        synchronized (this) {
            privateUntil.put(key, nowNanos + PRIVATE_NANOS);
            var flight = flights.get(key);
            waiters = flight == null ? List.of() : List.copyOf(flight.waiters);
            if (flight != null) {
                flight.waiters.clear();
            }
        }
        waiters.forEach(waiter -> waiter.landed(Landing.PRIVATE));
    }

    /** The one that went knows how it is. */
    void landed(String key, Landing how, long nowNanos) {
        List<Waiter> waiters;
        synchronized (this) {
            var flight = flights.remove(key);
            waiters = flight == null ? List.of() : flight.waiters;
            if (how == Landing.PRIVATE) {
                privateUntil.put(key, nowNanos + PRIVATE_NANOS);
            } else if (how == Landing.STORED) {
                privateUntil.remove(key);
            }
        }
        waiters.forEach(waiter -> waiter.landed(how));
    }
}
