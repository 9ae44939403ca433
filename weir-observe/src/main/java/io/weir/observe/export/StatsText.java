package io.weir.observe.export;

import io.weir.core.stats.Counter;
import io.weir.core.stats.Gauge;
import io.weir.core.stats.Histogram;
import io.weir.core.stats.HistogramSnapshot;
import io.weir.core.stats.Metric;
import io.weir.core.stats.Stats;
import java.io.IOException;

/**
 * {@code /stats} as Envoy's admin writes it: {@code name: value}, counters and gauges by name, then histograms as
 * {@code name: P0(interval,cumulative) P25(...) ...}. Any thread.
 */
public final class StatsText {
    private StatsText() {}

    /** Writes the metrics that the filter shows. */
    public static void write(Stats stats, StatsFilter filter, Appendable out) throws IOException {
        StringBuilder histograms = new StringBuilder();
        for (Metric metric : stats.sorted()) {
            String name = metric.name();
            if (!filter.shows(metric, name)) {
                continue;
            }
            switch (metric) {
                case Counter counter -> line(name, counter.value(), out);
                case Gauge gauge -> line(name, gauge.value(), out);
                case Histogram histogram ->
                    histograms.append(name).append(": ").append(quantiles(histogram)).append('\n');
            }
        }
        out.append(histograms);
    }

    private static void line(String name, long value, Appendable out) throws IOException {
        out.append(name).append(": ").append(Long.toString(value)).append('\n');
    }

    private static String quantiles(Histogram histogram) {
        if (!histogram.used()) {
            return "No recorded values";
        }
        HistogramSnapshot interval = histogram.interval();
        HistogramSnapshot cumulative = histogram.cumulative();
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < Numbers.quantiles(); i++) {
            out.append(i == 0 ? "P" : " P").append(Numbers.percent(i)).append('(')
                    .append(value(interval.quantile(Numbers.share(i)))).append(',')
                    .append(value(cumulative.quantile(Numbers.share(i)))).append(')');
        }
        return out.toString();
    }

    private static String value(double quantile) {
        return Double.isNaN(quantile) ? "nan" : Numbers.plain(quantile);
    }
}
