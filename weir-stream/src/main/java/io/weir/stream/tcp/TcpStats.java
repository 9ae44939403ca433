package io.weir.stream.tcp;

import io.weir.core.stats.Counter;
import io.weir.core.stats.Gauge;
import io.weir.core.stats.Scope;
import io.weir.core.stats.Stats;

/** The numbers of one TCP proxy under Envoy's names, {@code tcp.<prefix>.*}, bound once. */
final class TcpStats {
    final Scope scope;
    final Counter cxTotal;
    final Counter cxNoRoute;
    final Counter rxBytes;
    final Counter txBytes;
    final Counter pausedReading;
    final Counter resumedReading;
    final Counter earlyDataReceived;
    final Counter idleTimeout;
    final Counter connectionDurationMax;
    final Counter upstreamFlushTotal;
    final Gauge upstreamFlushActive;

    TcpStats(Stats stats, String prefix) {
        scope = stats.root().child("tcp").tagged("envoy.tcp_prefix", prefix);
        cxTotal = scope.counter("downstream_cx_total");
        cxNoRoute = scope.counter("downstream_cx_no_route");
        rxBytes = scope.counter("downstream_cx_rx_bytes_total");
        txBytes = scope.counter("downstream_cx_tx_bytes_total");
        pausedReading = scope.counter("downstream_flow_control_paused_reading_total");
        resumedReading = scope.counter("downstream_flow_control_resumed_reading_total");
        earlyDataReceived = scope.counter("early_data_received_count_total");
        idleTimeout = scope.counter("idle_timeout");
        connectionDurationMax = scope.counter("max_downstream_connection_duration");
        upstreamFlushTotal = scope.counter("upstream_flush_total");
        upstreamFlushActive = scope.gauge("upstream_flush_active");
    }
}
