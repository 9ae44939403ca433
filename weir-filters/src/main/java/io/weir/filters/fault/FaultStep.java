package io.weir.filters.fault;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.FilterStep;
import io.weir.http.filter.Flow;
import io.weir.http.route.match.RouteMatch.Share;
import io.weir.net.transport.TimerWheel;
import io.weir.observe.log.ResponseFlag;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The fault filter at one connection. A delay comes first; what is aborted as well is answered behind it. */
class FaultStep implements FilterStep {
    private static final String TEXT = "fault filter abort";
    private static final String DETAILS = "fault_filter_abort";
    private static final String NAMESPACE = "envoy.filters.http.fault";
    private static final byte[] BODY = TEXT.getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NO_BYTES = {};
    private static final int GRPC_STATUS_MAX = 16;
    private static final long NANOS_PER_MILLI = 1_000_000;
    /** A day: a header's longer delays are none that anybody waits for. */
    private static final long HEADER_MILLIS_MAX = 86_400_000;
    private static final HeaderName NODE = HeaderName.of("x-envoy-downstream-service-node");
    private static final HeaderName DELAY = HeaderName.of("x-envoy-fault-delay-request");
    private static final HeaderName DELAY_PERCENTAGE = HeaderName.of("x-envoy-fault-delay-request-percentage");
    private static final HeaderName ABORT = HeaderName.of("x-envoy-fault-abort-request");
    private static final HeaderName ABORT_GRPC = HeaderName.of("x-envoy-fault-abort-grpc-request");
    private static final HeaderName ABORT_PERCENTAGE = HeaderName.of("x-envoy-fault-abort-request-percentage");
    private static final HeaderName GRPC_STATUS = HeaderName.of("grpc-status");
    private static final HeaderName GRPC_MESSAGE = HeaderName.of("grpc-message");

    private final FaultSpec spec;
    private final FaultSpec.Numbers numbers;
    private final AtomicLong active;
    private final FilterExchange exchange;
    private final Waiting waiting = new Waiting();
    private boolean counted;
    /** What the request is aborted with, behind its delay; null where it is not. */
    private Flow.@Nullable Reply abort;
    /** The status of gRPC that an abort has; -1 for one of HTTP. */
    private int grpcStatus = -1;
    private boolean aborted;
    /** The response is a fault for as long as it lasts. */
    private boolean slowed;

    FaultStep(FaultSpec spec, FaultSpec.Numbers numbers, AtomicLong active, FilterExchange exchange) {
        this.spec = spec;
        this.numbers = numbers;
        this.active = active;
        this.exchange = exchange;
    }

    private final class Waiting extends TimerWheel.Timer {
        @Override
        protected void expired(long nowNanos) {
            if (!slowed) {
                leave();
            }
            var reply = abort;
            if (reply == null) {
                exchange.requestPassage().resume(FaultStep.this);
            } else if (enter()) {
                count();
                exchange.answer(reply);
            } else {
                exchange.requestPassage().resume(FaultStep.this);
            }
        }
    }

    @Override
    public Flow requestHead(HttpHead request) {
        aborted = false;
        slowed = false;
        abort = null;
        grpcStatus = -1;
        if (!meant(request)) {
            return Flow.NEXT;
        }
        slowed = slows(request);
        long delayNanos = delay(request);
        abort = abort(request);
        if (delayNanos > 0 && enter()) {
            numbers.delays().increment();
            tell();
            exchange.flag(ResponseFlag.DI.bit());
            exchange.worker().timers().arm(waiting, exchange.worker().nowNanos() + delayNanos);
            return Flow.PAUSE;
        }
        var reply = abort;
        if (reply == null || !enter()) {
            return Flow.NEXT;
        }
        count();
        return reply;
    }

    /** Whether the response is going to be slowed down; it is one more fault under way then. */
    boolean slows(HttpHead request) {
        return false;
    }

    private void count() {
        aborted = true;
        numbers.aborts().increment();
        tell();
    }

    private void tell() {
        if (!spec.said().isEmpty()) {
            spec.said().forEach((key, value) -> exchange.metadata().put(NAMESPACE, key, value));
        }
    }

    private boolean meant(HttpHead request) {
        if (!spec.upstreamCluster().isEmpty()) {
            var target = exchange.target();
            if (target == null || !target.cluster().equals(spec.upstreamCluster())) {
                return false;
            }
        }
        if (!spec.downstreamNodes().isEmpty()) {
            String node = request.value(NODE);
            if (node == null || !spec.downstreamNodes().contains(node)) {
                return false;
            }
        }
        for (int i = 0; i < spec.headers().size(); i++) {
            if (!spec.headers().get(i).matches(request)) {
                return false;
            }
        }
        return true;
    }

    private long delay(HttpHead request) {
        var rule = spec.delay();
        if (rule == null) {
            return 0;
        }
        long nanos = rule.nanos();
        if (nanos == 0) {
            long millis = number(request, DELAY, HEADER_MILLIS_MAX);
            nanos = Math.max(0, millis) * NANOS_PER_MILLI;
        }
        return nanos > 0 && takes(rule.share(), rule.nanos() == 0, DELAY_PERCENTAGE, request) ? nanos : 0;
    }

    private Flow.@Nullable Reply abort(HttpHead request) {
        var rule = spec.abort();
        if (rule == null) {
            return null;
        }
        int status = rule.status();
        int grpc = rule.grpcStatus();
        if (rule.byHeader()) {
            status = (int) number(request, ABORT, 599);
            grpc = (int) number(request, ABORT_GRPC, GRPC_STATUS_MAX);
        }
        boolean http = status >= 200;
        if ((!http && grpc < 0) || !takes(rule.share(), rule.byHeader(), ABORT_PERCENTAGE, request)) {
            return null;
        }
        grpcStatus = http ? -1 : grpc;
        return new Flow.Reply(http ? status : 200, http ? BODY : NO_BYTES, DETAILS, ResponseFlag.FI.bit());
    }

    /** Where a header says what is done, another may lower how often. */
    final boolean takes(Share share, boolean byHeader, HeaderName percentage, HttpHead request) {
        long random = exchange.worker().random().nextLong();
        long asked = byHeader ? number(request, percentage, share.denominator()) : -1;
        return asked < 0
                ? share.takes(random)
                : new Share(Math.min(asked, share.numerator()), share.denominator()).takes(random);
    }

    /** A whole number of a field, 0 to {@code max}; -1 where there is none. */
    static long number(HttpHead request, HeaderName name, long max) {
        int line = request.find(name);
        if (line < 0) {
            return -1;
        }
        long value = 0;
        int start = request.valueStart(line);
        int end = request.valueEnd(line);
        for (int i = start; i < end; i++) {
            int digit = request.bytes()[i] - '0';
            if (digit < 0 || digit > 9 || value > max) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return end > start && value <= max ? value : -1;
    }

    /** Whether one more may be under way; all that is done to one request is one. */
    final boolean enter() {
        if (counted) {
            return true;
        }
        if (active.incrementAndGet() > spec.activeMax()) {
            active.decrementAndGet();
            numbers.overflow().increment();
            return false;
        }
        counted = true;
        numbers.active().increment();
        return true;
    }

    private void leave() {
        if (counted) {
            counted = false;
            active.decrementAndGet();
            numbers.active().decrement();
        }
    }

    @Override
    public void responseHead(HttpHead response) {
        if (aborted && grpcStatus >= 0 && !exchange.fromHost()) {
            response.set(HeaderName.CONTENT_TYPE, "application/grpc");
            response.set(GRPC_STATUS, Integer.toString(grpcStatus));
            response.set(GRPC_MESSAGE, TEXT);
        }
    }

    @Override
    public void ended(long nowNanos) {
        exchange.worker().timers().cancel(waiting);
        leave();
        abort = null;
    }
}
