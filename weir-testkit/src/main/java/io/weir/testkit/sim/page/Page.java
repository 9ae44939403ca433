package io.weir.testkit.sim.page;

import io.weir.testkit.sim.engine.Result;
import io.weir.testkit.sim.fleet.Scenario;
import java.util.List;

/** One HTML page with the table and all pictures: no script, nothing from the network. Stateless; any thread. */
public final class Page {
    private static final String STYLE = """
            <style>
            :root { color-scheme: light dark; }
            body { font: 15px/1.5 system-ui, sans-serif; max-width: 920px; margin: 2rem auto; padding: 0 1rem;
              background: #ffffff; color: #222b33; }
            h1 { font-size: 1.5rem; line-height: 1.25; margin-bottom: 0.25rem; }
            .table { overflow-x: auto; }
            table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
            th, td { padding: 0.3rem 0.4rem; text-align: right; border-bottom: 1px solid #dfe4e8; white-space: nowrap; }
            th { font-weight: 600; white-space: normal; vertical-align: bottom; }
            th:first-child, td:first-child { text-align: left; }
            figure { margin: 2rem 0; }
            svg { max-width: 100%; height: auto; }
            .faint { color: #5d6872; }
            .key { display: inline-block; width: 0.7em; height: 0.7em; margin-right: 0.5em; }
            @media (prefers-color-scheme: dark) {
              body { background: #14181d; color: #dde3e8; }
              th, td { border-color: #2b323a; }
              .faint { color: #98a4ae; }
            }
            </style>
            """;

    private Page() {}

    /** The page of these results. */
    public static String of(Scenario scenario, List<Result> results) {
        StringBuilder page = new StringBuilder("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
                .append(Drawing.escaped(scenario.title())).append("</title>\n").append(STYLE)
                .append("</head>\n<body>\n<h1>").append(Drawing.escaped(scenario.title())).append("</h1>\n<p>")
                .append(Drawing.escaped(scenario.about())).append("</p>\n");
        table(page, results);
        page.append("<p class=\"faint\">").append(scenario.hostCount()).append(" hosts, ")
                .append(scenario.clients().count()).append(" clients of ").append(scenario.clients().workers())
                .append(" workers, ").append(Figures.time(scenario.durationNanos())).append(" of which the first ")
                .append(Figures.time(scenario.warmupNanos())).append(" are not counted, seed ")
                .append(scenario.seed()).append(". A percentile says within which time so many of a hundred requests")
                .append(" had a good answer; a request that failed never had one.</p>\n");
        for (String picture : List.of(Pictures.latency(results), Pictures.load(results), Pictures.overTime(results),
                Pictures.ejections(results))) {
            page.append("<figure>\n").append(picture).append("</figure>\n");
        }
        return page.append("</body>\n</html>\n").toString();
    }

    private static void table(StringBuilder page, List<Result> results) {
        page.append("<div class=\"table\"><table>\n<tr>");
        Columns.ALL.forEach(column -> page.append("<th>").append(column.title()).append("</th>"));
        page.append("</tr>\n");
        for (int i = 0; i < results.size(); i++) {
            Result result = results.get(i);
            page.append("<tr>");
            for (Columns.Column column : Columns.ALL) {
                page.append("<td>");
                if (column.equals(Columns.ALL.getFirst())) {
                    page.append("<span class=\"key\" style=\"background:").append(Drawing.colour(i))
                            .append("\"></span>");
                }
                page.append(Drawing.escaped(column.cell(result))).append("</td>");
            }
            page.append("</tr>\n");
        }
        page.append("</table></div>\n");
    }
}
