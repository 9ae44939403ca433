package io.weir.observe.export;

import io.weir.core.stats.Metric;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which metrics are shown: {@code ?usedonly} and {@code ?filter=regex} of Envoy's admin. Immutable; any thread.
 *
 * @param usedOnly
 *            only those written at least once
 * @param filter
 *            only those whose flat name passes; null: all. Whoever asks writes it, so it must be quick for any name
 */
public record StatsFilter(boolean usedOnly, @Nullable Predicate<String> filter) {
    /** Every metric. */
    public static final StatsFilter ALL = new StatsFilter(false, null);

    boolean shows(Metric metric, String name) {
        return (!usedOnly || metric.used()) && (filter == null || filter.test(name));
    }
}
