package io.weir.stream.tcp;

import io.envoyproxy.envoy.extensions.filters.network.sni_cluster.v3.SniCluster;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;

/** Reads the network filter that chooses clusters by name. */
final class SniClusterReader implements ExtensionReader<SniCluster, SniClusterSpec> {
    @Override
    public SniCluster prototype() {
        return SniCluster.getDefaultInstance();
    }

    @Override
    public Class<SniClusterSpec> kind() {
        return SniClusterSpec.class;
    }

    @Override
    public SniClusterSpec read(SniCluster config, ReadContext context) {
        return new SniClusterSpec();
    }
}
