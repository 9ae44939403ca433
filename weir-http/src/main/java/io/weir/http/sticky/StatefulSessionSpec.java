package io.weir.http.sticky;

import io.weir.http.filter.FilterContext;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;
import org.jspecify.annotations.Nullable;

/**
 * The filter that keeps the requests of a session at one host: Envoy's {@code StatefulSession}.
 *
 * @param state
 *            where clients keep which host that is; null: nowhere, and the filter does nothing
 * @param strict
 *            where that host cannot be had, the request is answered with 503 instead of going to another
 * @param statPrefix
 *            its numbers are under {@code http.<prefix>.stateful_session.<statPrefix>.}; empty: it has none
 */
public record StatefulSessionSpec(@Nullable SessionState state, boolean strict, String statPrefix)
        implements
            HttpFilterSpec {
    @Override
    public HttpFilter open(FilterContext context) {
        SessionState where = state;
        if (where == null) {
            return _ -> StatefulSession.NOTHING;
        }
        var stats = statPrefix.isEmpty() ? null : new SessionStats(context, statPrefix);
        return exchange -> new StatefulSession(where, strict, stats, exchange);
    }
}
