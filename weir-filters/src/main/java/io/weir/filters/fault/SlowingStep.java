package io.weir.filters.fault;

import io.weir.filters.pace.ByteRate;
import io.weir.filters.pace.Pacing;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.BodyPart;
import io.weir.http.filter.BodyStep;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.Flow;
import java.util.concurrent.atomic.AtomicLong;

/** A fault filter's step that slows responses down as well, each by a rate of its own. */
final class SlowingStep extends FaultStep implements BodyStep {
    private static final HeaderName THROUGHPUT = HeaderName.of("x-envoy-fault-throughput-response");
    private static final HeaderName THROUGHPUT_PERCENTAGE = HeaderName
            .of("x-envoy-fault-throughput-response-percentage");
    private static final Pacing.Watcher NOBODY = new Pacing.Watcher() {
    };

    private final FaultSpec.Slowdown rule;
    private final FaultSpec.Numbers numbers;
    private final FilterExchange exchange;
    private final Pacing pacing;
    /** 0 where the response is not slowed down. */
    private long kibPerSecond;

    SlowingStep(FaultSpec spec, FaultSpec.Slowdown rule, FaultSpec.Numbers numbers, AtomicLong active,
            FilterExchange exchange) {
        super(spec, numbers, active, exchange);
        this.rule = rule;
        this.numbers = numbers;
        this.exchange = exchange;
        this.pacing = new Pacing(this, exchange, true, NOBODY);
    }

    @Override
    boolean slows(HttpHead request) {
        boolean byHeader = rule.kibPerSecond() == 0;
        long asked = byHeader ? number(request, THROUGHPUT, ByteRate.KIB_MAX) : rule.kibPerSecond();
        boolean so = asked > 0 && takes(rule.share(), byHeader, THROUGHPUT_PERCENTAGE, request) && enter();
        kibPerSecond = so ? asked : 0;
        if (so) {
            numbers.slowdowns().increment();
        }
        return so;
    }

    @Override
    public void responseHead(HttpHead response) {
        super.responseHead(response);
        if (kibPerSecond > 0) {
            pacing.begin(new ByteRate(kibPerSecond, ByteRate.INTERVAL_NANOS, exchange.worker().nowNanos()));
        }
    }

    @Override
    public Flow responseData(BodyPart part, boolean last) {
        return pacing.data(part);
    }

    @Override
    public Flow responseEnd(HttpHead trailers) {
        return pacing.end();
    }

    @Override
    public long heldBytes() {
        return pacing.heldBytes();
    }

    @Override
    public void ended(long nowNanos) {
        pacing.ended();
        kibPerSecond = 0;
        super.ended(nowNanos);
    }
}
