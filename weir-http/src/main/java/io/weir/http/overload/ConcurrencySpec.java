package io.weir.http.overload;

import io.weir.core.admit.AdaptiveConcurrency;
import io.weir.core.stats.Counter;
import io.weir.http.filter.FilterContext;
import io.weir.http.filter.Flow;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;
import java.nio.charset.StandardCharsets;

/**
 * A limit of requests under way that finds itself. Source: Envoy's {@code AdaptiveConcurrency}.
 *
 * @param enabled
 *            whether it does anything
 * @param rule
 *            how the limit is found
 * @param status
 *            what requests beyond it are answered with
 */
public record ConcurrencySpec(boolean enabled, AdaptiveConcurrency.Rule rule, int status) implements HttpFilterSpec {
    private static final byte[] BODY = "reached concurrency limit".getBytes(StandardCharsets.UTF_8);
    private static final long MILLI_NANOS = 1_000_000;

    @Override
    public HttpFilter open(FilterContext context) {
        var limit = context.carryover().of(rule, AdaptiveConcurrency.class,
                () -> new AdaptiveConcurrency(rule, context.nowNanos(), context.nowNanos()));
        var blocked = counted(limit, context);
        var reply = new Flow.Reply(status, BODY, "reached_concurrency_limit", 0);
        return exchange -> new ConcurrencyStep(enabled, limit, blocked, reply, exchange);
    }

    /** The numbers below {@code http.<stat_prefix>.adaptive_concurrency.gradient_controller}. */
    private static Counter counted(AdaptiveConcurrency limit, FilterContext context) {
        var scope = context.managerScope().child("adaptive_concurrency").child("gradient_controller");
        scope.gauge("concurrency_limit", limit::limit);
        scope.gauge("burst_queue_size", () -> (long) Math.sqrt(limit.limit()));
        scope.gauge("gradient", () -> Math.round(limit.gradient()));
        scope.gauge("min_rtt_msecs", () -> limit.floorNanos() / MILLI_NANOS);
        scope.gauge("sample_rtt_msecs", () -> limit.latencyNanos() / MILLI_NANOS);
        scope.gauge("min_rtt_calculation_active", () -> limit.measuring() ? 1 : 0);
        return scope.counter("rq_blocked");
    }
}
