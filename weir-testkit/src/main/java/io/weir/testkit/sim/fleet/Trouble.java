package io.weir.testkit.sim.fleet;

/**
 * What befalls some hosts for some time.
 *
 * @param first
 *            number of the first host, from 0 in the order of the scenario
 * @param last
 *            number of the last
 * @param untilNanos
 *            when it is over; may be beyond the end
 */
public record Trouble(int first, int last, long fromNanos, long untilNanos, Kind kind) {
    /** What happens. A closed set. */
    public sealed interface Kind {
        /** Refuses connections; what it had in hand breaks off. */
        record Dead() implements Kind {
        }

        /** Takes requests and does nothing with them until it is over. */
        record Hangs() implements Kind {
        }

        /** Answers a share of the requests with this status, at once and without doing the work. */
        record Errors(double share, int status) implements Kind {
        }

        /** Work takes so many times as long. */
        record Slow(double factor) implements Kind {
        }

        /** Well for a time, dead for a time, in turns; begins dead. */
        record Flapping(long deadNanos, long wellNanos) implements Kind {
        }

        /**
         * A neighbour on the same machine that takes CPU now and then: work takes {@code factor} times as long while it
         * does. How long it works and rests is drawn anew each time, for each host alone.
         */
        record Antagonist(double factor, ServiceTime works, ServiceTime rests) implements Kind {
        }
    }
}
