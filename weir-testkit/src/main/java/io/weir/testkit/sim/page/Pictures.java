package io.weir.testkit.sim.page;

import io.weir.testkit.sim.engine.Percentiles;
import io.weir.testkit.sim.engine.Result;
import io.weir.testkit.sim.engine.Result.Moment;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Results as SVG: each picture stands alone, light or dark as its reader's screen is. Stateless; any thread. */
public final class Pictures {
    private static final int WIDTH = 860;
    private static final int LEFT = 190;
    private static final int RIGHT = 24;
    private static final int ROW = 26;
    private static final int BARS = 46;
    private static final int PANEL = 150;
    private static final int BARS_MAX = 200;

    private Pictures() {}

    /** One line for each contender from its p50 to its p99.9, with p90 and p99 marked. */
    public static String latency(List<Result> results) {
        TimeScale scale = TimeScale.of(results.stream().flatMapToLong(result -> all(result.latency())));
        int height = 62 + ROW * results.size() + 30;
        Drawing drawing = new Drawing(WIDTH, height);
        drawing.text(12, 22, "start", "title", "How long a good answer takes");
        drawing.text(WIDTH - RIGHT, 22, "end", "faint", "from left to right: p50, p90, p99, p99.9");
        double plot = (double) WIDTH - LEFT - RIGHT - 40;
        for (long mark : scale.marks()) {
            double x = LEFT + plot * scale.at(mark);
            drawing.line(x, 40, x, height - 30, "grid").text(x, height - 12, "middle", "faint", Figures.time(mark));
        }
        for (int i = 0; i < results.size(); i++) {
            Percentiles latency = results.get(i).latency();
            double y = 54 + ROW * (i + 0.5);
            String colour = Drawing.colour(i);
            drawing.text(LEFT - 12, y + 4, "end", "", results.get(i).label());
            double from = LEFT + plot * scale.at(latency.p50Nanos());
            double to = LEFT + plot * scale.at(latency.p999Nanos());
            drawing.box(from, y - 3, Math.max(1, to - from), 6, colour, "0.35");
            drawing.dot(from, y, 4, colour).dot(LEFT + plot * scale.at(latency.p90Nanos()), y, 4, colour)
                    .dot(LEFT + plot * scale.at(latency.p99Nanos()), y, 6, colour).dot(to, y, 4, colour);
            if (latency.p999Nanos() == Percentiles.NEVER_NANOS) {
                drawing.text(to + 8, y + 4, "start", "faint", "never");
            }
        }
        return drawing.svg("Latency percentiles of each policy");
    }

    /** A row of bars for each contender: what each host got, by what it would have got of equal shares. */
    public static String load(List<Result> results) {
        return bars(results, Result::hostLoads, "What each host got", "attempts, by an equal share of them (the line)")
                .svg("Load of each host under each policy");
    }

    /** A row of bars for each contender: how many clients were connected to each host, by the mean of the hosts. */
    public static String connections(List<Result> results) {
        return bars(results, result -> result.hostConnections().stream().map(Integer::longValue).toList(),
                "Clients that are connected to each host", "by the mean of the hosts (the line)")
                .svg("Connections of each host under each policy");
    }

    private static Drawing bars(List<Result> results, Function<Result, List<Long>> counts, String title,
            String note) {
        double most = Math.max(1.2,
                results.stream().mapToDouble(result -> Result.maxOverMean(counts.apply(result))).max().orElse(1));
        Drawing drawing = new Drawing(WIDTH, 52 + (BARS + 14) * results.size() + 24);
        drawing.text(12, 22, "start", "title", title);
        drawing.text(WIDTH - RIGHT, 22, "end", "faint", note);
        double plot = (double) WIDTH - LEFT - RIGHT;
        int hosts = results.getFirst().hostLoads().size();
        for (int i = 0; i < results.size(); i++) {
            Result result = results.get(i);
            double bottom = 46 + (BARS + 14) * i + BARS;
            List<Long> all = counts.apply(result);
            List<Long> loads = shown(all);
            double mean = all.stream().mapToLong(Long::longValue).average().orElse(0);
            double step = plot / loads.size();
            for (int host = 0; host < loads.size(); host++) {
                double tall = mean == 0 ? 0 : Math.min(BARS, BARS * loads.get(host) / mean / most);
                drawing.box(LEFT + step * host + step * 0.08, bottom - tall, step * 0.84, tall, Drawing.colour(i),
                        "0.85");
            }
            double share = bottom - BARS / most;
            drawing.line(LEFT, share, WIDTH - RIGHT, share, "axis").line(LEFT, bottom, WIDTH - RIGHT, bottom, "grid");
            drawing.text(LEFT - 12, bottom - BARS / 2.0, "end", "", result.label()).text(LEFT - 12,
                    bottom - BARS / 2.0 + 16, "end", "faint", "max/mean " + Figures.ratio(Result.maxOverMean(all)));
        }
        String order = hosts > BARS_MAX
                ? BARS_MAX + " of " + hosts + " hosts, from the most to the least"
                : "hosts 0 to " + (hosts - 1);
        drawing.text(WIDTH - RIGHT, drawing.height() - 8, "end", "faint", order);
        return drawing;
    }

    /** Hosts in their order, or where they are too many for bars some of them, evenly from the most to the least. */
    private static List<Long> shown(List<Long> counts) {
        if (counts.size() <= BARS_MAX) {
            return counts;
        }
        List<Long> falling = counts.stream().sorted(Comparator.reverseOrder()).toList();
        return IntStream.range(0, BARS_MAX)
                .mapToObj(i -> falling.get((int) ((long) i * (falling.size() - 1) / (BARS_MAX - 1)))).toList();
    }

    /** p50 and p99 of the requests that came in each slice of the run. */
    public static String overTime(List<Result> results) {
        Drawing drawing = new Drawing(WIDTH, 44 + legendHeight(results) + 2 * (PANEL + 34) + 10);
        drawing.text(12, 22, "start", "title", "Latency over time");
        legend(drawing, results);
        double top = 44 + legendHeight(results);
        panel(drawing, results, "p50", top, Percentiles::p50Nanos);
        panel(drawing, results, "p99", top + PANEL + 34, Percentiles::p99Nanos);
        return drawing.svg("Latency percentiles over time under each policy");
    }

    private static void panel(Drawing drawing, List<Result> results, String name, double top,
            ToLongFunction<Percentiles> percentile) {
        TimeScale scale = TimeScale.of(moments(results).mapToLong(moment -> percentile.applyAsLong(moment.latency())));
        for (long mark : scale.marks()) {
            double y = top + PANEL * (1 - scale.at(mark));
            drawing.line(70, y, WIDTH - RIGHT, y, "grid").text(62, y + 4, "end", "faint", Figures.time(mark));
        }
        boolean never = moments(results)
                .anyMatch(moment -> percentile.applyAsLong(moment.latency()) == Percentiles.NEVER_NANOS);
        if (never) {
            drawing.text(62, top + 4, "end", "faint", "never");
        }
        drawing.text(WIDTH - RIGHT, top - 4, "end", "", name);
        for (int i = 0; i < results.size(); i++) {
            List<Moment> moments = results.get(i).moments();
            StringBuilder points = new StringBuilder();
            for (int n = 0; n < moments.size(); n++) {
                if (moments.get(n).requests() > 0) {
                    double y = top + PANEL * (1 - scale.at(percentile.applyAsLong(moments.get(n).latency())));
                    point(points, x(n, moments.size()), y);
                }
            }
            drawing.path(points.toString(), Drawing.colour(i));
        }
        seconds(drawing, results.getFirst().moments(), top + PANEL);
    }

    /** How many hosts were left out at each moment. */
    public static String ejections(List<Result> results) {
        double most = Math.max(1, moments(results).mapToDouble(Moment::ejected).max().orElse(0));
        Drawing drawing = new Drawing(WIDTH, 44 + legendHeight(results) + PANEL + 44);
        drawing.text(12, 22, "start", "title", "Hosts left out");
        legend(drawing, results);
        double top = 44 + legendHeight(results);
        drawing.line(70, top, WIDTH - RIGHT, top, "grid").text(62, top + 4, "end", "faint", Figures.digits(most));
        for (int i = 0; i < results.size(); i++) {
            List<Moment> moments = results.get(i).moments();
            StringBuilder points = new StringBuilder();
            double before = 0;
            for (int n = 0; n < moments.size(); n++) {
                double ejected = moments.get(n).ejected();
                if (n == 0 || ejected != before) {
                    point(points, x(n, moments.size()), top + PANEL * (1 - before / most));
                }
                point(points, x(n, moments.size()), top + PANEL * (1 - ejected / most));
                before = ejected;
            }
            drawing.path(points.toString(), Drawing.colour(i));
        }
        if (moments(results).allMatch(moment -> moment.ejected() == 0)) {
            drawing.text(WIDTH / 2.0, top + PANEL / 2.0, "middle", "faint", "none, at the end of any slice");
        }
        seconds(drawing, results.getFirst().moments(), top + PANEL);
        return drawing.svg("Hosts left out over time under each policy");
    }

    private static Stream<Moment> moments(List<Result> results) {
        return results.stream().flatMap(result -> result.moments().stream());
    }

    private static LongStream all(Percentiles latency) {
        return LongStream.of(latency.p50Nanos(), latency.p90Nanos(), latency.p99Nanos(), latency.p999Nanos());
    }

    private static double x(int slice, int slices) {
        return 70 + (WIDTH - RIGHT - 70.0) * slice / Math.max(1, slices - 1);
    }

    private static void point(StringBuilder points, double x, double y) {
        points.append(Figures.place(x)).append(',').append(Figures.place(y)).append(' ');
    }

    private static void seconds(Drawing drawing, List<Moment> moments, double bottom) {
        drawing.line(70, bottom, WIDTH - RIGHT, bottom, "axis");
        for (int n = 0; n < moments.size(); n += 10) {
            drawing.text(x(n, moments.size()), bottom + 16, "middle", "faint",
                    Figures.time(moments.get(n).fromNanos()));
        }
    }

    private static int legendHeight(List<Result> results) {
        return 20 * ((results.size() + 3) / 4);
    }

    private static void legend(Drawing drawing, List<Result> results) {
        for (int i = 0; i < results.size(); i++) {
            double x = 70 + 195.0 * (i % 4);
            int line = i / 4;
            double y = 36 + 20.0 * line;
            drawing.box(x, y, 12, 12, Drawing.colour(i), "1").text(x + 18, y + 10, "start", "",
                    results.get(i).label());
        }
    }
}
