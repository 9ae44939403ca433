package io.weir.app.boot;

import io.weir.core.cluster.Cluster;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the hosts of clusters that have names. */
final class Names implements ClusterKeeper.Discovery {
    private static final Logger LOG = LoggerFactory.getLogger(Names.class);

    @Override
    public void follow(Cluster cluster) {
        LOG.error("cluster {}: names are not resolved yet", cluster.name());
    }

    @Override
    public void forget(Cluster cluster) {}
}
