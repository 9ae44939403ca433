package io.weir.http.h2;

import io.weir.core.stats.Counter;
import io.weir.core.stats.Gauge;
import io.weir.core.stats.Scope;

/** The counters of HTTP/2 codecs under Envoy's names: {@code http2.} for clients, {@code cluster.<name>.http2.}. */
public final class Http2Stats {
    final Counter goawaySent;
    final Counter headerOverflow;
    final Counter headersCbNoStream;
    final Counter inboundEmptyFramesFlood;
    final Counter inboundPriorityFramesFlood;
    final Counter inboundWindowUpdateFramesFlood;
    final Counter inboundControlFramesFlood;
    final Counter inboundResetsFlood;
    final Counter continuationFlood;
    final Counter keepaliveTimeout;
    final Counter outboundControlFlood;
    final Counter outboundFlood;
    final Counter rxMessagingError;
    final Counter rxReset;
    final Counter trailers;
    final Counter txFlushTimeout;
    final Counter txReset;
    final Gauge streamsActive;
    final Gauge pendingSendBytes;

    /**
     * @param scope
     *            the parent of {@code http2}
     */
    public Http2Stats(Scope scope) {
        var http2 = scope.child("http2");
        goawaySent = http2.counter("goaway_sent");
        headerOverflow = http2.counter("header_overflow");
        headersCbNoStream = http2.counter("headers_cb_no_stream");
        inboundEmptyFramesFlood = http2.counter("inbound_empty_frames_flood");
        inboundPriorityFramesFlood = http2.counter("inbound_priority_frames_flood");
        inboundWindowUpdateFramesFlood = http2.counter("inbound_window_update_frames_flood");
        inboundControlFramesFlood = http2.counter("inbound_control_frames_flood");
        inboundResetsFlood = http2.counter("inbound_resets_flood");
        continuationFlood = http2.counter("continuation_flood");
        keepaliveTimeout = http2.counter("keepalive_timeout");
        outboundControlFlood = http2.counter("outbound_control_flood");
        outboundFlood = http2.counter("outbound_flood");
        rxMessagingError = http2.counter("rx_messaging_error");
        rxReset = http2.counter("rx_reset");
        trailers = http2.counter("trailers");
        txFlushTimeout = http2.counter("tx_flush_timeout");
        txReset = http2.counter("tx_reset");
        streamsActive = http2.gauge("streams_active");
        pendingSendBytes = http2.gauge("pending_send_bytes");
    }
}
