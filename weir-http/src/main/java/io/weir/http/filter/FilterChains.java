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

    /** Whether a chain holds no filter. */
    public boolean isEmpty(int chain) {
        return chains.get(chain).isEmpty();
    }

    /** The filters of one chain, in order. */
    public List<HttpFilter> filters(int chain) {
        return chains.get(chain);
    }
}
