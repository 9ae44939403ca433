package io.weir.stream.tcp;

import io.weir.core.cluster.Cluster;
import io.weir.core.model.Host;
import io.weir.core.stats.ClusterStats;
import java.util.concurrent.TimeUnit;

/**
 * One host and the connection to it, or the tunnel through it: what is counted when it begins and given back, once,
 * when it ends. Connections that carry tunnels are counted by who makes them. Belongs to the session's worker.
 */
final class Leg {
    final Cluster cluster;
    final Host host;
    final Side side;
    final long startNanos;
    final int inFlight;
    final boolean tunnel;
    /** How long the connection took to make: what there is to say of the host's latency. */
    long connectNanos;
    boolean returned;

    Leg(Cluster cluster, Host host, Side side, long startNanos, int inFlight, boolean tunnel) {
        this.cluster = cluster;
        this.host = host;
        this.side = side;
        this.startNanos = startNanos;
        this.inFlight = inFlight;
        this.tunnel = tunnel;
        ClusterStats numbers = cluster.stats();
        numbers.upstreamRqTotal().increment();
        numbers.upstreamRqActive().increment();
        if (!tunnel) {
            numbers.upstreamCxTotal().increment();
            numbers.upstreamCxActive().increment();
            host.stats().cxTotal().increment();
            host.stats().cxActive().increment();
        }
    }

    /** Takes a place in the cluster's limits; where there is none, that is counted. */
    static boolean admits(Cluster cluster, Host host, boolean tunnel) {
        boolean admitted = tunnel ? cluster.circuit().tryRequest() : cluster.circuit().tryConnection(host);
        if (!admitted) {
            (tunnel ? cluster.stats().upstreamRqPendingOverflow() : cluster.stats().upstreamCxOverflow()).increment();
        }
        return admitted;
    }

    /** It stands since {@link #connectNanos} are known. */
    void madeIn() {
        if (!tunnel) {
            cluster.stats().upstreamCxConnectMs().record(TimeUnit.NANOSECONDS.toMillis(connectNanos));
        }
    }

    void sent(int bytes) {
        if (!tunnel) {
            cluster.stats().upstreamCxTxBytesTotal().add(bytes);
        }
    }

    void received(int bytes) {
        if (!tunnel) {
            cluster.stats().upstreamCxRxBytesTotal().add(bytes);
        }
    }

    /** It has closed. */
    void destroyed(long nowNanos) {
        if (!tunnel) {
            ClusterStats numbers = cluster.stats();
            numbers.upstreamCxDestroy().increment();
            (side.closedByUs() ? numbers.upstreamCxDestroyLocal() : numbers.upstreamCxDestroyRemote()).increment();
            numbers.upstreamCxLengthMs().record(TimeUnit.NANOSECONDS.toMillis(nowNanos - startNanos));
        }
    }

    void giveBack() {
        if (returned) {
            return;
        }
        returned = true;
        cluster.stats().upstreamRqActive().decrement();
        if (tunnel) {
            cluster.circuit().requestEnded();
        } else {
            cluster.circuit().connectionEnded(host);
            cluster.stats().upstreamCxActive().decrement();
            host.stats().cxActive().decrement();
        }
        cluster.left(host);
    }
}
