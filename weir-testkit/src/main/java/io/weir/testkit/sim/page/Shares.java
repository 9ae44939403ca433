package io.weir.testkit.sim.page;

import java.util.List;
import java.util.Locale;

/**
 * A picture of who got how much: one row for each way in which something was shared out.
 *
 * @param label
 *            the way
 * @param counts
 *            what each taker got, as many in each row; not all zero
 */
public record Shares(String label, List<Long> counts) {
    private static final int WIDTH = 860;
    private static final int LEFT = 190;
    private static final int RIGHT = 24;
    private static final int TOP = 60;
    private static final int ROW = 26;
    private static final int GAP = 18;

    public Shares {
        counts = List.copyOf(counts);
    }

    /** As percent, with as many digits as tell it from nothing and from all. */
    public static String percent(long part, long whole) {
        double percent = 100.0 * part / whole;
        boolean near = percent > 0 && percent < 0.1 || percent > 99.9 && percent < 100;
        return String.format(Locale.ROOT, near ? "%.2f %%" : "%.1f %%", percent);
    }

    /**
     * Draws rows, a bar for each taker.
     *
     * @param taker
     *            what one is called; a number is put behind it
     */
    public static String picture(String title, String note, String taker, List<Shares> rows) {
        int bars = rows.stream().mapToInt(row -> row.counts.size()).sum();
        var drawing = new Drawing(WIDTH, TOP + bars * ROW + rows.size() * GAP);
        drawing.text(12, 22, "start", "title", title).text(WIDTH - RIGHT, 22, "end", "faint", note);
        double width = WIDTH - LEFT - RIGHT - 70.0; // room for the figures behind the longest bar
        int y = TOP;
        for (int i = 0; i < rows.size(); i++) {
            Shares row = rows.get(i);
            long all = row.counts.stream().mapToLong(Long::longValue).sum();
            drawing.text(12, y + 17, "start", "", row.label);
            for (int j = 0; j < row.counts.size(); j++) {
                String share = percent(row.counts.get(j), all);
                double length = Math.max(1, Math.rint(width * row.counts.get(j) / all));
                drawing.text(LEFT - 12, y + 17, "end", "faint", taker + ' ' + (j + 1));
                drawing.box(LEFT, y + 4, length, ROW - 8, Drawing.colour(i), "0.85");
                drawing.text(LEFT + length + 8, y + 17, "start", "", share);
                y += ROW;
            }
            drawing.line(LEFT, y - row.counts.size() * ROW, LEFT, y, "axis");
            y += GAP;
        }
        return drawing.svg(title);
    }
}
