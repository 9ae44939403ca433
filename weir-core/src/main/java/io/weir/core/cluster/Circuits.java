package io.weir.core.cluster;

import io.weir.core.admit.CircuitBreaker;
import io.weir.core.model.Admission;
import io.weir.core.model.RoutingPriority;
import io.weir.core.stats.Scope;

/** A cluster's circuit breakers, one for each priority, and their numbers {@code circuit_breakers.<priority>.*}. */
final class Circuits {
    private final Scope scope;
    private final CircuitBreaker normal;
    private final CircuitBreaker high;

    /**
     * @param cluster
     *            where the cluster's numbers are
     */
    Circuits(Admission admission, Scope cluster) {
        scope = cluster.child("circuit_breakers");
        normal = new CircuitBreaker(admission.limits());
        high = new CircuitBreaker(admission.high());
        for (RoutingPriority priority : RoutingPriority.values()) {
            CircuitBreaker breaker = of(priority);
            Scope at = of(scope, priority);
            at.gauge("cx_open", () -> open(connectionsRoom(breaker)));
            at.gauge("rq_open", () -> open(requestsRoom(breaker)));
            at.gauge("rq_pending_open", () -> open(pendingRoom(breaker)));
            at.gauge("rq_retry_open", () -> open(breaker.retriesRemaining()));
        }
        trackRemaining();
    }

    CircuitBreaker of(RoutingPriority priority) {
        return switch (priority) {
            case DEFAULT -> normal;
            case HIGH -> high;
        };
    }

    void admission(Admission changed) {
        normal.limits(changed.limits());
        high.limits(changed.high());
        trackRemaining();
    }

    void tick(long nowNanos) {
        normal.tick(nowNanos);
        high.tick(nowNanos);
    }

    /** As in Envoy what is left is shown only where somebody asked for it. */
    private void trackRemaining() {
        for (RoutingPriority priority : RoutingPriority.values()) {
            CircuitBreaker breaker = of(priority);
            if (breaker.limits().trackRemaining()) {
                Scope at = of(scope, priority);
                at.gauge("remaining_cx", () -> Math.max(0, connectionsRoom(breaker)));
                at.gauge("remaining_rq", () -> Math.max(0, requestsRoom(breaker)));
                at.gauge("remaining_pending", () -> Math.max(0, pendingRoom(breaker)));
                at.gauge("remaining_retries", breaker::retriesRemaining);
            }
        }
    }

    private static Scope of(Scope scope, RoutingPriority priority) {
        return scope.tagged("envoy.circuit_breaker_priority", priority.word());
    }

    private static long open(int room) {
        return room <= 0 ? 1 : 0;
    }

    private static int connectionsRoom(CircuitBreaker breaker) {
        return breaker.limits().connectionsMax() - breaker.connectionsActive();
    }

    private static int requestsRoom(CircuitBreaker breaker) {
        return breaker.limits().requestsMax() - breaker.requestsActive();
    }

    private static int pendingRoom(CircuitBreaker breaker) {
        return breaker.limits().pendingMax() - breaker.pendingActive();
    }
}
