package io.weir.http.overload;

import io.weir.core.admit.AdaptiveConcurrency;
import io.weir.core.stats.Counter;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.FilterStep;
import io.weir.http.filter.Flow;
import io.weir.observe.log.ResponseFlag;

/**
 * Adaptive concurrency at one connection. A request's latency ends with the head of its answer, as the rest is for the
 * client to take. Only hosts' answers tell the time, and of those no 5xx, which often is quick where nothing works; a
 * request that ran out of time took all of it.
 */
final class ConcurrencyStep implements FilterStep {
    private static final int FAILURES = 500;

    private final boolean enabled;
    private final AdaptiveConcurrency limit;
    private final Counter blocked;
    private final Flow.Reply reply;
    private final FilterExchange exchange;
    private boolean begun;
    private long headNanos;

    ConcurrencyStep(boolean enabled, AdaptiveConcurrency limit, Counter blocked, Flow.Reply reply,
            FilterExchange exchange) {
        this.enabled = enabled;
        this.limit = limit;
        this.blocked = blocked;
        this.reply = reply;
        this.exchange = exchange;
    }

    @Override
    public Flow requestHead(HttpHead request) {
        begun = false;
        if (!enabled) {
            return Flow.NEXT;
        }
        if (!limit.tryBegin()) {
            blocked.increment();
            return reply;
        }
        begun = true;
        return Flow.NEXT;
    }

    @Override
    public void responseHead(HttpHead response) {
        headNanos = exchange.worker().nowNanos();
    }

    @Override
    public void ended(long nowNanos) {
        if (!begun) {
            return;
        }
        // a host that has answered is not slow because its client reads slowly until the time is out
        if (exchange.fromHost() && exchange.status() < FAILURES) {
            limit.ended(exchange.startNanos(), headNanos - exchange.startNanos(), nowNanos);
        } else if ((exchange.flags() & ResponseFlag.UT.bit()) != 0) {
            limit.ended(exchange.startNanos(), nowNanos - exchange.startNanos(), nowNanos);
        } else {
            limit.dropped();
        }
    }
}
