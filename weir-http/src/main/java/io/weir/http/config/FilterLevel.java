package io.weir.http.config;

import io.weir.http.filter.BufferSpec;
import io.weir.http.filter.ChainSpec;
import io.weir.http.filter.HttpFilterSpec;
import io.weir.http.route.Route;
import io.weir.http.route.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP filters as they stand at one level: a connection manager's, and on the way in a route configuration's, a
 * virtual host's, a route's, a weighted cluster's. The innermost level that says something of a filter wins. Used by
 * one thread, that reads.
 */
final class FilterLevel {
    /**
     * A filter at one level.
     *
     * @param name
     *            in {@code http_filters}, by which the levels speak of it
     * @param outermost
     *            what the connection manager says of it: {@link BufferSpec} or {@link HttpFilterSpec}
     * @param here
     *            what holds at this level; null where it is off
     */
    record Slot(String name, Object outermost, @Nullable Object here) {
    }

    private final List<Slot> slots;
    /** What tunnels pass instead, by protocol. */
    private final Map<String, FilterLevel> upgrades;
    /** Shared by all levels of a connection manager. */
    private final List<ChainSpec> chains;

    private FilterLevel(List<Slot> slots, Map<String, FilterLevel> upgrades, List<ChainSpec> chains) {
        this.slots = List.copyOf(slots);
        this.upgrades = Map.copyOf(upgrades);
        this.chains = chains;
    }

    /**
     * The connection manager's own.
     *
     * @param tunnels
     *            the filters that tunnels pass instead, by protocol
     */
    static FilterLevel of(List<Slot> slots, Map<String, List<Slot>> tunnels) {
        var chains = new ArrayList<ChainSpec>();
        // in the place of its own, which is the first, and knows the numbers of the others; like no other
        chains.add(new ChainSpec(List.of(), List.of(), Map.of("", -1)));
        var upgrades = new TreeMap<String, FilterLevel>();
        tunnels.forEach((type, list) -> upgrades.put(type, new FilterLevel(list, Map.of(), chains)));
        var level = new FilterLevel(slots, upgrades, chains);
        chains.set(Route.OUTERMOST, level.spec());
        return level;
    }

    /** What tunnels pass instead, by protocol. */
    Map<String, FilterLevel> upgrades() {
        return upgrades;
    }

    /** In the order of the chain. */
    List<Slot> slots() {
        return slots;
    }

    /** The same with other slots in the same places. */
    FilterLevel with(List<Slot> others) {
        return new FilterLevel(others, upgrades, chains);
    }

    /** The same with other slots in the same places, and other levels for tunnels. */
    FilterLevel with(List<Slot> others, Map<String, FilterLevel> tunnels) {
        return new FilterLevel(others, tunnels, chains);
    }

    /** The longest body that is gathered, {@link Target#STREAMED} where none is. */
    long bufferBytesMax() {
        for (var slot : slots) {
            if (slot.here instanceof BufferSpec buffer) {
                return buffer.bytesMax();
            }
        }
        return Target.STREAMED;
    }

    /** The number of this level's chain, {@link Route#OUTERMOST} for that of the connection manager. */
    int chain() {
        var spec = spec();
        for (int i = 0; i < chains.size(); i++) {
            if (same(chains.get(i).filters(), spec.filters()) && chains.get(i).upgrades().equals(spec.upgrades())) {
                return i;
            }
        }
        chains.add(spec);
        return chains.size() - 1;
    }

    private ChainSpec spec() {
        var filters = new ArrayList<HttpFilterSpec>();
        var names = new ArrayList<String>();
        for (var slot : slots) {
            if (slot.here instanceof HttpFilterSpec filter) {
                filters.add(filter);
                names.add(slot.name);
            }
        }
        var numbers = new TreeMap<String, Integer>();
        upgrades.forEach((type, level) -> numbers.put(type, level.chain()));
        return new ChainSpec(filters, names, numbers);
    }

    /** Two that say the same are two all the same: each place has, say, a bucket of its own. */
    @SuppressWarnings("ReferenceEquality") // is what is meant
    private static boolean same(List<HttpFilterSpec> some, List<HttpFilterSpec> others) {
        boolean same = some.size() == others.size();
        for (int i = 0; same && i < some.size(); i++) {
            same = some.get(i) == others.get(i);
        }
        return same;
    }

    /** All chains that were asked for so far, by number. */
    List<ChainSpec> chains() {
        return List.copyOf(chains);
    }
}
