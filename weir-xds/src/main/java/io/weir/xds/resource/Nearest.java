package io.weir.xds.resource;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * "Did you mean": the name that a mistyped one was meant to be, by Damerau's edit distance (an insertion, a deletion, a
 * substitution or a swap of neighbours costs one; "optimal string alignment", Communications of the ACM 7, 1964). Case,
 * {@code -} and {@code _} do not count. Stateless; any thread.
 */
public final class Nearest {
    private static final int LENGTH_MAX = 80;

    private Nearest() {}

    /**
     * The closest of {@code names} to {@code wrong}, or null when none is close enough to be a likely slip (one edit in
     * three characters, at most four).
     */
    public static @Nullable String name(String wrong, Iterable<String> names) {
        String from = plain(wrong);
        if (from.isEmpty() || from.length() > LENGTH_MAX) {
            return null;
        }
        int best = Math.min(4, (from.length() + 2) / 3) + 1;
        String found = null;
        for (String name : names) {
            String to = plain(name);
            if (Math.abs(to.length() - from.length()) < best && to.length() <= LENGTH_MAX) {
                int distance = distance(from, to);
                if (distance < best) {
                    best = distance;
                    found = name;
                }
            }
        }
        return found;
    }

    /** {@code did you mean "x"?} for the nearest name, or the text {@code otherwise}. */
    public static String cure(String wrong, Iterable<String> names, String otherwise) {
        String nearest = name(wrong, names);
        return nearest == null ? otherwise : "did you mean \"" + nearest + "\"?";
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
    }

    private static int distance(String from, String to) {
        int[] before = new int[to.length() + 1];
        int[] last = new int[to.length() + 1];
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int substituted = last[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                int cost = Math.min(substituted, Math.min(last[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1)) {
                    cost = Math.min(cost, before[j - 2] + 1);
                }
                row[j] = cost;
            }
            int[] free = before;
            before = last;
            last = row;
            row = free;
        }
        return last[to.length()];
    }
}
