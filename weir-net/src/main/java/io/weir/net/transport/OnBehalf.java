package io.weir.net.transport;

import io.weir.core.socket.Tlv;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whom a connection to a host is made for. Immutable.
 *
 * @param source
 *            the client
 * @param destination
 *            where the client was going
 * @param values
 *            what a proxy before us told beside these, as far as it is to go on
 * @param disguise
 *            how the connection is to look as if it were the client's own; null: it comes from Weir
 */
public record OnBehalf(SocketAddress source, SocketAddress destination, List<Tlv> values,
        @Nullable Disguise disguise) {
    /**
     * As whom Weir comes.
     *
     * @param from
     *            the client's address; port 0: any
     * @param mark
     *            of the connection's packets, for rules of the machine (SO_MARK); 0: none
     */
    public record Disguise(InetSocketAddress from, int mark) {
    }

    /** For a client, from Weir. */
    public OnBehalf(SocketAddress source, SocketAddress destination, List<Tlv> values) {
        this(source, destination, values, null);
    }

    public OnBehalf {
        values = List.copyOf(values);
    }
}
