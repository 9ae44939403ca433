package io.weir.http.selfcheck;

import io.weir.http.filter.FilterContext;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;
import io.weir.http.route.match.HeaderMatch;
import java.util.List;
import java.util.Map;

/**
 * Answers requests that check this proxy, and lets the answers to all others say that it is to be left alone, once it
 * has been told to look unwell. Immutable.
 *
 * @param passThrough
 *            checks go on to a host, whose answer counts; else they end here
 * @param cacheNanos
 *            how long such an answer is given again without asking; 0: never
 * @param healthyPercents
 *            what part of these clusters must be well, in percent, for a check that ends here to be answered with 200
 * @param checks
 *            what a request that checks looks like; one that passes all of them does
 */
public record HealthFilterSpec(boolean passThrough, long cacheNanos, Map<String, Integer> healthyPercents,
        List<HeaderMatch> checks) implements HttpFilterSpec {
    public HealthFilterSpec {
        healthyPercents = Map.copyOf(healthyPercents);
        checks = List.copyOf(checks);
    }

    @Override
    public HttpFilter open(FilterContext context) {
        var filter = new HealthFilter(this, context.clusters());
        return exchange -> new HealthStep(filter, exchange);
    }
}
