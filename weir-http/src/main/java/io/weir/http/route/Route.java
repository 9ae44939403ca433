package io.weir.http.route;

import io.weir.http.route.match.PathMatch;
import io.weir.http.route.match.RouteMatch;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
 * @param notes
 *            what else it says to filters, one of a kind at most
 */
public record Route(String name, RouteMatch match, RouteAction action, HeaderEdits responseEdits, int chain,
        List<Note> notes) {
    /**
     * What a route says for the sake of filters, beside their own configuration, such as the descriptors of rate
     * limits. A filter finds it by its class.
     */
    public interface Note {}

    /** The filter chain of requests for which no route says anything. */
    public static final int OUTERMOST = 0;

    public Route {
        notes = List.copyOf(notes);
    }

    /** With the connection manager's filters as they are. */
    public Route(String name, RouteMatch match, RouteAction action, HeaderEdits responseEdits) {
        this(name, match, action, responseEdits, OUTERMOST, List.of());
    }

    /** Its note of this kind, null without one. */
    public <N extends Note> @Nullable N note(Class<N> kind) {
        for (int i = 0; i < notes.size(); i++) {
            if (kind.isInstance(notes.get(i))) {
                return kind.cast(notes.get(i));
            }
        }
        return null;
    }

    /** Without a name and edits. */
    public static Route of(PathMatch path, RouteAction action) {
        return new Route("", RouteMatch.of(path), action, HeaderEdits.NONE);
    }
}
