package io.weir.core.tls;

import io.weir.core.socket.ProxyHeaderSpec;

/**
 * Connections that begin with the PROXY protocol: Envoy's {@code upstream_proxy_protocol}. Immutable; any thread.
 *
 * @param inner
 *            what carries the bytes behind it; itself none of these
 */
public record ProxiedSocket(ProxyHeaderSpec header, SocketSpec inner) implements SocketSpec {
    public ProxiedSocket {
        if (inner instanceof ProxiedSocket) {
            throw new IllegalArgumentException("a header before a header");
        }
    }
}
