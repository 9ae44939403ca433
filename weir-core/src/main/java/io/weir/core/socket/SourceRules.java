package io.weir.core.socket;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where connections to hosts come from, and how their sockets are set up. Source: Envoy's {@code BindConfig}.
 * Immutable.
 *
 * @param sources
 *            the first whose family is the host's counts; where none is, the system chooses
 * @param freeBind
 *            whether an address that this machine does not have yet may be one (IP_FREEBIND)
 * @param options
 *            of sockets, whatever they come from
 */
public record SourceRules(List<Source> sources, boolean freeBind, List<SocketOption> options) {
    /** Where they stand among a cluster's extensions; none: the system chooses. */
    public static final String KEY = "upstream_bind_config";

    /**
     * An address to come from.
     *
     * @param address
     *            resolved; port 0: any
     * @param options
     *            in the place of those for all; null: those
     */
    public record Source(InetSocketAddress address, @Nullable List<SocketOption> options) {
        public Source {
            options = options == null ? null : List.copyOf(options);
        }
    }

    public SourceRules {
        sources = List.copyOf(sources);
        options = List.copyOf(options);
    }

    /** The source of a connection to this host; null: the system chooses. */
    public @Nullable Source towards(InetAddress host) {
        boolean four = host instanceof Inet4Address;
        for (Source source : sources) {
            if (source.address.getAddress() instanceof Inet4Address == four) {
                return source;
            }
        }
        return null;
    }

    /** How a socket is set up that comes from there. */
    public SocketRules socket(@Nullable Source source) {
        List<SocketOption> own = source == null ? null : source.options;
        List<SocketOption> set = own == null ? options : own;
        boolean free = freeBind && source != null;
        return set.isEmpty() && !free ? SocketRules.PLAIN : new SocketRules(false, free, -1, 0, false, set);
    }
}
