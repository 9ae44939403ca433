package io.weir.testkit.sim.page;

import java.util.List;

/**
 * A picture while it is drawn: SVG text with its own colours for light and dark, so that it stands alone as a file and
 * inside a page. Places are pixels from the upper left corner.
 */
final class Drawing {
    /** Strong enough on white and on near-black; neighbours differ in lightness too. */
    private static final List<String> COLOURS = List.of("#2f7de1", "#e07b00", "#1f9d63", "#d1438f", "#8b63e0",
            "#b3831b", "#1fa3b8", "#c7492f", "#7a8794", "#5f9e1f");

    private static final String STYLE = """
            <style>
            .sim { font: 12px system-ui, sans-serif; background: #ffffff; }
            .sim text { fill: #222b33; }
            .sim .faint { fill: #5d6872; }
            .sim .grid { stroke: #dfe4e8; stroke-width: 1; }
            .sim .axis { stroke: #8d99a4; stroke-width: 1; }
            .sim .title { font-size: 14px; font-weight: 600; }
            @media (prefers-color-scheme: dark) {
            .sim { background: #14181d; }
            .sim text { fill: #dde3e8; }
            .sim .faint { fill: #98a4ae; }
            .sim .grid { stroke: #2b323a; }
            .sim .axis { stroke: #66727d; }
            }
            </style>
            """;

    private final StringBuilder shapes = new StringBuilder();
    private final int width;
    private final int height;

    Drawing(int width, int height) {
        this.width = width;
        this.height = height;
    }

    /** The colour of the contender of this number; begins again when there are no more. */
    static String colour(int number) {
        return COLOURS.get(number % COLOURS.size());
    }

    /** Text that may stand between tags and in quotes. */
    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    /** {@code anchor} is start, middle or end. */
    Drawing text(double x, double y, String anchor, String kind, String text) {
        shapes.append("<text x=\"").append(Figures.place(x)).append("\" y=\"").append(Figures.place(y))
                .append("\" text-anchor=\"").append(anchor).append('"');
        if (!kind.isEmpty()) {
            shapes.append(" class=\"").append(kind).append('"');
        }
        shapes.append('>').append(escaped(text)).append("</text>\n");
        return this;
    }

    Drawing line(double x1, double y1, double x2, double y2, String kind) {
        shapes.append("<line class=\"").append(kind).append("\" x1=\"").append(Figures.place(x1)).append("\" y1=\"")
                .append(Figures.place(y1)).append("\" x2=\"").append(Figures.place(x2)).append("\" y2=\"")
                .append(Figures.place(y2)).append("\"/>\n");
        return this;
    }

    Drawing box(double x, double y, double boxWidth, double boxHeight, String colour, String opacity) {
        shapes.append("<rect x=\"").append(Figures.place(x)).append("\" y=\"").append(Figures.place(y))
                .append("\" width=\"").append(Figures.place(boxWidth)).append("\" height=\"")
                .append(Figures.place(boxHeight)).append("\" fill=\"").append(colour).append("\" fill-opacity=\"")
                .append(opacity).append("\"/>\n");
        return this;
    }

    Drawing dot(double x, double y, double radius, String colour) {
        shapes.append("<circle cx=\"").append(Figures.place(x)).append("\" cy=\"").append(Figures.place(y))
                .append("\" r=\"").append(Figures.place(radius)).append("\" fill=\"").append(colour).append("\"/>\n");
        return this;
    }

    /** A line through points {@code x,y x,y ...}. */
    Drawing path(String points, String colour) {
        shapes.append("<polyline fill=\"none\" stroke=\"").append(colour)
                .append("\" stroke-width=\"1.8\" stroke-linejoin=\"round\" points=\"").append(points.strip())
                .append("\"/>\n");
        return this;
    }

    /** The whole picture, with a description for who cannot see it. */
    String svg(String description) {
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"sim\" viewBox=\"0 0 " + width + " " + height
                + "\" width=\"" + width + "\" height=\"" + height + "\" role=\"img\">\n<title>" + escaped(description)
                + "</title>\n" + STYLE + shapes + "</svg>\n";
    }
}
