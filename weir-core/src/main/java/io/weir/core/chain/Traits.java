package io.weir.core.chain;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a connection when its filter chain is chosen.
 *
 * @param destination
 *            the address that the client connected to; null: a UNIX socket
 * @param serverName
 *            what its TLS asks for, in lower case; empty: nothing, or unknown
 * @param transportProtocol
 *            {@code tls}, or {@code raw_buffer} where nothing else was found
 * @param applicationProtocols
 *            the client's, in its order
 * @param directSource
 *            the address that the connection came from; null: a UNIX socket
 * @param source
 *            the client's address; null: a UNIX socket
 */
public record Traits(@Nullable InetAddress destination, int destinationPort, String serverName,
        String transportProtocol, List<String> applicationProtocols, @Nullable InetAddress directSource,
        @Nullable InetAddress source, int sourcePort) {
    /** Whether the client is on this machine. */
    public boolean local() {
        return source == null || source.isLoopbackAddress() || source.equals(destination);
    }
}
