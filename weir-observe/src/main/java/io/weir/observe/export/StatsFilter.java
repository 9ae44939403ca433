package io.weir.observe.export;

import io.weir.core.stats.Metric;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which metrics are shown: {@code ?usedonly} and {@code ?filter=regex} of Envoy's admin. Immutable; any thread.
 *
 * @param usedOnly
 *            only those written at least once
 * @param filter
 *            only those in whose flat name this is found; null: all
 */
public record StatsFilter(boolean usedOnly, @Nullable Pattern filter) {
    /** Every metric. */
    public static final StatsFilter ALL = new StatsFilter(false, null);

    boolean shows(Metric metric, String name) {
        return (!usedOnly || metric.used()) && (filter == null || filter.matcher(name).find());
    }
}
