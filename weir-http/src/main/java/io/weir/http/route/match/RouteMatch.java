package io.weir.http.route.match;

import io.weir.http.codec.HttpHead;
import java.util.List;

/**
 * When a route applies: all of its tests pass. Immutable. Source: Envoy's {@code RouteMatch}.
 *
 * @param path
 *            the test on the path
 * @param headers
 *            tests on header fields
 * @param query
 *            tests on query parameters
 * @param share
 *            how much of the traffic the route takes at all
 * @param facts
 *            tests on what is known beside the head
 */
public record RouteMatch(PathMatch path, List<HeaderMatch> headers, List<QueryMatch> query, Share share,
        List<FactMatch> facts) {
    public RouteMatch {
        headers = List.copyOf(headers);
        query = List.copyOf(query);
        facts = List.copyOf(facts);
    }

    /** Of the head alone. */
    public RouteMatch(PathMatch path, List<HeaderMatch> headers, List<QueryMatch> query, Share share) {
        this(path, headers, query, share, List.of());
    }

    /** Of the path alone. */
    public static RouteMatch of(PathMatch path) {
        return new RouteMatch(path, List.of(), List.of(), Share.ALL);
    }

    /**
     * {@code numerator} of {@code denominator} requests. Source: Envoy's {@code RuntimeFractionalPercent}.
     *
     * @param denominator
     *            100, 10,000 or 1,000,000
     */
    public record Share(long numerator, long denominator) {
        /** Every request. */
        public static final Share ALL = new Share(1, 1);

        /** Whether a request with this dice roll belongs to the share. */
        public boolean takes(long random) {
            return numerator >= denominator || Long.remainderUnsigned(random, denominator) < numerator;
        }
    }

    /** Whether the request passes every test. */
    public boolean matches(HttpHead head, long random, RequestFacts known) {
        return path.matches(head.bytes(), head.pathStart(), PathMatch.pathEnd(head))
                && matchesBesidesPath(head, random, known);
    }

    /** Whether filters can change the answer by what they say. */
    public boolean saidByFilters() {
        return facts.stream().anyMatch(FactMatch::saidByFilters);
    }

    /** Whether the request passes every test but that on the path. */
    public boolean matchesBesidesPath(HttpHead head, long random, RequestFacts known) {
        if (!share.takes(random) || !(path instanceof PathMatch.Connect
                ? head.methodIs("CONNECT")
                : head.pathStart() < head.pathEnd())) { // only a tunnel is asked for without a path
            return false;
        }
        for (int i = 0; i < headers.size(); i++) {
            if (!headers.get(i).matches(head)) {
                return false;
            }
        }
        for (int i = 0; i < query.size(); i++) {
            if (!query.get(i).matches(head)) {
                return false;
            }
        }
        for (int i = 0; i < facts.size(); i++) {
            if (!facts.get(i).matches(known)) {
                return false;
            }
        }
        return true;
    }
}
