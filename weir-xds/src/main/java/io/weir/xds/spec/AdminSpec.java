package io.weir.xds.spec;

import java.net.SocketAddress;

/**
 * Where the admin endpoints are served.
 *
 * @param address
 *            resolved {@code InetSocketAddress} (port 0 asks the system for one) or {@code UnixDomainSocketAddress}
 */
public record AdminSpec(SocketAddress address) {
}
