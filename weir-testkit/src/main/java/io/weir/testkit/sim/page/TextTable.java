package io.weir.testkit.sim.page;

import io.weir.testkit.sim.engine.Result;
import io.weir.testkit.sim.page.Columns.Column;
import java.util.List;
import java.util.function.Function;

/** The table for a terminal. Stateless; any thread. */
public final class TextTable {
    private TextTable() {}

    /** One line for each result below a line of titles; each ends with a line feed. */
    public static String of(List<Result> results) {
        StringBuilder text = new StringBuilder();
        line(text, results, Column::title);
        for (Result result : results) {
            line(text, results, column -> column.cell(result));
        }
        return text.toString();
    }

    private static void line(StringBuilder text, List<Result> results, Function<Column, String> cell) {
        StringBuilder line = new StringBuilder();
        for (Column column : Columns.ALL) {
            String padding = " ".repeat(column.width(results) - cell.apply(column).length());
            // names begin at the left, numbers end at the right
            line.append(line.isEmpty() ? cell.apply(column) + padding : "  " + padding + cell.apply(column));
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }
}
