package io.weir.core.model;

/** What became of one attempt at one host. A closed set; immutable, any thread. */
public sealed interface Outcome {
    /** The one {@link Unreachable}. */
    Outcome UNREACHABLE = new Unreachable();

    /** It answered; of a stream without status, 200 stands for a clean end. */
    record Answered(int status, long latencyNanos) implements Outcome {
    }

    /** No answer in time. */
    record TimedOut(long latencyNanos) implements Outcome {
    }

    /** The connection broke before the answer was whole. */
    record Reset(long latencyNanos) implements Outcome {
    }

    /** No connection could be made. */
    record Unreachable() implements Outcome {
    }
}
