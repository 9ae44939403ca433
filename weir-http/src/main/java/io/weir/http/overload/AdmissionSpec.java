package io.weir.http.overload;

import io.weir.core.admit.AdmissionControl;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Scope;
import io.weir.http.filter.FilterContext;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;
import java.util.List;

/**
 * Turns requests away in proportion to how many fail. Source: Envoy's {@code AdmissionControl}.
 *
 * @param enabled
 *            whether it does anything
 * @param rule
 *            when it does
 * @param successes
 *            which statuses are no failure
 * @param grpcSuccesses
 *            which of gRPC's are none, a bit for each
 */
public record AdmissionSpec(boolean enabled, AdmissionControl.Rule rule, List<Statuses> successes, int grpcSuccesses)
        implements
            HttpFilterSpec {
    /**
     * Envoy's: all but DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, INTERNAL, UNAVAILABLE and DATA_LOSS.
     */
    public static final int GRPC_SUCCESSES = (1 << CallStatus.MAX + 1) - 1
            & ~(1 << 4 | 1 << 8 | 1 << 10 | 1 << 13 | 1 << 14 | 1 << 15);

    public AdmissionSpec {
        successes = List.copyOf(successes);
    }

    /**
     * A range of statuses.
     *
     * @param first
     *            100 or more
     * @param end
     *            the first behind it
     */
    public record Statuses(int first, int end) {
    }

    /** What is counted: {@code http.<stat_prefix>.admission_control.*}. */
    record Numbers(Counter rejected, Counter success, Counter failure) {
        static Numbers in(Scope manager) {
            var scope = manager.child("admission_control");
            return new Numbers(scope.counter("rq_rejected"), scope.counter("rq_success"), scope.counter("rq_failure"));
        }
    }

    @Override
    public HttpFilter open(FilterContext context) {
        var control = context.carryover().of(rule, AdmissionControl.class,
                () -> new AdmissionControl(rule, context.nowNanos()));
        var numbers = Numbers.in(context.managerScope());
        return exchange -> new AdmissionStep(this, control, numbers, exchange);
    }

    /** Whether a response of this status is none of those that failed; without a response it is. */
    boolean succeeded(int status) {
        for (int i = 0; i < successes.size(); i++) {
            if (status >= successes.get(i).first && status < successes.get(i).end) {
                return true;
            }
        }
        return false;
    }

    /** The same of a gRPC status, 0 to 16; what is none is a failure. */
    boolean grpcSucceeded(int status) {
        return status >= 0 && (grpcSuccesses >> status & 1) != 0;
    }
}
