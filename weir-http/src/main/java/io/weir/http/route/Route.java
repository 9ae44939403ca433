package io.weir.http.route;

/**
 * One rule of a virtual host. Immutable. Source: Envoy's {@code Route}.
 *
 * @param name
 *            for logs; empty without one
 * @param match
 *            when it applies
 * @param action
 *            what happens then
 * @param responseEdits
 *            what happens to the header of answers that come from no cluster: redirects, direct responses, errors of
 *            Weir's own; {@link Target#responseEdits} serves for all others
 * @param chain
 *            which of the connection manager's filter chains its requests pass where they go to no cluster;
 *            {@link Target#chain} serves for all others
 */
public record Route(String name, RouteMatch match, RouteAction action, HeaderEdits responseEdits, int chain) {
    /** The filter chain of requests for which no route says anything. */
    public static final int OUTERMOST = 0;

    /** With the connection manager's filters as they are. */
    public Route(String name, RouteMatch match, RouteAction action, HeaderEdits responseEdits) {
        this(name, match, action, responseEdits, OUTERMOST);
    }

    /** Without a name and edits. */
    public static Route of(PathMatch path, RouteAction action) {
        return new Route("", RouteMatch.of(path), action, HeaderEdits.NONE);
    }
}
