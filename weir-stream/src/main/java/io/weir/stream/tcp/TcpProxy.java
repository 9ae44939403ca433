package io.weir.stream.tcp;

import io.netty.channel.Channel;
import io.weir.core.cluster.Clusters;
import io.weir.core.drain.Turns;
import io.weir.core.drain.Drainable;
import io.weir.core.stats.Stats;
import io.weir.net.sniff.Greeting;
import io.weir.net.transport.Acceptor;
import io.weir.net.transport.ChannelSettings;
import io.weir.net.transport.Worker;
import io.weir.net.tunnel.TunnelMaker;
import io.weir.observe.log.AccessLog;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;

/**
 * Joins each connection it is given to one of a cluster's hosts. Connections and their hosts' connections live on the
 * worker that accepted them. Give it to a {@link io.weir.net.transport.Listener} whose accepted channels have
 * {@link #SETTINGS}.
 */
public final class TcpProxy implements Acceptor, Drainable {
    /** How both sides read and write: large reads, half-closure kept, reading begins when the host is connected. */
    public static final ChannelSettings SETTINGS = ChannelSettings.STREAM;

    private static final AtomicLong CONNECTION_IDS = new AtomicLong();

    private final TcpProxySpec spec;
    private final Clusters clusters;
    private final TcpStats stats;
    private final AccessLog accessLog;
    private final TunnelMaker tunnels;
    final Set<Session> sessions = ConcurrentHashMap.newKeySet();
    private final long weightsTotal;

    /**
     * @param clusters
     *            where the spec's clusters are looked up, anew for each connection
     * @param accessLog
     *            gets a record of each connection at its end; closed by whoever opened it
     * @param tunnels
     *            carries connections through hosts that are proxies, where the spec asks for that
     */
    public TcpProxy(TcpProxySpec spec, Clusters clusters, Stats stats, AccessLog accessLog, TunnelMaker tunnels) {
        this.spec = spec;
        this.clusters = clusters;
        this.stats = new TcpStats(stats, spec.statPrefix());
        this.accessLog = accessLog;
        this.tunnels = tunnels;
        this.weightsTotal = spec.targets().stream().mapToLong(TcpProxySpec.Target::weight).sum();
        this.stats.scope.gauge("downstream_cx_rx_bytes_buffered", () -> sum(Session::bytesTowardsUpstream));
        this.stats.scope.gauge("downstream_cx_tx_bytes_buffered", () -> sum(Session::bytesTowardsDownstream));
    }

    private long sum(ToLongFunction<Session> bytes) {
        return sessions.stream().mapToLong(bytes).sum();
    }

    @Override
    public void accepted(Worker worker, Channel channel) {
        Session session = new Session(this, worker, channel, CONNECTION_IDS.incrementAndGet());
        sessions.add(session);
        PeriodicLog.follow(this, session, worker);
        session.open();
    }

    /** Connections of clients now, those included that only have to be flushed. Any thread. */
    public int activeConnections() {
        return sessions.size();
    }

    /** Closes every connection at once: what is left when the time to drain is over. Any thread; does not wait. */
    public void closeAll() {
        for (Session session : sessions) {
            session.closeFromOutside();
        }
    }

    @Override
    public void endStreams(Turns turns, long nowNanos) {
        for (Session session : sessions) {
            if (turns.streams().asks(session.connectionId, session.startNanos, nowNanos)) {
                session.closeFromOutside();
            }
        }
    }

    TcpProxySpec spec() {
        return spec;
    }

    Clusters clusters() {
        return clusters;
    }

    TunnelMaker tunnels() {
        return tunnels;
    }

    TcpStats stats() {
        return stats;
    }

    /** The cluster of a new connection: that of the name its client asks for where that counts, else by weight. */
    TcpProxySpec.Target target(Worker worker, Channel client) {
        Greeting greeting = spec.clustersByName() ? Greeting.of(client) : null;
        if (greeting != null && !greeting.serverName().isEmpty()) {
            return new TcpProxySpec.Target(greeting.serverName(), 1);
        }
        if (spec.targets().size() == 1) {
            return spec.targets().getFirst();
        }
        long dice = worker.random().nextLong(weightsTotal);
        for (TcpProxySpec.Target target : spec.targets()) {
            dice -= target.weight();
            if (dice < 0) {
                return target;
            }
        }
        throw new IllegalStateException("weights that do not sum up");
    }

    void ended(Session session) {
        if (sessions.remove(session)) {
            log(session, "TcpConnectionEnd");
        }
    }

    /** A connection's host is connected. */
    void joined(Session session) {
        if (spec.logTimes().onConnected()) {
            log(session, "TcpUpstreamConnected");
        }
    }

    boolean lasts(Session session) {
        return sessions.contains(session);
    }

    void log(Session session, String type) {
        accessLog.log(session.record(type));
    }

    /** How long a connection may last. */
    long lifeNanos(Worker worker) {
        long max = spec.connectionDurationMaxNanos();
        double jitter = spec.durationJitterPercent() / 100 * max;
        return jitter == 0 ? max : max + (long) (jitter * worker.random().nextDouble());
    }
}
