package io.weir.core.health;

/** What came of one check. A closed set; immutable, any thread. */
public sealed interface CheckResult {
    /** Why a check failed: Envoy's {@code HealthCheckFailureType}, and whether it is final. */
    enum Failure {
        /** The host answered, and the answer says that it is not well: that counts at once. */
        ACTIVE,
        /** The host answered with something that is to count only when it is repeated. */
        RETRIABLE,
        /** A request was answered with the wish to be left alone. */
        PASSIVE,
        /** No connection, or it broke. */
        NETWORK,
        /** No answer in time. */
        NETWORK_TIMEOUT;

        /** Envoy's word in events. */
        public String word() {
            return this == RETRIABLE ? ACTIVE.name() : name();
        }

        boolean counts() {
            return this == ACTIVE || this == PASSIVE;
        }
    }

    /** The host is well; {@code degraded} where it says that others are to be preferred. */
    record Passed(boolean degraded) implements CheckResult {
    }

    /**
     * The host is not well.
     *
     * @param askedOut
     *            it asked not to be counted at all: {@code x-envoy-immediate-health-check-fail}
     * @param wrongCluster
     *            it is well, and belongs to another cluster
     * @param details
     *            in words, for people
     */
    record Failed(Failure failure, boolean askedOut, boolean wrongCluster, String details) implements CheckResult {
        /** Of that kind, for that reason. */
        public static Failed of(Failure failure, String details) {
            return new Failed(failure, false, false, details);
        }
    }
}
