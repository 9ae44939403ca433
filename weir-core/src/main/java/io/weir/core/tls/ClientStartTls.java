package io.weir.core.tls;

/**
 * Connections to hosts that begin in the clear, and turn to TLS where somebody asks the host for it in the words of its
 * own protocol: Envoy's {@code UpstreamStartTlsConfig}. Where nobody does, all stays in the clear. Immutable; any
 * thread.
 *
 * @param tls
 *            what they turn to
 */
public record ClientStartTls(ClientTls tls) implements SocketSpec {
}
