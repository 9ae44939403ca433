package io.weir.testkit.sim.fleet;

import java.util.List;

/** When requests come, over all clients together. A closed set; immutable. */
public sealed interface Arrivals {
    /** Independent of each other, so many a second on average. */
    record Poisson(double perSecond) implements Arrivals {
    }

    /** Evenly spaced. */
    record Steady(double perSecond) implements Arrivals {
    }

    /** Each user sends, waits for the answer, thinks, and sends again: a slow fleet gets less to do. */
    record Closed(int users, ServiceTime think) implements Arrivals {
    }

    /** So many a second on average, but in bursts: {@code size} at the same moment, moments independent. */
    record Bursts(double perSecond, int size) implements Arrivals {
    }

    /**
     * As written down: moments after the beginning, rising; all again every so often.
     *
     * @param everyNanos
     *            0: once
     */
    record Trace(List<Long> atNanos, long everyNanos) implements Arrivals {
        public Trace {
            atNanos = List.copyOf(atNanos);
        }
    }
}
