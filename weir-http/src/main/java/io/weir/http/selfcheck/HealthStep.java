package io.weir.http.selfcheck;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.FilterStep;
import io.weir.http.filter.Flow;

/** The filter and one connection's exchanges. */
final class HealthStep implements FilterStep {
    private static final HeaderName CLUSTER = HeaderName.of("x-envoy-upstream-healthchecked-cluster");
    private static final HeaderName FAIL = HeaderName.of("x-envoy-immediate-health-check-fail");
    private static final HeaderName DEGRADED = HeaderName.of("x-envoy-degraded");

    private final HealthFilter filter;
    private final FilterExchange exchange;
    private boolean check;

    HealthStep(HealthFilter filter, FilterExchange exchange) {
        this.filter = filter;
        this.exchange = exchange;
    }

    @Override
    public Flow requestHead(HttpHead request) {
        check = filter.checks(request);
        return check ? filter.answer(exchange.worker().nowNanos()) : Flow.NEXT;
    }

    @Override
    public void responseHead(HttpHead response) {
        if (!check) {
            if (filter.own().failed()) {
                response.set(FAIL, "true");
            }
            return;
        }
        long nowNanos = exchange.worker().nowNanos();
        if (exchange.fromHost()) {
            filter.keep(response.status(), response.has(DEGRADED), nowNanos);
        } else {
            var kept = filter.kept(nowNanos);
            if (kept != null && kept.degraded() && !filter.own().failed()) {
                response.set(DEGRADED, "true");
            }
        }
        response.set(CLUSTER, filter.own().cluster());
    }
}
