package io.weir.filters.fault;

import io.weir.core.stats.Counter;
import io.weir.core.stats.Gauge;
import io.weir.core.stats.Scope;
import io.weir.http.filter.FilterContext;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;
import io.weir.http.route.match.HeaderMatch;
import io.weir.http.route.match.RouteMatch.Share;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Delays and aborts requests. Source: Envoy's {@code HTTPFault}.
 *
 * @param delay
 *            null where none is delayed
 * @param abort
 *            null where none is aborted
 * @param slowdown
 *            null where no response is slowed down
 * @param upstreamCluster
 *            only requests to this one; empty: to any
 * @param headers
 *            only requests that pass all of these
 * @param downstreamNodes
 *            only requests whose {@code x-envoy-downstream-service-node} is one of these; empty: all
 * @param activeMax
 *            no more at the same time
 * @param said
 *            what others are told of a request that is delayed or aborted, as metadata of the filter
 */
public record FaultSpec(@Nullable Delay delay, @Nullable Abort abort,
        @Nullable Slowdown slowdown, String upstreamCluster, List<HeaderMatch> headers, List<String> downstreamNodes,
        long activeMax, Map<String, Object> said) implements HttpFilterSpec {
    public FaultSpec {
        headers = List.copyOf(headers);
        downstreamNodes = List.copyOf(downstreamNodes);
        said = Map.copyOf(said);
    }

    /**
     * A delay.
     *
     * @param nanos
     *            how long; 0: the request's {@code x-envoy-fault-delay-request} says it, in milliseconds
     */
    public record Delay(long nanos, Share share) {
    }

    /**
     * An abort.
     *
     * @param status
     *            of HTTP, or -1
     * @param grpcStatus
     *            or -1; where both are, the request's {@code x-envoy-fault-abort-request} or
     *            {@code x-envoy-fault-abort-grpc-request} says it
     */
    public record Abort(int status, int grpcStatus, Share share) {
        boolean byHeader() {
            return status < 0 && grpcStatus < 0;
        }
    }

    /**
     * Responses that come slowly.
     *
     * @param kibPerSecond
     *            what each may have of its body; 0: the request's {@code x-envoy-fault-throughput-response} says it
     */
    public record Slowdown(long kibPerSecond, Share share) {
    }

    /** What is counted: {@code http.<stat_prefix>.fault.*}. */
    record Numbers(Counter aborts, Counter delays, Counter slowdowns, Counter overflow, Gauge active) {
        static Numbers in(Scope manager) {
            var scope = manager.child("fault");
            return new Numbers(scope.counter("aborts_injected"), scope.counter("delays_injected"),
                    scope.counter("response_rl_injected"), scope.counter("faults_overflow"),
                    scope.gauge("active_faults"));
        }
    }

    @Override
    public HttpFilter open(FilterContext context) {
        var numbers = Numbers.in(context.managerScope());
        var active = new AtomicLong();
        var slowdown = this.slowdown;
        if (slowdown == null) {
            return exchange -> new FaultStep(this, numbers, active, exchange); // bodies cost nothing
        }
        return exchange -> new SlowingStep(this, slowdown, numbers, active, exchange);
    }
}
