package io.weir.xds.spec;

import java.net.SocketAddress;
import java.util.List;

import io.weir.core.model.AccessLogSpec;

/**
 * Where the admin endpoints are served.
 *
 * @param address
 *            resolved {@code InetSocketAddress} (port 0 asks the system for one) or {@code UnixDomainSocketAddress}
 * @param accessLog
 *            written once per request to the admin address
 */
public record AdminSpec(SocketAddress address, List<AccessLogSpec> accessLog) {

    public AdminSpec {
        accessLog = List.copyOf(accessLog);
    }
}
