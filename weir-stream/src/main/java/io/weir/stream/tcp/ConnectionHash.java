package io.weir.stream.tcp;

import io.weir.core.hash.HashKey;
import io.weir.core.hash.HashKeys;
import io.weir.core.hash.XxHash64;
import io.weir.core.model.AddressText;
import io.weir.core.value.FilterState;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The hash of a connection by the keys of its proxy or its cluster, as Envoy makes it. All there is to hash of a stream
 * of bytes is the client's address and what filters have left; keys that look into a request find nothing. Immutable.
 */
record ConnectionHash(boolean found, long value) {
    /** Nothing to hash. */
    static final ConnectionHash NONE = new ConnectionHash(false, 0);

    /**
     * The hash by the first of these lists that is not empty.
     *
     * @param client
     *            null, or a socket of this machine: it has no address
     * @param left
     *            what filters have left; null: nothing
     */
    static ConnectionHash of(HashKeys cluster, HashKeys proxy, @Nullable SocketAddress client,
            @Nullable FilterState left) {
        HashKeys keys = cluster.isEmpty() ? proxy : cluster;
        ConnectionHash hash = NONE;
        for (HashKeys.Rule rule : keys.rules()) {
            String text = switch (rule.key()) {
                case HashKey.SourceIp _ -> address(client);
                case HashKey.FilterState(String key) -> hashable(left, key);
                case HashKey.Header _,HashKey.Cookie _,HashKey.QueryParameter _ -> null;
            };
            if (text != null) {
                hash = new ConnectionHash(true, HashKeys.joined(hash.value, XxHash64.of(text)));
            }
            if (rule.terminal() && hash.found) {
                break;
            }
        }
        return hash;
    }

    private static @Nullable String address(@Nullable SocketAddress client) {
        InetAddress ip = client instanceof InetSocketAddress inet ? inet.getAddress() : null;
        return ip == null ? null : AddressText.of(ip);
    }

    private static @Nullable String hashable(@Nullable FilterState left, String key) {
        FilterState.Value value = left == null ? null : left.get(key);
        return value != null && value.kind() == FilterState.Kind.HASHABLE_STRING ? value.text() : null;
    }
}
