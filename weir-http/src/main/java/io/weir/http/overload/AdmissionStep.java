package io.weir.http.overload;

import io.weir.core.admit.AdmissionControl;
import io.weir.http.codec.HttpHead;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.FilterStep;
import io.weir.http.filter.Flow;

/**
 * Admission control at one connection. What it let in counts by the status that the client got, whoever it came from,
 * in gRPC's words where they are gRPC's, and as a failure where it got none: so does Envoy.
 */
final class AdmissionStep implements FilterStep {
    private static final Flow.Reply REJECTED = new Flow.Reply(503, new byte[0], "denied_by_admission_control", 0);

    private final AdmissionSpec spec;
    private final AdmissionControl control;
    private final AdmissionSpec.Numbers numbers;
    private final FilterExchange exchange;
    private boolean admitted;
    /** What the response says of its call, where it is gRPC's. */
    private int grpc;

    AdmissionStep(AdmissionSpec spec, AdmissionControl control, AdmissionSpec.Numbers numbers,
            FilterExchange exchange) {
        this.spec = spec;
        this.control = control;
        this.numbers = numbers;
        this.exchange = exchange;
    }

    @Override
    public Flow requestHead(HttpHead request) {
        admitted = false;
        grpc = CallStatus.NONE;
        if (!spec.enabled()) {
            return Flow.NEXT;
        }
        if (!control.admits(exchange.worker().random().nextLong(), exchange.startNanos())) {
            numbers.rejected().increment();
            return REJECTED;
        }
        admitted = true;
        return Flow.NEXT;
    }

    @Override
    public void responseHead(HttpHead response) {
        grpc = CallStatus.inHead(response, exchange.status());
    }

    @Override
    public void responseTrailers(HttpHead trailers) {
        if (grpc == CallStatus.AWAITED) {
            grpc = CallStatus.inTrailers(trailers);
        }
    }

    @Override
    public void ended(long nowNanos) {
        if (admitted) {
            boolean success = grpc == CallStatus.NONE
                    ? spec.succeeded(exchange.status())
                    : spec.grpcSucceeded(grpc);
            control.ended(success, nowNanos);
            (success ? numbers.success() : numbers.failure()).increment();
        }
    }
}
