package io.weir.http.filter;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/** All chains of one connection manager at work, by the number that routes know them by. Immutable; any thread. */
public final class FilterChains {
    private final List<List<HttpFilter>> chains = new ArrayList<>();

    public FilterChains(List<ChainSpec> specs, FilterContext context) {
        var opened = new IdentityHashMap<HttpFilterSpec, HttpFilter>();
        for (var spec : specs) {
            var filters = new ArrayList<HttpFilter>();
            for (var filter : spec.filters()) {
                filters.add(opened.computeIfAbsent(filter, made -> made.open(context)));
            }
            chains.add(List.copyOf(filters));
        }
    }

    /** How many chains there are. */
    public int size() {
        return chains.size();
    }

    /** Whether a chain holds no filter. */
    public boolean isEmpty(int chain) {
        return chains.get(chain).isEmpty();
    }

    /** The steps of one chain for one connection. */
    public FilterStep[] steps(int chain, FilterExchange exchange) {
        return chains.get(chain).stream().map(filter -> filter.step(exchange)).toArray(FilterStep[]::new);
    }
}
