package io.weir.core.tls;

/**
 * Connections of clients that begin in the clear, and turn to TLS when a protocol of their own says so: Envoy's {@code
 * starttls}. Immutable; any thread.
 *
 * @param tls
 *            what they turn to
 */
public record StartTls(ServerTls tls) implements SocketSpec {
}
