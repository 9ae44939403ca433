package io.weir.core.cluster;

import io.weir.core.balance.Picker;
import org.jspecify.annotations.Nullable;

/**
 * A cluster that something goes to, and how one of its hosts is picked. Immutable.
 *
 * @param among
 *            picks; null: the picker of the cluster's view does
 */
public record Choice(Cluster cluster, @Nullable Picker among) {
    /**
     * Who picks.
     *
     * @param view
     *            of its cluster, as the caller has read it
     */
    public Picker picker(ClusterView view) {
        return among == null ? view.picker() : among;
    }

    /** The same by the view of now. */
    public Picker picker() {
        return picker(cluster.view());
    }
}
