package io.weir.xds.spec;

import io.weir.core.model.AccessLogSpec;
import java.net.SocketAddress;
import java.util.List;

/**
 * Where the admin endpoints are served, and who hears of it.
 *
 * @param address
 *            resolved {@code InetSocketAddress} (port 0 asks the system for one) or {@code UnixDomainSocketAddress}
 * @param unixMode
 *            permissions of the socket's file, -1 for those of the process' umask
 * @param accessLogs
 *            written once per request: those of {@code access_log} in their order, then that of {@code access_log_path}
 * @param listed
 *            how many of them are those of {@code access_log}
 */
public record AdminSpec(SocketAddress address, int unixMode, List<AccessLogSpec> accessLogs, int listed) {

    public AdminSpec {
        accessLogs = List.copyOf(accessLogs);
    }
}
