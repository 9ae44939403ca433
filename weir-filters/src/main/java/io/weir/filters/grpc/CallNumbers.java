package io.weir.filters.grpc;

import io.weir.core.stats.Counter;
import io.weir.core.stats.Histogram;
import io.weir.core.stats.Scope;

/**
 * The numbers of one method of one service at one cluster, or of all that are counted together. Any thread. Source:
 * Envoy's statistics of gRPC: {@code cluster.<name>.grpc.<service>.<method>.*}.
 */
public final class CallNumbers {
    /** Every status that is one, and the rest. */
    private static final int STATUSES = 17;

    private final Scope scope;
    private final Counter success;
    private final Counter failure;
    private final Counter total;
    private final Counter[] statuses = new Counter[STATUSES];

    CallNumbers(Scope scope) {
        this.scope = scope;
        this.success = scope.counter("success");
        this.failure = scope.counter("failure");
        this.total = scope.counter("total");
    }

    /** A call has ended with this status; one below 0 was no number, and only counts as a failure. */
    public void ended(int status) {
        (status == 0 ? success : failure).increment();
        total.increment();
        if (status >= 0 && status < STATUSES) {
            var counter = statuses[status];
            if (counter == null) { // two workers may both ask, and get the same
                counter = scope.counter(String.valueOf(status));
                statuses[status] = counter;
            }
            counter.increment();
        }
    }

    /** One more of the method's numbers. */
    public Counter counter(String name) {
        return scope.counter(name);
    }

    /** One more of the method's numbers. */
    public Histogram histogram(String name) {
        return scope.histogram(name);
    }
}
