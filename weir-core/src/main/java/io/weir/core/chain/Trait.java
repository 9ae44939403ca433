package io.weir.core.chain;

import java.net.InetAddress;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Something of a connection that a tree asks for. Source: Envoy's inputs of network matching. */
public enum Trait {
    /** Where the client connected to. */
    DESTINATION_IP,
    /** The same. */
    DESTINATION_PORT,
    /** The client's address. */
    SOURCE_IP,
    /** The same. */
    SOURCE_PORT,
    /** The address that the connection came from. */
    DIRECT_SOURCE_IP,
    /** {@code local} where the client is on this machine; else nothing. */
    SOURCE_TYPE,
    /** What the client's TLS asks for. */
    SERVER_NAME,
    /** {@code tls} or {@code raw_buffer}. */
    TRANSPORT_PROTOCOL,
    /** All that the client offers, each in quotes, with commas between them. */
    APPLICATION_PROTOCOL;

    /** Its text; null: the connection has no such thing. */
    public @Nullable String of(Traits traits) {
        return switch (this) {
            case DESTINATION_IP, SOURCE_IP, DIRECT_SOURCE_IP -> {
                InetAddress address = address(traits);
                yield address == null ? null : address.getHostAddress();
            }
            case DESTINATION_PORT -> traits.destination() == null ? null : String.valueOf(traits.destinationPort());
            case SOURCE_PORT -> traits.source() == null ? null : String.valueOf(traits.sourcePort());
            case SOURCE_TYPE -> traits.local() ? "local" : null;
            case SERVER_NAME -> traits.serverName().isEmpty() ? null : traits.serverName();
            case TRANSPORT_PROTOCOL -> traits.transportProtocol();
            case APPLICATION_PROTOCOL -> traits.applicationProtocols().isEmpty()
                    ? null
                    : traits.applicationProtocols().stream().map(each -> "'" + each + "'")
                            .collect(Collectors.joining(","));
        };
    }

    /** The address where it is one; else null. */
    public @Nullable InetAddress address(Traits traits) {
        return switch (this) {
            case DESTINATION_IP -> traits.destination();
            case SOURCE_IP -> traits.source();
            case DIRECT_SOURCE_IP -> traits.directSource();
            case DESTINATION_PORT, SOURCE_PORT, SOURCE_TYPE, SERVER_NAME, TRANSPORT_PROTOCOL, APPLICATION_PROTOCOL ->
                null;
        };
    }

    /** Whether it is known only when the client's first bytes have been looked at. */
    public boolean ofFirstBytes() {
        return switch (this) {
            case SERVER_NAME, TRANSPORT_PROTOCOL, APPLICATION_PROTOCOL -> true;
            case DESTINATION_IP, DESTINATION_PORT, SOURCE_IP, SOURCE_PORT, DIRECT_SOURCE_IP, SOURCE_TYPE -> false;
        };
    }
}
