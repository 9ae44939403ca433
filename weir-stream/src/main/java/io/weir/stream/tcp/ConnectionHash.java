package io.weir.stream.tcp;

import io.weir.core.hash.HashKey;
import io.weir.core.hash.HashKeys;
import io.weir.core.hash.XxHash64;
import io.weir.core.model.AddressText;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The hash of a connection by the keys of its proxy or its cluster, as Envoy makes it. All there is to hash of a stream
 * of bytes is the client's address; keys that look into a request find nothing. Immutable.
 */
record ConnectionHash(boolean found, long value) {
    /** Nothing to hash. */
    static final ConnectionHash NONE = new ConnectionHash(false, 0);

    /**
     * The hash by the first of these lists that is not empty.
     *
     * @param client
     *            null, or a socket of this machine: it has no address
     */
    static ConnectionHash of(HashKeys cluster, HashKeys proxy, @Nullable SocketAddress client) {
        HashKeys keys = cluster.isEmpty() ? proxy : cluster;
        InetAddress ip = client instanceof InetSocketAddress inet ? inet.getAddress() : null;
        if (keys.isEmpty() || ip == null) {
            return NONE;
        }
        ConnectionHash hash = NONE;
        for (HashKeys.Rule rule : keys.rules()) {
            boolean byAddress = switch (rule.key()) {
                case HashKey.SourceIp _ -> true;
                case HashKey.Header _,HashKey.Cookie _,HashKey.QueryParameter _,HashKey.FilterState _ -> false;
            };
            if (byAddress) {
                hash = new ConnectionHash(true, HashKeys.joined(hash.value, XxHash64.of(AddressText.of(ip))));
            }
            if (rule.terminal() && hash.found) {
                break;
            }
        }
        return hash;
    }
}
