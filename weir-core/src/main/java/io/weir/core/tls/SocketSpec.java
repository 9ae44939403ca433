package io.weir.core.tls;

/** What carries the bytes of connections: Envoy's {@code transport_socket}. Immutable; any thread. */
public sealed interface SocketSpec
        permits
        SocketSpec.Plain,
        ServerTls,
        StartTls,
        ClientTls,
        ClientStartTls,
        ProxiedSocket {

    /** Nothing but TCP: Envoy's {@code raw_buffer}. */
    record Plain() implements SocketSpec {
    }
}
