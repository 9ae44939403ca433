package io.weir.testkit.sim.page;

import io.weir.testkit.sim.engine.Result;
import java.util.List;
import java.util.function.Function;

/** The columns of the table, wherever it is printed. */
final class Columns {
    /** All of them, in their order; the first is the name. */
    static final List<Column> ALL = List.of(column("policy", Result::label),
            column("requests", result -> Long.toString(result.requests())),
            column("errors", result -> Long.toString(result.errors())),
            column("p50", result -> Figures.time(result.latency().p50Nanos())),
            column("p90", result -> Figures.time(result.latency().p90Nanos())),
            column("p99", result -> Figures.time(result.latency().p99Nanos())),
            column("p99.9", result -> Figures.time(result.latency().p999Nanos())),
            column("max/mean load", result -> Figures.ratio(result.maxOverMean())),
            column("most at once", result -> Integer.toString(result.mostAtOnceAnywhere())),
            column("retries", result -> Long.toString(result.retries())),
            column("ejections", result -> Long.toString(result.ejections())),
            column("connections", result -> Long.toString(result.connections())));

    private Columns() {}

    /** One column. */
    record Column(String title, Function<Result, String> content) {
        String cell(Result result) {
            return content.apply(result);
        }

        /** How wide it is with these results. */
        int width(List<Result> results) {
            return Math.max(title.length(), results.stream().mapToInt(result -> cell(result).length()).max().orElse(0));
        }
    }

    private static Column column(String title, Function<Result, String> content) {
        return new Column(title, content);
    }
}
