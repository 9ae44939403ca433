package io.weir.http.filter;

import io.weir.http.tunnel.UpgradeRules;
import java.util.List;
import java.util.Map;

/**
 * The filters that requests of some routes pass, in order, without those that are off there. Immutable.
 *
 * @param filters
 *            a spec that two chains share is one filter at work
 * @param names
 *            of each of them its name in {@code http_filters}
 * @param upgrades
 *            the number of the chain that tunnels pass instead, by protocol in lower case, {@link UpgradeRules#CONNECT}
 *            for the method; those that are not named pass this one
 */
public record ChainSpec(List<HttpFilterSpec> filters, List<String> names, Map<String, Integer> upgrades) {
    /** No filter. */
    public static final ChainSpec EMPTY = new ChainSpec(List.of());

    public ChainSpec {
        filters = List.copyOf(filters);
        names = List.copyOf(names);
        upgrades = Map.copyOf(upgrades);
        if (names.size() != filters.size()) {
            throw new IllegalArgumentException(names.size() + " names for " + filters.size() + " filters");
        }
    }

    /** Filters that are called what their specs are, whatever is asked for. */
    public ChainSpec(List<? extends HttpFilterSpec> filters) {
        this(List.copyOf(filters), filters.stream().map(filter -> filter.getClass().getSimpleName()).toList(),
                Map.of());
    }
}
