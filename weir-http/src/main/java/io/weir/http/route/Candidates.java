package io.weir.http.route;

import io.weir.http.codec.HttpHead;
import io.weir.http.route.match.BytesIndex;
import io.weir.http.route.match.HeadField;
import io.weir.http.route.match.HeaderMatch;
import io.weir.http.route.match.RequestFacts;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Routes that a path alone cannot tell apart, found as if they were walked in order. A few are walked. Many are told
 * apart by a field of which each asks one exact value, such as the tenant's name, and walked only where that value is
 * there. Immutable.
 */
final class Candidates {
    /** So many tests take no longer than one more look-up. */
    private static final int WALKED_MAX = 8;
    /** How many fields may tell the same routes apart. */
    private static final int FIELDS_MAX = 4;

    private final Route[] walked;
    /** The places of {@link #walked} in the table. */
    private final int[] places;
    private final List<ByValue> byValue;
    private final int first;

    /** Routes by the value of one field. */
    private record ByValue(HeadField field, BytesIndex<Candidates> values) {
    }

    private Candidates(Route[] all, List<Integer> walkedPlaces, List<ByValue> byValue, int first) {
        this.places = walkedPlaces.stream().mapToInt(Integer::intValue).toArray();
        this.walked = walkedPlaces.stream().map(place -> all[place]).toArray(Route[]::new);
        this.byValue = List.copyOf(byValue);
        this.first = first;
    }

    /**
     * Of these.
     *
     * @param all
     *            the whole table
     * @param some
     *            places in it, in order
     */
    static Candidates of(Route[] all, List<Integer> some) {
        return of(all, some, Set.of());
    }

    private static Candidates of(Route[] all, List<Integer> some, Set<HeadField> told) {
        var rest = new ArrayList<>(some);
        var byValue = new ArrayList<ByValue>();
        var asked = new HashSet<>(told);
        while (rest.size() > WALKED_MAX && byValue.size() < FIELDS_MAX) {
            var field = mostTelling(all, rest, asked);
            if (field == null) {
                break;
            }
            asked.add(field);
            var inner = new HashSet<>(told);
            inner.add(field);
            var values = new LinkedHashMap<String, List<Integer>>();
            rest.removeIf(place -> {
                String value = value(all[place], field);
                if (value != null) {
                    values.computeIfAbsent(value, _ -> new ArrayList<>()).add(place);
                }
                return value != null;
            });
            var indexed = new LinkedHashMap<String, Candidates>();
            values.forEach((value, places) -> indexed.put(value, of(all, places, inner)));
            byValue.add(new ByValue(field, new BytesIndex<>(indexed)));
        }
        return new Candidates(all, rest, byValue, some.getFirst());
    }

    /** The field of which most values are asked; null where none tells anything apart. */
    private static @Nullable HeadField mostTelling(Route[] all, List<Integer> places, Set<HeadField> asked) {
        var values = new HashMap<HeadField, Set<String>>();
        for (int place : places) {
            for (var match : all[place].match().headers()) {
                String value = asked.contains(match.field()) ? null : text(match);
                if (value != null) {
                    values.computeIfAbsent(match.field(), _ -> new HashSet<>()).add(value);
                }
            }
        }
        HeadField best = null;
        int most = 1;
        for (Map.Entry<HeadField, Set<String>> entry : values.entrySet()) {
            if (entry.getValue().size() > most) {
                most = entry.getValue().size();
                best = entry.getKey();
            }
        }
        return best;
    }

    private static @Nullable String value(Route route, HeadField field) {
        for (var match : route.match().headers()) {
            String value = match.field().equals(field) ? text(match) : null;
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    /** Configured text was UTF-8, so it is so again. */
    private static @Nullable String text(HeaderMatch match) {
        byte[] value = match.onlyValue();
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    /** The place of the first route before {@code best} that passes, or {@code best}. */
    int first(int best, HttpHead head, int pathEnd, long random, RequestFacts facts) {
        if (first >= best) {
            return best;
        }
        int found = best;
        for (int i = 0; i < byValue.size(); i++) {
            var group = byValue.get(i);
            var candidates = find(group, head);
            if (candidates != null) {
                found = candidates.first(found, head, pathEnd, random, facts);
            }
        }
        for (int i = 0; i < places.length && places[i] < found; i++) {
            var match = walked[i].match();
            if (match.path().matches(head.bytes(), head.pathStart(), pathEnd)
                    && match.matchesBesidesPath(head, random, facts)) {
                return places[i];
            }
        }
        return found;
    }

    private static @Nullable Candidates find(ByValue group, HttpHead head) {
        long span = group.field.locate(head);
        if (span == HeadField.ABSENT) {
            return null;
        }
        if (group.field.second(head) >= 0) {
            byte[] joined = group.field.joined(head);
            return group.values.find(joined, 0, joined.length);
        }
        return group.values.find(head.bytes(), HeadField.start(span), HeadField.end(span));
    }
}
