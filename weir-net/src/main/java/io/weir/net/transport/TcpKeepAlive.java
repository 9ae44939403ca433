package io.weir.net.transport;

/**
 * TCP keep-alive probes (RFC 9293 section 3.8.4). Zero in a field leaves the system's value.
 *
 * @param idleSeconds
 *            time without traffic before the first probe
 * @param intervalSeconds
 *            time between probes
 * @param probes
 *            unanswered probes after which the connection is closed
 */
public record TcpKeepAlive(int idleSeconds, int intervalSeconds, int probes) {
}
