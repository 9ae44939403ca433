package io.weir.app.admin;

import io.weir.core.stats.Histogram;
import io.weir.core.stats.HistogramSnapshot;
import io.weir.core.stats.Metric;
import io.weir.core.stats.Stats;
import io.weir.core.stats.Tag;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** {@code /filter_times}: how long HTTP filters work on a request, and how long they hold it up. */
final class FilterTimesPage {
    private static final String WORK = ".filter.work_ns";
    private static final String HELD = ".filter.held_ns";
    private static final double NANOS_PER_MICRO = 1000;

    private FilterTimesPage() {}

    static String text(Stats stats) {
        StringBuilder out = new StringBuilder(stats.timesFilters()
                ? "times are taken (POST /filter_times/off ends it); p50, p99 and all together in microseconds\n"
                : "no times are taken (POST /filter_times/on begins it)\n");
        TreeMap<String, HistogramSnapshot> held = new TreeMap<>();
        TreeMap<String, HistogramSnapshot> work = new TreeMap<>();
        for (Metric metric : stats.sorted()) {
            if (metric instanceof Histogram histogram) {
                if (histogram.plainName().endsWith(WORK)) {
                    work.put(name(histogram), histogram.cumulative());
                } else if (histogram.plainName().endsWith(HELD)) {
                    held.put(name(histogram), histogram.cumulative());
                }
            }
        }
        work.forEach((name, its) -> {
            out.append(name).append("::requests::").append(its.count()).append('\n');
            line(out, name, "work", its);
            line(out, name, "held", held.getOrDefault(name, HistogramSnapshot.EMPTY));
        });
        return out.toString();
    }

    private static String name(Histogram histogram) {
        return histogram.tags().stream().map(Tag::value).collect(Collectors.joining("::"));
    }

    private static void line(StringBuilder out, String name, String what, HistogramSnapshot times) {
        out.append(name).append("::").append(what).append("_us::").append(micros(times.quantile(0.5))).append(' ')
                .append(micros(times.quantile(0.99))).append(' ').append(micros((double) times.sum())).append('\n');
    }

    private static String micros(double nanos) {
        return Double.isNaN(nanos) ? "-" : String.format(Locale.ROOT, "%.1f", nanos / NANOS_PER_MICRO);
    }
}
