package io.weir.core.health;

/**
 * Something that happened to a host as an outlier, as Envoy's {@code OutlierDetectionEvent} tells it. Immutable.
 *
 * @param type
 *            why; of an unejection, why it was ejected
 * @param ejected
 *            true for an ejection, false for a return
 * @param enforced
 *            false where only the dice kept the host in
 * @param sinceNanos
 *            time since the last change the other way; -1 where there was none
 * @param ejections
 *            how often this host has been ejected
 * @param hostRate
 *            its success rate in percent, its latency in milliseconds for {@link OutlierType#LATENCY}; -1 where unknown
 * @param average
 *            the mean of that over the cluster, the median for latencies; -1 where unknown
 * @param threshold
 *            where an outlier begins; -1 where unknown
 */
public record OutlierEvent(String cluster, String address, OutlierType type, boolean ejected, boolean enforced,
        long sinceNanos, int ejections, double hostRate, double average, double threshold) {
}
