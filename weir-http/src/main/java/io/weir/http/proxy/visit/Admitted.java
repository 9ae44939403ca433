package io.weir.http.proxy.visit;

import io.weir.core.admit.CircuitBreaker;
import io.weir.core.cluster.Cluster;
import io.weir.core.model.RoutingPriority;
import org.jspecify.annotations.Nullable;

/** Whether a request counts among those of a cluster, at most one at a time. Belongs to one worker. */
public final class Admitted {
    private @Nullable CircuitBreaker circuit;

    /** It goes to this cluster now, and counts no more in the one before. Returns whether there is room for it. */
    public boolean enter(Cluster to, RoutingPriority priority) {
        leave();
        var limits = to.circuit(priority);
        if (!limits.tryRequest()) {
            to.stats().upstreamRqPendingOverflow().increment();
            return false;
        }
        circuit = limits;
        return true;
    }

    /** It is over. */
    public void leave() {
        var limits = circuit;
        if (limits != null) {
            circuit = null;
            limits.requestEnded();
        }
    }

    /** Whether it counts anywhere now. */
    public boolean counts() {
        return circuit != null;
    }
}
