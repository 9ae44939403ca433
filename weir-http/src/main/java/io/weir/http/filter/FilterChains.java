package io.weir.http.filter;

import io.weir.http.filter.time.FilterNumbers;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** All chains of one connection manager at work, by the number that routes know them by. Immutable; any thread. */
public final class FilterChains {
    private final List<List<HttpFilter>> chains = new ArrayList<>();
    private final List<ChainSpec> specs;
    private final FilterContext context;
    private final ConcurrentMap<Integer, FilterNumbers> numbers = new ConcurrentHashMap<>();

    public FilterChains(List<ChainSpec> specs, FilterContext context) {
        this.specs = List.copyOf(specs);
        this.context = context;
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

    /** Whether the filters' time is taken. */
    public boolean timed() {
        return context.stats().timesFilters();
    }

    /** Where the times of one chain's filters are counted. */
    public FilterNumbers numbers(int chain) {
        return numbers.computeIfAbsent(chain,
                number -> FilterNumbers.of(specs.get(number).names(), context.managerScope()));
    }

    /** The filters of one chain, in order. */
    public List<HttpFilter> filters(int chain) {
        return chains.get(chain);
    }
}
