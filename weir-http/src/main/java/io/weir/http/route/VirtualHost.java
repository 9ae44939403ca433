package io.weir.http.route;

import java.util.List;

/**
 * The routes of some domains. Immutable. Source: Envoy's {@code VirtualHost}.
 *
 * @param name
 *            unique within its table
 * @param domains
 *            {@code a.example}, {@code *.a.example}, {@code a.*} or {@code *}; a port counts as part of the text
 * @param routes
 *            the first that matches is taken
 */
public record VirtualHost(String name, List<String> domains, List<Route> routes) {
    public VirtualHost {
        domains = List.copyOf(domains);
        routes = List.copyOf(routes);
    }
}
