package io.weir.http.ratelimit;

import io.weir.core.admit.TokenBucket;
import io.weir.http.filter.FilterContext;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;
import io.weir.http.ratelimit.DescriptorRules.VirtualHostUse;
import io.weir.http.route.HeaderEdits;
import io.weir.http.route.match.RouteMatch.Share;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * So many requests a while, counted in this process. Source: Envoy's {@code LocalRateLimit}.
 *
 * @param statPrefix
 *            in {@code <statPrefix>.http_local_rate_limit.}
 * @param bucket
 *            for all requests; null: only descriptors are limited
 * @param enabled
 *            which requests are counted
 * @param enforced
 *            which of those beyond the limit are answered with {@code status}
 * @param status
 *            400 to 599, usually 429
 * @param requestEdits
 *            what is done to requests beyond the limit that pass all the same
 * @param responseEdits
 *            what is done to the answers of those that do not
 * @param limits
 *            buckets for descriptors
 * @param bucketAlways
 *            whether a request that a descriptor counts takes a token of {@code bucket} too
 * @param perConnection
 *            whether each client connection has buckets of its own
 * @param quotaFields
 *            whether responses tell what is left, in {@code x-ratelimit-*} (draft-ietf-httpapi-ratelimit-headers-03)
 * @param rules
 *            how descriptors are made; where there are none, the route's are used
 * @param virtualHostUse
 *            what the route's virtual host adds to that
 * @param stage
 *            which rules of routes
 * @param grpcExhausted
 *            whether callers of gRPC who are refused are told {@code RESOURCE_EXHAUSTED}, and not {@code UNAVAILABLE},
 *            after which many try again at once
 */
public record LocalRateLimitSpec(String statPrefix, TokenBucket.@Nullable Rule bucket, Share enabled, Share enforced,
        int status, HeaderEdits requestEdits, HeaderEdits responseEdits, List<LimitSpec> limits, boolean bucketAlways,
        boolean perConnection, boolean quotaFields, List<DescriptorRule> rules, VirtualHostUse virtualHostUse,
        int stage, boolean grpcExhausted) implements HttpFilterSpec {
    public LocalRateLimitSpec {
        limits = List.copyOf(limits);
        rules = List.copyOf(rules);
    }

    /** One that tells callers of gRPC what everybody is told. */
    public LocalRateLimitSpec(String statPrefix, TokenBucket.@Nullable Rule bucket, Share enabled, Share enforced,
            int status, HeaderEdits requestEdits, HeaderEdits responseEdits, List<LimitSpec> limits,
            boolean bucketAlways, boolean perConnection, boolean quotaFields, List<DescriptorRule> rules,
            VirtualHostUse virtualHostUse, int stage) {
        this(statPrefix, bucket, enabled, enforced, status, requestEdits, responseEdits, limits, bucketAlways,
                perConnection, quotaFields, rules, virtualHostUse, stage, false);
    }

    /** The same, with what callers of gRPC are told. */
    public LocalRateLimitSpec withGrpcExhausted(boolean told) {
        return new LocalRateLimitSpec(statPrefix, bucket, enabled, enforced, status, requestEdits, responseEdits,
                limits, bucketAlways, perConnection, quotaFields, rules, virtualHostUse, stage, told);
    }

    /** What makes the buckets; what is done with those they refuse does not. */
    private record Key(String statPrefix, TokenBucket.@Nullable Rule bucket, List<LimitSpec> limits) {
    }

    @Override
    public HttpFilter open(FilterContext context) {
        var numbers = RateLimitNumbers.in(context.stats(), statPrefix);
        var key = new Key(statPrefix, bucket, limits);
        var shared = context.carryover().of(key, LimitBuckets.class,
                () -> new LimitBuckets(this, context.nowNanos()));
        return exchange -> new LocalRateLimitStep(this, perConnection ? ofConnection(exchange, key) : shared, numbers,
                exchange);
    }

    private LimitBuckets ofConnection(FilterExchange exchange, Key key) {
        return exchange.connection().of(this, key, LimitBuckets.class,
                () -> new LimitBuckets(this, exchange.startNanos()));
    }
}
