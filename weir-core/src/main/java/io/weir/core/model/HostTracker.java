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

    /**
     * The host answered; as {@link #answered(int, long, long)}, for those who want to know how busy it was.
     *
     * @param inFlight
     *            requests in flight there when this one began, itself included
     */
    default void answered(int status, long latencyNanos, int inFlight, long nowNanos) {
        answered(status, latencyNanos, nowNanos);
    }

    /** Whether to be told of {@code Retry-After}; nobody looks for it otherwise. */
    default boolean heedsRetryAfter() {
        return false;
    }

    /** The host refused with 429 or 503 and wishes to be left alone for so long. */
    default void retryAfter(long delayNanos, long nowNanos) {
        // most trackers have no use for wishes
    }

    /** Whether to be told of load reports in answers; nobody looks for them otherwise. */
    default boolean heedsLoadReports() {
        return false;
    }

    /** The host told how loaded it is, in an answer or on a stream of reports. */
    default void loadReported(OrcaReport report, long nowNanos) {
        // most trackers go by what they see themselves
    }

    /**
     * Works out what the next view goes by, where a policy looks at its hosts from time to time. Conductor.
     *
     * @return true when that differs from before
     */
    default boolean refresh(long nowNanos) {
        return false;
    }
}
