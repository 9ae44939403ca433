package io.weir.stream.tcp;

import io.weir.xds.spec.ConnectionFilter;

/**
 * Has the proxy behind it send each connection to the cluster that is called as the client's TLS calls it. Source:
 * Envoy's {@code envoy.filters.network.sni_cluster}.
 */
public record SniClusterSpec() implements ConnectionFilter {
    @Override
    public boolean asksForServerName() {
        return true;
    }
}
