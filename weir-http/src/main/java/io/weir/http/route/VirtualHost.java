package io.weir.http.route;

import io.weir.http.route.tree.MatchTree;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The routes of some domains. Immutable. Source: Envoy's {@code VirtualHost}.
 *
 * @param name
 *            unique within its table
 * @param domains
 *            {@code a.example}, {@code *.a.example}, {@code a.*} or {@code *}; a port counts as part of the text
 * @param routes
 *            the first that matches is taken
 * @param tree
 *            finds the routes to be asked, in the place of {@code routes}; null: there is none
 */
public record VirtualHost(String name, List<String> domains, List<Route> routes,
        @Nullable MatchTree<List<Route>> tree) {
    public VirtualHost {
        domains = List.copyOf(domains);
        routes = List.copyOf(routes);
    }

    /** Whether filters can change which of its routes is found, by what they say. */
    boolean saidByFilters() {
        return said(routes) || (tree != null && tree.saidByFilters(VirtualHost::said));
    }

    /** All its routes, those at the ends of a tree too. */
    List<Route> all() {
        var all = new ArrayList<>(routes);
        if (tree != null) {
            tree.map(list -> {
                all.addAll(list);
                return list;
            });
        }
        return all;
    }

    private static boolean said(List<Route> some) {
        return some.stream().anyMatch(route -> route.match().saidByFilters());
    }

    /** With a list of routes. */
    public VirtualHost(String name, List<String> domains, List<Route> routes) {
        this(name, domains, routes, null);
    }
}
