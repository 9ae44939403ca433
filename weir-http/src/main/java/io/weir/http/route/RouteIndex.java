package io.weir.http.route;

import io.weir.http.codec.HttpHead;
import io.weir.http.route.match.BytesIndex;
import io.weir.http.route.match.HeadText;
import io.weir.http.route.match.PathMatch;
import io.weir.http.route.match.RequestFacts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A list of routes, found as if they were walked in order. Exact paths are looked up by hash; all others by what their
 * paths begin with, patterns and templates too, while the path is read once. Only those of which no beginning is known
 * are always among the candidates. Among these the one that stands first wins, so a candidate behind the best one known
 * is not even tested. Immutable.
 */
final class RouteIndex {
    /** Keys of one kind, minding case or not. */
    private static final class Keys {
        private final BytesIndex<Candidates> exact;
        private final BytesIndex<Candidates> starts;
        /** Which lengths of starts there are. */
        private final boolean[] lengths;

        Keys(Route[] all, Map<String, List<Integer>> exactPlaces, Map<String, List<Integer>> startPlaces) {
            exact = index(all, exactPlaces);
            starts = index(all, startPlaces);
            lengths = new boolean[starts.longest() + 1];
            startPlaces.keySet().forEach(start -> lengths[HeadText.bytes(start).length] = true);
        }

        private static BytesIndex<Candidates> index(Route[] all, Map<String, List<Integer>> places) {
            var candidates = new LinkedHashMap<String, Candidates>();
            places.forEach((key, list) -> candidates.put(key, Candidates.of(all, list)));
            return new BytesIndex<>(candidates);
        }

        /** How far into a path there is something to look up. */
        int reach() {
            return Math.max(lengths.length - 1, exact.longest());
        }

        boolean startsOf(int length) {
            return length < lengths.length && lengths[length];
        }
    }

    private final Route[] routes;
    private final Keys minding;
    private final @Nullable Keys anyCase;

    RouteIndex(List<Route> list) {
        routes = list.toArray(Route[]::new);
        var exact = new LinkedHashMap<String, List<Integer>>();
        var starts = new LinkedHashMap<String, List<Integer>>();
        var exactAnyCase = new LinkedHashMap<String, List<Integer>>();
        var startsAnyCase = new LinkedHashMap<String, List<Integer>>();
        for (int i = 0; i < routes.length; i++) {
            var path = routes[i].match().path();
            boolean whole = path instanceof PathMatch.Exact;
            boolean anyCaseHere = path.startInAnyCase();
            var places = anyCaseHere ? whole ? exactAnyCase : startsAnyCase : whole ? exact : starts;
            String key = anyCaseHere ? path.start().toLowerCase(Locale.ROOT) : path.start();
            places.computeIfAbsent(key, _ -> new ArrayList<>()).add(i);
        }
        minding = new Keys(routes, exact, starts);
        anyCase = exactAnyCase.isEmpty() && startsAnyCase.isEmpty()
                ? null
                : new Keys(routes, exactAnyCase, startsAnyCase);
    }

    @Nullable
    Route match(HttpHead head, long random, RequestFacts facts) {
        int pathEnd = PathMatch.pathEnd(head);
        int best = best(minding, false, routes.length, head, pathEnd, random, facts);
        if (anyCase != null) {
            best = best(anyCase, true, best, head, pathEnd, random, facts);
        }
        return best == routes.length ? null : routes[best];
    }

    /** The place of the first route among these keys that passes and stands before {@code before}, or that. */
    private static int best(Keys keys, boolean lower, int before, HttpHead head, int pathEnd, long random,
            RequestFacts facts) {
        byte[] bytes = head.bytes();
        int from = head.pathStart();
        int length = pathEnd - from;
        int reach = Math.min(length, keys.reach());
        int best = before;
        int hash = BytesIndex.EMPTY_HASH;
        for (int i = 0;; i++) {
            if (keys.startsOf(i)) {
                var candidates = find(keys.starts, lower, hash, bytes, from, from + i);
                if (candidates != null) {
                    best = candidates.first(best, head, pathEnd, random, facts);
                }
            }
            if (i == reach) {
                break;
            }
            int b = bytes[from + i];
            hash = BytesIndex.mix(hash, lower ? BytesIndex.lower(b) : b);
        }
        if (reach == length) {
            var candidates = find(keys.exact, lower, hash, bytes, from, pathEnd);
            if (candidates != null) {
                best = candidates.first(best, head, pathEnd, random, facts);
            }
        }
        return best;
    }

    private static @Nullable Candidates find(BytesIndex<Candidates> index, boolean lower, int hash, byte[] bytes,
            int from, int to) {
        return lower ? index.findLower(hash, bytes, from, to) : index.find(hash, bytes, from, to);
    }
}
