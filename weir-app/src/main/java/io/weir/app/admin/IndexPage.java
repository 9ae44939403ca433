package io.weir.app.admin;

import java.util.Collection;

/** The list of pages, for people: as HTML with links and buttons, and as text. */
final class IndexPage {
    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <title>Weir</title>
            <style>
            body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 52rem; padding: 0 1rem; }
            td { padding: .2rem 1rem .2rem 0; vertical-align: top; }
            button { font: inherit; }
            </style>
            </head>
            <body>
            <h1>Weir</h1>
            <table>
            """;

    private IndexPage() {}

    static String html(Collection<Endpoints.Page> pages) {
        StringBuilder out = new StringBuilder(HEAD);
        for (Endpoints.Page page : pages) {
            out.append("<tr><td>");
            // A page that changes something is a form, so that following a link never changes anything.
            if (page.changes()) {
                out.append("<form method=\"post\" action=\"").append(page.path()).append("\"><button>")
                        .append(page.path()).append("</button></form>");
            } else {
                out.append("<a href=\"").append(page.path()).append("\">").append(page.path()).append("</a>");
            }
            out.append("</td><td>").append(escaped(page.help())).append("</td></tr>\n");
        }
        return out.append("</table>\n</body>\n</html>\n").toString();
    }

    static String text(Collection<Endpoints.Page> pages) {
        StringBuilder out = new StringBuilder("admin commands are:\n");
        for (Endpoints.Page page : pages) {
            out.append("  ").append(page.path()).append(page.changes() ? " (POST)" : "").append(": ")
                    .append(page.help()).append('\n');
        }
        return out.toString();
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
