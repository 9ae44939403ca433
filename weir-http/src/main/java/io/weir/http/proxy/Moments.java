package io.weir.http.proxy;

/** When things happened in the exchange at hand, and how much passed. Belongs to one worker. */
final class Moments {
    long startNanos;
    long startEpochMicros;
    /** 0 while the request is not complete. */
    long requestEndNanos;
    /** 0 while there is no response. */
    long responseStartNanos;
    /** Bytes of the request's body. */
    long bytesReceived;
    /** Bytes of the response's body. */
    long bytesSent;

    /** An exchange begins. */
    void begin(long nowNanos, long epochMicros) {
        startNanos = nowNanos;
        startEpochMicros = epochMicros;
        requestEndNanos = 0;
        responseStartNanos = 0;
        bytesReceived = 0;
        bytesSent = 0;
    }

    /** How long the host had from the request's last byte to now, or from its first where the last is to come. */
    long upstreamMillis(long nowNanos) {
        return (nowNanos - (requestEndNanos == 0 ? startNanos : requestEndNanos)) / 1_000_000;
    }
}
