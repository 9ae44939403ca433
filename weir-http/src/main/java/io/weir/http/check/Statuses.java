package io.weir.http.check;

import java.util.List;

/** Ranges of response statuses. Immutable. */
public record Statuses(List<Range> ranges) {
    /** 200 alone. */
    public static final Statuses OK = new Statuses(List.of(new Range(200, 201)));
    /** No status at all. */
    public static final Statuses NONE = new Statuses(List.of());

    /** From the first to before the second. */
    public record Range(int from, int to) {
    }

    public Statuses {
        ranges = List.copyOf(ranges);
    }

    boolean has(int status) {
        for (Range range : ranges) {
            if (status >= range.from() && status < range.to()) {
                return true;
            }
        }
        return false;
    }
}
