package io.weir.xds.compile;

import java.util.Collection;

/** Finds the name that was probably meant. */
public final class Nearest {

    /** Names further away than this, counted in changed letters, are no suggestion. */
    private static final int DISTANCE_MAX = 3;

    private Nearest() {}

    /** The candidate that is nearest to a name, or "" when none is near. */
    public static String to(String name, Collection<String> candidates) {
        String best = "";
        int bestDistance = Math.min(DISTANCE_MAX, Math.max(1, name.length() / 2)) + 1;
        for (String candidate : candidates) {
            int distance = distance(name, candidate);
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return best;
    }

    /** Edits from one to the other (Levenshtein 1966), without regard to case. */
    private static int distance(String a, String b) {
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                boolean same = Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1));
                row[j] = Math.min(above[j - 1] + (same ? 0 : 1), 1 + Math.min(above[j], row[j - 1]));
            }
            above = row;
        }
        return above[b.length()];
    }
}
