package io.weir.filters.mutation;

import io.weir.http.filter.FilterContext;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;
import io.weir.http.filter.LayeredSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes fields and queries as the connection manager and every level of the routes say. Source: Envoy's
 * {@code HeaderMutation} and {@code HeaderMutationPerRoute}.
 *
 * @param mostSpecificWins
 *            whether the innermost level of the routes has the last word, and not the outermost
 * @param own
 *            the connection manager's, which come first
 * @param levels
 *            those of the routes' levels, from the outermost on
 */
public record MutationSpec(boolean mostSpecificWins, Mutations own, List<Mutations> levels) implements LayeredSpec {
    public MutationSpec {
        levels = List.copyOf(levels);
    }

    @Override
    public HttpFilterSpec inside(Object outside) {
        if (!(outside instanceof MutationSpec outer)) {
            return this;
        }
        var all = new ArrayList<>(outer.levels);
        all.addAll(levels);
        return new MutationSpec(outer.mostSpecificWins, outer.own, all);
    }

    /** All that is changed, in the order in which it is. */
    List<Mutations> inOrder() {
        var all = new ArrayList<Mutations>();
        all.add(own);
        all.addAll(mostSpecificWins ? levels : levels.reversed());
        return List.copyOf(all);
    }

    @Override
    public HttpFilter open(FilterContext context) {
        var mutations = inOrder();
        boolean trailers = mutations.stream().anyMatch(each -> !each.requestTrailers().isEmpty());
        return exchange -> trailers
                ? new MutationStep.WithTrailers(mutations, exchange)
                : new MutationStep(mutations, exchange);
    }
}
