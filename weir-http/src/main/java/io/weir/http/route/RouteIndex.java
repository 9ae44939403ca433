package io.weir.http.route;

import io.weir.http.codec.HttpHead;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The routes of one virtual host, found as if they were walked in order. Exact paths and prefixes that mind case are
 * looked up by hash while the path is read once; all others are tried one by one. Among the candidates the one that
 * stands first wins, so a candidate behind the best one known is not even tested. Immutable.
 */
final class RouteIndex {
    private final VirtualHost host;
    private final Route[] routes;
    private final BytesIndex<int[]> exact;
    private final BytesIndex<int[]> prefixes;
    private final boolean[] prefixLengths;
    private final int[] others;

    RouteIndex(VirtualHost host) {
        this.host = host;
        this.routes = host.routes().toArray(Route[]::new);
        var exactPlaces = new HashMap<String, List<Integer>>();
        var prefixPlaces = new HashMap<String, List<Integer>>();
        var otherPlaces = new ArrayList<Integer>();
        for (int i = 0; i < routes.length; i++) {
            switch (routes[i].match().path()) {
                case PathMatch.Exact e when !e.ignoreCase() -> place(exactPlaces, e.path(), i);
                case PathMatch.Prefix p when !p.ignoreCase() -> place(prefixPlaces, p.prefix(), i);
                case PathMatch.Separated s when !s.ignoreCase() -> place(prefixPlaces, s.prefix(), i);
                case PathMatch.Exact _,PathMatch.Prefix _,PathMatch.Separated _,PathMatch.Regex _ ->
                    otherPlaces.add(i);
            }
        }
        this.exact = index(exactPlaces);
        this.prefixes = index(prefixPlaces);
        this.prefixLengths = new boolean[prefixes.longest() + 1];
        for (String prefix : prefixPlaces.keySet()) {
            prefixLengths[Substitution.bytes(prefix).length] = true;
        }
        this.others = ints(otherPlaces);
    }

    VirtualHost host() {
        return host;
    }

    @org.jspecify.annotations.Nullable
    Route match(HttpHead head, long random) {
        byte[] bytes = head.bytes();
        int from = head.pathStart();
        int to = PathMatch.pathEnd(head);
        int best = first(others, routes.length, head, to, random);
        int hash = BytesIndex.EMPTY_HASH;
        int limit = Math.min(to - from, prefixLengths.length - 1);
        int i = 0;
        for (;; i++) {
            if (i <= limit && prefixLengths[i]) {
                int[] candidates = prefixes.find(hash, bytes, from, from + i);
                if (candidates != null) {
                    best = first(candidates, best, head, to, random);
                }
            }
            if (i == to - from || (i >= limit && i >= exact.longest())) {
                break;
            }
            hash = BytesIndex.mix(hash, bytes[from + i]);
        }
        if (i == to - from) {
            int[] candidates = exact.find(hash, bytes, from, to);
            if (candidates != null) {
                best = first(candidates, best, head, to, random);
            }
        }
        return best == routes.length ? null : routes[best];
    }

    /** The first candidate before {@code best} that passes, or {@code best}. */
    private int first(int[] candidates, int best, HttpHead head, int pathEnd, long random) {
        for (int candidate : candidates) {
            if (candidate >= best) {
                return best;
            }
            var match = routes[candidate].match();
            if (match.path().matches(head.bytes(), head.pathStart(), pathEnd)
                    && match.matchesBesidesPath(head, random)) {
                return candidate;
            }
        }
        return best;
    }

    private static void place(Map<String, List<Integer>> places, String key, int i) {
        places.computeIfAbsent(key, _ -> new ArrayList<>()).add(i);
    }

    private static BytesIndex<int[]> index(Map<String, List<Integer>> places) {
        var arrays = new LinkedHashMap<String, int[]>();
        places.forEach((key, list) -> arrays.put(key, ints(list)));
        return new BytesIndex<>(arrays);
    }

    private static int[] ints(List<Integer> list) {
        return list.stream().mapToInt(Integer::intValue).toArray();
    }
}
