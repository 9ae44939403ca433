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
 */
public record Route(String name, RouteMatch match, RouteAction action, HeaderEdits responseEdits) {
    /** Without a name and edits. */
    public static Route of(PathMatch path, RouteAction action) {
        return new Route("", RouteMatch.of(path), action, HeaderEdits.NONE);
    }
}
