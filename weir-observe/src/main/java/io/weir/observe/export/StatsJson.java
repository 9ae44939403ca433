package io.weir.observe.export;

import io.weir.core.stats.Counter;
import io.weir.core.stats.Gauge;
import io.weir.core.stats.Histogram;
import io.weir.core.stats.HistogramSnapshot;
import io.weir.core.stats.Metric;
import io.weir.core.stats.Stats;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code /stats?format=json} as Envoy's admin writes it: {@code {"stats":[{"name":"a","value":1},
 * {"histograms":{"supported_quantiles":[...],"computed_quantiles":[...]}}]}}. Any thread.
 */
public final class StatsJson {
    private StatsJson() {}

    /** Writes the metrics that the filter shows. */
    public static void write(Stats stats, StatsFilter filter, Appendable out) throws IOException {
        List<Histogram> histograms = new ArrayList<>();
        out.append("{\"stats\":[");
        boolean first = true;
        for (Metric metric : stats.sorted()) {
            String name = metric.name();
            if (!filter.shows(metric, name)) {
                continue;
            }
            switch (metric) {
                case Counter counter -> {
                    number(name, counter.value(), first, out);
                    first = false;
                }
                case Gauge gauge -> {
                    number(name, gauge.value(), first, out);
                    first = false;
                }
                case Histogram histogram -> histograms.add(histogram);
            }
        }
        if (!histograms.isEmpty()) {
            out.append(first ? "" : ",");
            write(histograms, out);
        }
        out.append("]}");
    }

    private static void number(String name, long value, boolean first, Appendable out) throws IOException {
        out.append(first ? "{\"name\":\"" : ",{\"name\":\"");
        escape(name, out);
        out.append("\",\"value\":").append(Long.toString(value)).append('}');
    }

    private static void write(List<Histogram> histograms, Appendable out) throws IOException {
        out.append("{\"histograms\":{\"supported_quantiles\":[");
        for (int i = 0; i < Numbers.quantiles(); i++) {
            out.append(i == 0 ? "" : ",").append(Numbers.percent(i));
        }
        out.append("],\"computed_quantiles\":[");
        for (int h = 0; h < histograms.size(); h++) {
            Histogram histogram = histograms.get(h);
            HistogramSnapshot interval = histogram.interval();
            HistogramSnapshot cumulative = histogram.cumulative();
            out.append(h == 0 ? "{\"name\":\"" : ",{\"name\":\"");
            escape(histogram.name(), out);
            out.append("\",\"values\":[");
            for (int i = 0; i < Numbers.quantiles(); i++) {
                out.append(i == 0 ? "{\"interval\":" : ",{\"interval\":")
                        .append(value(interval.quantile(Numbers.share(i)))).append(",\"cumulative\":")
                        .append(value(cumulative.quantile(Numbers.share(i)))).append('}');
            }
            out.append("]}");
        }
        out.append("]}}");
    }

    private static String value(double quantile) {
        return Double.isNaN(quantile) ? "null" : Numbers.plain(quantile);
    }

    private static void escape(String text, Appendable out) throws IOException {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
    }
}
