package io.weir.core.model;

/**
 * What a balancing policy or a detector remembers of one host: it hears every attempt there, from every worker.
 * Implementations are shared by all workers, lock-free, and allocate nothing. Latencies run from the pick, so that
 * waiting for a connection counts.
 */
public interface HostTracker {
    /** Remembers nothing. */
    HostTracker NONE = new HostTracker() {
        @Override
        public void answered(int status, long latencyNanos, long nowNanos) {
            // nothing is kept
        }

        @Override
        public void failed(Failure how, long latencyNanos, long nowNanos) {
            // nothing is kept
        }
    };

    /** How an attempt without an answer ended. */
    enum Failure {
        /** No answer in time. */
        TIMED_OUT,
        /** The connection broke before the answer was whole. */
        RESET,
        /** No connection could be made. */
        UNREACHABLE
    }

    /** An attempt was given to the host. */
    default void began(long nowNanos) {
        // most trackers go by what comes back
    }

    /** The host answered. */
    void answered(int status, long latencyNanos, long nowNanos);

    /** The host did not answer. */
    void failed(Failure how, long latencyNanos, long nowNanos);
}
