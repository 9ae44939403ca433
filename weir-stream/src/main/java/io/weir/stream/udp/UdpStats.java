package io.weir.stream.udp;

import io.weir.core.stats.Counter;
import io.weir.core.stats.Gauge;
import io.weir.core.stats.Scope;
import io.weir.core.stats.Stats;

/** The numbers of one UDP proxy under Envoy's names, {@code udp.<prefix>.*}, bound once. */
final class UdpStats {
    final Counter noRoute;
    final Counter rxBytes;
    final Counter rxDatagrams;
    final Counter rxErrors;
    final Counter total;
    final Counter txBytes;
    final Counter txDatagrams;
    final Counter txErrors;
    final Counter idleTimeout;
    final Gauge active;

    UdpStats(Stats stats, String prefix) {
        Scope scope = stats.root().child("udp").tagged("envoy.udp_prefix", prefix);
        noRoute = scope.counter("downstream_sess_no_route");
        rxBytes = scope.counter("downstream_sess_rx_bytes");
        rxDatagrams = scope.counter("downstream_sess_rx_datagrams");
        rxErrors = scope.counter("downstream_sess_rx_errors");
        total = scope.counter("downstream_sess_total");
        txBytes = scope.counter("downstream_sess_tx_bytes");
        txDatagrams = scope.counter("downstream_sess_tx_datagrams");
        txErrors = scope.counter("downstream_sess_tx_errors");
        idleTimeout = scope.counter("idle_timeout");
        active = scope.gauge("downstream_sess_active");
    }

    /** A cluster's, {@code cluster.<name>.udp.sess_*}. */
    static final class Upstream {
        final Counter rxDatagrams;
        final Counter rxDropped;
        final Counter rxErrors;
        final Counter txDatagrams;
        final Counter txErrors;

        Upstream(Scope cluster) {
            Scope scope = cluster.child("udp");
            rxDatagrams = scope.counter("sess_rx_datagrams");
            rxDropped = scope.counter("sess_rx_datagrams_dropped");
            rxErrors = scope.counter("sess_rx_errors");
            txDatagrams = scope.counter("sess_tx_datagrams");
            txErrors = scope.counter("sess_tx_errors");
        }
    }
}
