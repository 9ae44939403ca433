package io.weir.stream.tcp;

/**
 * When the access log hears of a connection before its end. Source: Envoy's {@code TcpAccessLogOptions}.
 *
 * @param onConnected
 *            whether when its host is connected, as {@code TcpUpstreamConnected}
 * @param everyNanos
 *            how often while it lasts, as {@code TcpPeriodic}; 0: never
 */
public record LogTimes(boolean onConnected, long everyNanos) {
    /** At the end alone. */
    public static final LogTimes END = new LogTimes(false, 0);
}
