package io.weir.observe.export;

import io.weir.core.stats.Counter;
import io.weir.core.stats.Gauge;
import io.weir.core.stats.Histogram;
import io.weir.core.stats.HistogramSnapshot;
import io.weir.core.stats.Metric;
import io.weir.core.stats.Stats;
import io.weir.core.stats.Tag;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The Prometheus text exposition format 0.0.4, with Envoy's names: {@code envoy_} and the name without tags, whose
 * values become labels; histograms with Envoy's buckets. Any thread.
 */
public final class PrometheusText {
    /** What to send it as. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
    /** Envoy's default bucket bounds; most histograms are of milliseconds. */
    private static final double[] BOUNDS = {0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000,
            60_000, 300_000, 600_000, 1_800_000, 3_600_000};

    private PrometheusText() {}

    /** Writes the metrics that the filter shows. */
    public static void write(Stats stats, StatsFilter filter, Appendable out) throws IOException {
        // plain names that differ only in characters Prometheus does not know are one family
        Map<String, List<Metric>> families = new TreeMap<>();
        stats.families().forEach((plainName, metrics) -> families.merge(name(plainName), metrics, (a, b) -> {
            a.addAll(b);
            return a;
        }));
        for (Map.Entry<String, List<Metric>> family : families.entrySet()) {
            write(family.getKey(), family.getValue(), filter, out);
        }
    }

    private static void write(String name, List<Metric> metrics, StatsFilter filter, Appendable out)
            throws IOException {
        String type = "";
        Set<String> seen = new HashSet<>();
        for (Metric metric : metrics) {
            if (!filter.shows(metric, metric.name())) {
                continue;
            }
            // a family has one type and no sample twice: what does not fit in would make all of the text unreadable
            String labels = labels(metric.tags());
            if ((!type.isEmpty() && !type.equals(type(metric))) || !seen.add(labels)) {
                continue;
            }
            if (type.isEmpty()) {
                type = type(metric);
                out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
            }
            switch (metric) {
                case Counter counter -> sample(name, "", labels, counter.value(), out);
                case Gauge gauge -> sample(name, "", labels, gauge.value(), out);
                case Histogram histogram -> write(name, labels, histogram.cumulative(), out);
            }
        }
    }

    private static void write(String name, String labels, HistogramSnapshot snapshot, Appendable out)
            throws IOException {
        String more = labels.isEmpty() ? "" : labels + ',';
        for (double bound : BOUNDS) {
            sample(name, "_bucket", more + "le=\"" + Numbers.plain(bound) + '"', snapshot.countUpTo(bound), out);
        }
        sample(name, "_bucket", more + "le=\"+Inf\"", snapshot.count(), out);
        sample(name, "_sum", labels, snapshot.sum(), out);
        sample(name, "_count", labels, snapshot.count(), out);
    }

    private static void sample(String name, String suffix, String labels, long value, Appendable out)
            throws IOException {
        out.append(name).append(suffix).append('{').append(labels).append("} ").append(Long.toString(value))
                .append('\n');
    }

    private static String type(Metric metric) {
        return switch (metric) {
            case Counter counter -> "counter";
            case Gauge gauge -> "gauge";
            case Histogram histogram -> "histogram";
        };
    }

    private static String name(String plainName) {
        return "envoy_" + sanitized(plainName);
    }

    private static String labels(List<Tag> tags) {
        StringBuilder out = new StringBuilder();
        for (Tag tag : tags) {
            out.append(out.isEmpty() ? "" : ",").append(sanitized(tag.key())).append("=\"");
            String value = tag.value();
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                switch (c) {
                    case '\\' -> out.append("\\\\");
                    case '"' -> out.append("\\\"");
                    case '\n' -> out.append("\\n");
                    default -> out.append(c);
                }
            }
            out.append('"');
        }
        return out.toString();
    }

    private static String sanitized(String name) {
        StringBuilder out = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean known = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
            out.append(known ? c : '_');
        }
        return out.toString();
    }
}
