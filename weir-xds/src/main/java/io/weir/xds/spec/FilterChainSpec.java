package io.weir.xds.spec;

import io.weir.core.chain.ChainMatch;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.Message;

import io.weir.core.tls.ServerTls;

import org.jspecify.annotations.Nullable;

/**
 * What is done to the connections of a listener.
 *
 * @param name
 *            as configured; may be empty
 * @param match
 *            which connections; of the default chain {@link ChainMatch#ALL}
 * @param filters
 *            in the order they see a connection; the last one is terminal
 * @param tls
 *            how connections are secured, from the first byte on or when a filter turns them; null: they are plain
 * @param handshakeNanos
 *            how long a client may take for that; 0: for ever
 * @param source
 *            what it was compiled from, the {@code FilterChain} as a rule
 */
public record FilterChainSpec(String name, ChainMatch match, List<FilterSpec> filters, @Nullable ServerTls tls,
        long handshakeNanos, Message source) {

    /** Where {@code transport_socket_connect_timeout} says nothing. Envoy then waits for ever. */
    public static final long HANDSHAKE_NANOS_DEFAULT = TimeUnit.SECONDS.toNanos(10);

    public FilterChainSpec {
        filters = List.copyOf(filters);
    }

    /** Whether one of its filters goes by the name that a client of TLS asks for. */
    public boolean asksForServerName() {
        return filters.stream().anyMatch(filter -> filter.config() instanceof ConnectionFilter asking
                && asking.asksForServerName());
    }

    /**
     * Whether the same is done to the same connections. What is compiled need not be comparable, such as a route's
     * expression; what it comes from is, and beside that a chain is made of secrets by name only.
     */
    public boolean same(FilterChainSpec other) {
        return source.equals(other.source) && Objects.equals(tls, other.tls);
    }
}
