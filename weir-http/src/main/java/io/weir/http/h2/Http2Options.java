package io.weir.http.h2;

/**
 * How HTTP/2 is spoken, and what a peer may do before it counts as an attack. Immutable. Source: Envoy's
 * {@code Http2ProtocolOptions}, whose defaults hold.
 *
 * @param hpackTableBytes
 *            how much compression state each side keeps at most, 4,096
 * @param concurrentStreamsMax
 *            how many streams the peer may have open, 1,024
 * @param streamWindowBytes
 *            how much of a body may be on its way to us per stream, 16 MiB
 * @param connectionWindowBytes
 *            the same for all streams together, 24 MiB
 * @param outboundFramesMax
 *            how many frames may wait for a peer that does not read, 10,000
 * @param outboundControlFramesMax
 *            how many of these may be PING, SETTINGS and RST_STREAM, 1,000
 * @param emptyFramesMax
 *            how many frames of HEADERS, CONTINUATION and DATA in a row may have no payload and not end a stream, 1
 * @param priorityFramesPerStreamMax
 *            how many PRIORITY frames may come for each stream opened, 100
 * @param windowUpdatesPerDataMax
 *            how many WINDOW_UPDATE frames may come for each DATA frame sent, 10
 * @param streamErrors
 *            whether an invalid message ends its stream alone; false: the connection, as is Envoy's default
 * @param keepAlive
 *            PINGs of ours
 * @param allowConnect
 *            server only: whether clients may ask for other protocols by an extended CONNECT (RFC 8441)
 */
public record Http2Options(int hpackTableBytes, int concurrentStreamsMax, int streamWindowBytes,
        int connectionWindowBytes, int outboundFramesMax, int outboundControlFramesMax, int emptyFramesMax,
        int priorityFramesPerStreamMax, int windowUpdatesPerDataMax, boolean streamErrors, KeepAlive keepAlive,
        boolean allowConnect) {
    public static final Http2Options DEFAULT = new Http2Options(4096, 1024, 16 << 20, 24 << 20, 10_000, 1_000, 1, 100,
            10, false, KeepAlive.NONE);

    /** Without extended CONNECT. */
    public Http2Options(int hpackTableBytes, int concurrentStreamsMax, int streamWindowBytes,
            int connectionWindowBytes, int outboundFramesMax, int outboundControlFramesMax, int emptyFramesMax,
            int priorityFramesPerStreamMax, int windowUpdatesPerDataMax, boolean streamErrors, KeepAlive keepAlive) {
        this(hpackTableBytes, concurrentStreamsMax, streamWindowBytes, connectionWindowBytes, outboundFramesMax,
                outboundControlFramesMax, emptyFramesMax, priorityFramesPerStreamMax, windowUpdatesPerDataMax,
                streamErrors, keepAlive, false);
    }

    /** The same, or the opposite, as to extended CONNECT. */
    public Http2Options withConnect(boolean allowed) {
        return new Http2Options(hpackTableBytes, concurrentStreamsMax, streamWindowBytes, connectionWindowBytes,
                outboundFramesMax, outboundControlFramesMax, emptyFramesMax, priorityFramesPerStreamMax,
                windowUpdatesPerDataMax, streamErrors, keepAlive, allowed);
    }

    /**
     * PINGs that find out whether the peer is still there; nanoseconds.
     *
     * @param intervalNanos
     *            between two PINGs; 0: none
     * @param timeoutNanos
     *            how long an answer may take before the connection is closed
     * @param jitterPercent
     *            by how much an interval may be longer, chosen at random
     * @param idleIntervalNanos
     *            client only: a connection unused for so long is asked before its next request; 0: it is not
     */
    public record KeepAlive(long intervalNanos, long timeoutNanos, double jitterPercent, long idleIntervalNanos) {
        public static final KeepAlive NONE = new KeepAlive(0, 0, 0, 0);
    }
}
