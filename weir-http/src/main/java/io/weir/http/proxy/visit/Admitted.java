package io.weir.http.proxy.visit;

import io.weir.core.admit.CircuitBreaker;
import io.weir.core.cluster.Cluster;
import io.weir.core.model.RoutingPriority;
import org.jspecify.annotations.Nullable;

/** Whether a request counts among those of a cluster, at most one at a time. Belongs to one worker. */
public final class Admitted {
    private @Nullable CircuitBreaker circuit;

    /**
     * It goes to this cluster now, and counts no more in the one before. Where this one has no room for it, false is
     * returned, and it counts where it did: some host there may have it yet.
     */
    public boolean enter(Cluster to, RoutingPriority priority) {
        var limits = to.circuit(priority);
        if (!limits.tryRequest()) {
            to.stats().upstreamRqPendingOverflow().increment();
            return false;
        }
        leave();
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
