package io.weir.core.overload;

/**
 * How short a timeout may become.
 *
 * @param timer
 *            which one
 * @param minNanos
 *            in time; -1: {@code minShare} counts
 * @param minShare
 *            as a part of the timeout, from 0 to 1
 */
public record TimerScale(Timer timer, long minNanos, double minShare) {

    /** Timeouts that can be shortened, by Envoy's names ({@code ScaleTimersOverloadActionConfig.TimerType}). */
    public enum Timer {
        /** Of a client's connection that has no request under way. */
        HTTP_DOWNSTREAM_CONNECTION_IDLE,
        /** Of a request of which nothing moves. */
        HTTP_DOWNSTREAM_STREAM_IDLE,
        /** Of a handshake with a client. */
        TRANSPORT_SOCKET_CONNECT,
        /** Of a client's connection, from its beginning to its end. */
        HTTP_DOWNSTREAM_CONNECTION_MAX
    }

    /** Not shorter than this; not longer than the timeout itself. */
    long floorNanos(long nanos) {
        return Math.min(nanos, minNanos >= 0 ? minNanos : Math.round(nanos * minShare));
    }
}
