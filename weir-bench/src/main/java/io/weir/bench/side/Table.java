package io.weir.bench.side;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes the figures as markdown. */
final class Table {
    private static final String HAPROXY = "haproxy";
    private static final String NGINX = "nginx";
    private static final String WEIR = "weir";

    private final StringBuilder text = new StringBuilder();
    private final List<String> notes = new ArrayList<>();

    String write(Map<Case, Map<String, Figures>> results) {
        line("| case | unit | haproxy | nginx | weir | weir / haproxy | weir / nginx |");
        line("|---|---|---|---|---|---|---|");
        results.forEach((measured, figures) -> {
            Figures haproxy = figures.getOrDefault(HAPROXY, new Figures());
            Figures nginx = figures.getOrDefault(NGINX, new Figures());
            Figures weir = figures.getOrDefault(WEIR, new Figures());
            row(measured.title(), measured.unit(), haproxy.text(), nginx.text(), weir.text(), weir.ratioTo(haproxy),
                    weir.ratioTo(nginx));
            figures.forEach((name, figure) -> note(measured, name, figure));
        });
        line("");
        line("Median (minimum–maximum) of the rounds; a ratio is the median of the rounds' own ratios.");
        line("Differences under 15 % are not resolved on shared machines.");
        line("");
        line("| beside the figures | unit | haproxy | nginx | weir |");
        line("|---|---|---|---|---|");
        results.forEach(this::beside);
        line("");
        notes.forEach(this::line);
        return text.toString();
    }

    private void beside(Case measured, Map<String, Figures> figures) {
        Figures haproxy = figures.getOrDefault(HAPROXY, new Figures());
        Figures nginx = figures.getOrDefault(NGINX, new Figures());
        Figures weir = figures.getOrDefault(WEIR, new Figures());
        switch (measured) {
            case TLS_H2_H1, H2_H1, H2_H2 ->
                row(measured.title(), "requests/s", haproxy.rate(), nginx.rate(), weir.rate());
            case HTTP1_SMALL, HTTP1_10K, TLS_HTTP1_SMALL, TCP_SMALL -> {
                row(measured.title(), "requests/s", haproxy.rate(), nginx.rate(), weir.rate());
                row(measured.title(), "p99 ms, closed loop", haproxy.tail(), nginx.tail(), weir.tail());
            }
            case TLS_HANDSHAKE_FULL, TLS_HANDSHAKE_RESUMED ->
                row(measured.title(), "connections/s", haproxy.rate(), nginx.rate(), weir.rate());
            case TCP_BULK, TCP_BULK_TUNED ->
                row(measured.title(), "GB/s", haproxy.rate(), nginx.rate(), weir.rate());
            case IDLE, IDLE_TLS, STARTUP, ALLOCATION -> {
            }
        }
    }

    private void note(Case measured, String name, Figures figure) {
        if (!figure.remark().isEmpty()) {
            notes.add("- " + measured.option() + ", " + name + ": " + figure.remark());
        }
        if (figure.errors() > 0) {
            notes.add("- " + measured.option() + ", " + name + ": " + figure.errors() + " ERRORS");
        }
    }

    private void row(String... cells) {
        line("| " + String.join(" | ", cells) + " |");
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
