package io.weir.http.filter.way;

import io.weir.http.filter.BodyStep;
import io.weir.http.filter.FilterChains;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.FilterStep;
import io.weir.http.filter.HttpFilter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The steps of one connection's exchanges, by the chains that they stand in: made when they are first needed, and kept
 * for later exchanges. Belongs to the connection's worker.
 */
public final class StepChains {
    /** Chains whose steps a connection keeps: more routes than this, each with filters of its own, are rare in one. */
    private static final int KEPT_MAX = 8;

    private final FilterChains chains;
    private final FilterExchange exchange;
    private final List<Kept> kept = new ArrayList<>(1);
    private final List<Bend> bends = new ArrayList<>(0);
    private int replaced;
    private int unbent;

    /**
     * What an exchange passes.
     *
     * @param filters
     *            whose steps these are
     * @param names
     *            of each of them its name in {@code http_filters}
     * @param bodies
     *            whether any of the steps sees bodies
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Chain(List<HttpFilter> filters, List<String> names, FilterStep[] steps, boolean bodies) {
        /** No step. */
        public static final Chain NONE = new Chain(List.of(), List.of());

        private Chain(List<HttpFilter> filters, List<String> names, FilterStep... steps) {
            this(filters, names, steps, anyBody(steps));
        }

        private static boolean anyBody(FilterStep... steps) {
            for (var step : steps) {
                if (step instanceof BodyStep) {
                    return true;
                }
            }
            return false;
        }
    }

    private record Kept(int number, Chain chain) {
    }

    /** A chain that is left for another behind its first steps. */
    private record Bend(Chain from, int heard, int to, Chain chain) {
    }

    /** Of one exchange after another. */
    public StepChains(FilterChains chains, FilterExchange exchange) {
        this.chains = chains;
        this.exchange = exchange;
    }

    /** The steps of the chain of this number. */
    public Chain of(int number) {
        for (int i = 0; i < kept.size(); i++) {
            if (kept.get(i).number == number) {
                return kept.get(i).chain;
            }
        }
        var filters = chains.filters(number);
        var steps = filters.stream().map(this::step).toArray(FilterStep[]::new);
        var fresh = new Kept(number, new Chain(filters, chains.names(number), steps));
        if (kept.size() < KEPT_MAX) {
            kept.add(fresh);
        } else {
            replaced = (replaced + 1) % KEPT_MAX;
            kept.set(replaced, fresh);
        }
        return fresh.chain;
    }

    /**
     * What an exchange passes that belongs to another chain now: the steps that have heard of it, and behind them those
     * of the other chain that have not, in its order. So each filter of the other chain is asked, and none twice.
     *
     * @param heard
     *            so many of the first steps have
     * @param to
     *            the number of the other chain
     */
    @SuppressWarnings("ReferenceEquality") // is what is meant
    public Chain bent(Chain from, int heard, int to) {
        for (int i = 0; i < bends.size(); i++) {
            var bend = bends.get(i);
            if (bend.from == from && bend.heard == heard && bend.to == to) {
                return bend.chain;
            }
        }
        var fresh = new Bend(from, heard, to, bend(from, heard, of(to)));
        if (bends.size() < KEPT_MAX) {
            bends.add(fresh);
        } else {
            unbent = (unbent + 1) % KEPT_MAX;
            bends.set(unbent, fresh);
        }
        return fresh.chain;
    }

    private static Chain bend(Chain from, int heard, Chain to) {
        var filters = new ArrayList<>(from.filters.subList(0, heard));
        var names = new ArrayList<>(from.names.subList(0, heard));
        var steps = new ArrayList<>(List.of(from.steps).subList(0, heard));
        for (int i = 0; i < to.steps.length; i++) {
            if (!filters.contains(to.filters.get(i))) {
                filters.add(to.filters.get(i));
                names.add(to.names.get(i));
                steps.add(to.steps[i]);
            }
        }
        return new Chain(List.copyOf(filters), List.copyOf(names), steps.toArray(FilterStep[]::new));
    }

    /** A filter that stands in two chains knows its connection once. */
    private FilterStep step(HttpFilter filter) {
        for (var other : kept) {
            var step = find(other.chain, filter);
            if (step != null) {
                return step;
            }
        }
        return filter.step(exchange);
    }

    @SuppressWarnings("ReferenceEquality") // is what is meant
    private static @Nullable FilterStep find(Chain chain, HttpFilter filter) {
        for (int i = 0; i < chain.steps.length; i++) {
            if (chain.filters.get(i) == filter) {
                return chain.steps[i];
            }
        }
        return null;
    }
}
