package io.weir.http.filter;

import io.weir.http.codec.HttpHead;
import io.weir.http.filter.time.FilterNumbers;
import io.weir.http.tunnel.UpgradeRules;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** All chains of one connection manager at work, by the number that routes know them by. Immutable; any thread. */
public final class FilterChains {
    private final List<List<HttpFilter>> chains = new ArrayList<>();
    private final List<ChainSpec> specs;
    private final FilterContext context;
    private final ConcurrentMap<List<String>, FilterNumbers> numbers = new ConcurrentHashMap<>();
    private final List<Map<String, Integer>> upgrades;

    public FilterChains(List<ChainSpec> specs, FilterContext context) {
        this.specs = List.copyOf(specs);
        this.context = context;
        upgrades = specs.stream().map(ChainSpec::upgrades).toList();
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

    /** Where the times of filters of these names are counted: those of a chain, or of several one behind the other. */
    public FilterNumbers numbers(List<String> names) {
        return numbers.computeIfAbsent(names, all -> FilterNumbers.of(all, context.managerScope()));
    }

    /** The chain that a request for a tunnel passes in the place of this one; the same where it has none of its own. */
    public int forTunnel(int chain, HttpHead request) {
        var own = upgrades.get(chain);
        return own.isEmpty() ? chain : own.getOrDefault(UpgradeRules.type(request), chain);
    }

    /** The names of one chain's filters, in order. */
    public List<String> names(int chain) {
        return specs.get(chain).names();
    }

    /** The filters of one chain, in order. */
    public List<HttpFilter> filters(int chain) {
        return chains.get(chain);
    }
}
