package io.weir.net.transport;

import io.weir.core.socket.Tlv;
import java.net.SocketAddress;
import java.util.List;

/**
 * Whom a connection to a host is made for. Immutable.
 *
 * @param source
 *            the client
 * @param destination
 *            where the client was going
 * @param values
 *            what a proxy before us told beside these, as far as it is to go on
 */
public record OnBehalf(SocketAddress source, SocketAddress destination, List<Tlv> values) {
    public OnBehalf {
        values = List.copyOf(values);
    }
}
