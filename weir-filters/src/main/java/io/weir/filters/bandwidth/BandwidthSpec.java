package io.weir.filters.bandwidth;

import io.weir.core.stats.Scope;
import io.weir.filters.pace.ByteRate;
import io.weir.http.codec.HeaderName;
import io.weir.http.filter.FilterContext;
import io.weir.http.filter.FilterStep;
import io.weir.http.filter.Flow;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;
import org.jspecify.annotations.Nullable;

/**
 * So many bytes a second of bodies, counted in this process. Source: Envoy's {@code BandwidthLimit}.
 *
 * @param statPrefix
 *            in {@code <statPrefix>.http_bandwidth_limit.}
 * @param requests
 *            whether bodies of requests count and wait
 * @param responses
 *            whether those of responses do
 * @param kibPerSecond
 *            for both together, 1 to {@link ByteRate#KIB_MAX}
 * @param intervalNanos
 *            how often what waits is let go on
 * @param trailers
 *            what trailers of responses tell of the time that it took; null: nothing
 */
public record BandwidthSpec(String statPrefix, boolean requests, boolean responses, long kibPerSecond,
        long intervalNanos, @Nullable Trailers trailers) implements HttpFilterSpec {
    private static final FilterStep OFF = _ -> Flow.NEXT;

    /**
     * The trailers' names.
     *
     * @param request
     *            how long the request's body took, in milliseconds
     * @param requestFilter
     *            for how much of it the filter held it up
     * @param response
     *            how long the response's body took
     * @param responseFilter
     *            for how much of it the filter held it up
     */
    public record Trailers(HeaderName request, HeaderName requestFilter, HeaderName response,
            HeaderName responseFilter) {
        static Trailers of(String prefix) {
            String start = prefix.isEmpty() ? "" : prefix + "-";
            return new Trailers(HeaderName.of(start + "bandwidth-request-delay-ms"),
                    HeaderName.of(start + "bandwidth-request-filter-delay-ms"),
                    HeaderName.of(start + "bandwidth-response-delay-ms"),
                    HeaderName.of(start + "bandwidth-response-filter-delay-ms"));
        }
    }

    /** What makes the bucket. */
    private record Key(String statPrefix, long kibPerSecond, long intervalNanos) {
    }

    @Override
    public HttpFilter open(FilterContext context) {
        if (!requests && !responses) {
            return _ -> OFF; // and a chain without another that sees bodies costs them nothing
        }
        Scope scope = context.stats().root().child(statPrefix).child("http_bandwidth_limit");
        var up = DirectionNumbers.in(scope, "request");
        var down = DirectionNumbers.in(scope, "response");
        var rate = context.carryover().of(new Key(statPrefix, kibPerSecond, intervalNanos), ByteRate.class,
                () -> new ByteRate(kibPerSecond, intervalNanos, context.nowNanos()));
        return exchange -> new BandwidthStep(this, rate, up, down, exchange);
    }
}
