package io.weir.http.route;

import java.util.Map;

/**
 * What a route and its virtual host say of themselves, by namespace: Envoy's {@code metadata}. Immutable.
 *
 * @param route
 *            the route's, as plain maps, lists, text, numbers and booleans
 * @param virtualHost
 *            its virtual host's, likewise
 */
public record RouteMetadata(Map<String, Object> route, Map<String, Object> virtualHost) implements Route.Note {
    public RouteMetadata {
        route = Map.copyOf(route);
        virtualHost = Map.copyOf(virtualHost);
    }
}
