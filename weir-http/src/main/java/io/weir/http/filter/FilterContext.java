package io.weir.http.filter;

import io.weir.core.admit.Carryover;
import io.weir.core.cluster.Clusters;
import io.weir.core.stats.Scope;
import io.weir.core.stats.Stats;

/**
 * What filters are made with.
 *
 * @param stats
 *            all numbers
 * @param statPrefix
 *            that of the connection manager
 * @param clusters
 *            all clusters there are
 * @param carryover
 *            what the filters of the connection manager have counted before
 * @param nowNanos
 *            on the clock of the workers
 */
public record FilterContext(Stats stats, String statPrefix, Clusters clusters, Carryover carryover,
        long nowNanos) {
    /** Where the connection manager's own numbers are: {@code http.<stat_prefix>}. */
    public Scope managerScope() {
        return stats.root().child("http").tagged("envoy.http_conn_manager_prefix", statPrefix);
    }
}
