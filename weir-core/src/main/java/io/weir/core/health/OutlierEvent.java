package io.weir.core.health;

/**
 * Something that happened to a host as an outlier, as Envoy's {@code OutlierDetectionEvent} tells it. Immutable.
 *
 * @param type
 *            why; of a return, why it was ejected or its weight was cut
 * @param enforced
 *            false where only the dice kept the host in
 * @param sinceNanos
 *            time since the last change the other way; -1 where there was none, or nobody remembers
 * @param ejections
 *            how often this host has been ejected; for {@link OutlierType#UNREACHABLE} since it was last reached
 * @param share
 *            what part of its weight the host has from now on as far as trust goes, above 0 and at most 1
 * @param hostRate
 *            its success rate in percent, its latency in milliseconds for {@link OutlierType#LATENCY}; -1 where unknown
 * @param average
 *            the mean of that over the cluster, the median for latencies; -1 where unknown
 * @param threshold
 *            where an outlier begins; -1 where unknown
 * @param reason
 *            why, in words
 */
public record OutlierEvent(String cluster, String address, OutlierType type, Action action, boolean enforced,
        long sinceNanos, int ejections, double share, double hostRate, double average, double threshold,
        String reason) {

    /** What happened. */
    public enum Action {
        /** It is left out. */
        EJECT,
        /** It is in again. */
        UNEJECT,
        /** It gets a smaller part of its weight. */
        CUT_WEIGHT,
        /** It gets a larger part again. */
        RESTORE_WEIGHT
    }

    /** Without figures: of a host that could not be reached, or that is back. */
    static OutlierEvent of(String cluster, String address, OutlierType type, Action action, long sinceNanos,
            int ejections, double share, String reason) {
        return new OutlierEvent(cluster, address, type, action, true, sinceNanos, ejections, share, -1, -1, -1,
                reason);
    }

    /** A host could not be reached and is left out. */
    public static OutlierEvent unreachable(String cluster, String address, int ejections, String reason) {
        return of(cluster, address, OutlierType.UNREACHABLE, Action.EJECT, -1, ejections, 1, reason);
    }

    /** It is in again, on trial. */
    public static OutlierEvent onTrial(String cluster, String address, long sinceNanos, int ejections,
            String reason) {
        return of(cluster, address, OutlierType.UNREACHABLE, Action.UNEJECT, sinceNanos, ejections, 1, reason);
    }
}
