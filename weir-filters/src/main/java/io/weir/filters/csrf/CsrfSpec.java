package io.weir.filters.csrf;

import io.weir.core.stats.Counter;
import io.weir.core.stats.Scope;
import io.weir.http.filter.FilterContext;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;
import io.weir.http.route.match.RouteMatch.Share;
import io.weir.http.route.match.TextMatch;
import java.util.List;

/**
 * Turns requests away that change something and come from a page of another origin. Source: Envoy's {@code CsrfPolicy}.
 *
 * @param enabled
 *            for which part of the requests it does
 * @param shadow
 *            for which part it counts only
 * @param additionalOrigins
 *            host and port of other origins that may; besides them the request's own
 */
public record CsrfSpec(Share enabled, Share shadow, List<TextMatch> additionalOrigins) implements HttpFilterSpec {
    public CsrfSpec {
        additionalOrigins = List.copyOf(additionalOrigins);
    }

    /** What is counted: {@code http.<stat_prefix>.csrf.*}. */
    record Numbers(Counter missingSourceOrigin, Counter requestInvalid, Counter requestValid) {
        static Numbers in(Scope manager) {
            var scope = manager.child("csrf");
            return new Numbers(scope.counter("missing_source_origin"), scope.counter("request_invalid"),
                    scope.counter("request_valid"));
        }
    }

    @Override
    public HttpFilter open(FilterContext context) {
        var numbers = Numbers.in(context.managerScope());
        return exchange -> new CsrfStep(this, numbers, exchange);
    }

    /** Whether {@code bytes[from, to)}, host and port, is one of the other origins that may. */
    boolean allows(byte[] bytes, int from, int to) {
        for (int i = 0; i < additionalOrigins.size(); i++) {
            if (additionalOrigins.get(i).matches(bytes, from, to)) {
                return true;
            }
        }
        return false;
    }
}
