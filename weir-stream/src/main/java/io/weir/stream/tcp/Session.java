package io.weir.stream.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ConnectTimeoutException;
import io.weir.core.balance.Pick;
import io.weir.core.balance.PickContext;
import io.weir.core.cluster.Choice;
import io.weir.core.cluster.Cluster;
import io.weir.core.cluster.ClusterView;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Criteria;
import io.weir.core.model.Host;
import io.weir.core.stats.ClusterStats;
import io.weir.net.sniff.Greeting;
import io.weir.net.tls.HandshakeFailure;
import io.weir.net.tls.HostTls;
import io.weir.net.tls.Offer;
import io.weir.net.transport.ConnectOptions;
import io.weir.net.transport.Connector;
import io.weir.net.transport.OriginalDestination;
import io.weir.net.transport.TimerWheel;
import io.weir.net.transport.Worker;
import io.weir.net.tunnel.TunnelRequest;
import io.weir.net.turn.TurnFailure;
import io.weir.observe.log.AccessRecord;
import io.weir.observe.log.ResponseFlag;
import io.weir.stream.client.HostWish;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection and what is made of it: a host is picked and connected to, another one if that fails, then
 * the two are joined until both have closed. All of it happens on the worker that accepted the client.
 */
final class Session implements PickContext {
    private final TcpProxy proxy;
    private final TcpStats stats;
    private final Worker worker;
    private final Side downstream;
    final long connectionId;
    final long startNanos;
    private final long startEpochMicros;
    /** What the client sent before its host was connected: at most one read, as reading has not begun. */
    private final Queue<ByteBuf> early = new ArrayDeque<>(1);
    private final List<Host> tried = new ArrayList<>(1);
    final Stillness stillness;
    private @Nullable DurationTimer durationTimer;
    private @Nullable NextTry nextTry;
    private @Nullable String clusterName;
    private @Nullable Criteria criteria;
    private ConnectionHash hash = ConnectionHash.NONE;
    /** What the cluster puts in the place of the port that the connection was going to; 0: nothing. */
    private int portOverride;
    private @Nullable Leg leg;
    /** Why the last host that was tried could not be secured. */
    private @Nullable String transportFailure;
    private int attempts;
    private long flags;
    private boolean joined;
    private boolean ending;
    private boolean ended;
    private boolean flushCounted;

    Session(TcpProxy proxy, Worker worker, Channel client, long connectionId) {
        this.proxy = proxy;
        this.stats = proxy.stats();
        this.worker = worker;
        this.downstream = new Side(this, true);
        this.downstream.channel(client);
        this.connectionId = connectionId;
        this.startNanos = worker.nowNanos();
        this.stillness = new Stillness(this, worker, proxy.spec().idle());
        this.startEpochMicros = TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
    }

    private final class DurationTimer extends TimerWheel.Timer {
        @Override
        protected void expired(long nowNanos) {
            stats.connectionDurationMax.increment();
            end(ResponseFlag.DT.bit());
        }
    }

    /** The pause behind a host that could not be connected to. */
    private final class NextTry extends TimerWheel.Timer {
        private final String cluster;

        NextTry(String cluster) {
            this.cluster = cluster;
        }

        @Override
        protected void expired(long nowNanos) {
            connect(cluster);
        }
    }

    void open() {
        stats.cxTotal.increment();
        Channel client = downstream.channel();
        client.config().setAutoRead(false);
        client.pipeline().addLast(downstream);
        long durationMaxNanos = proxy.lifeNanos(worker);
        if (durationMaxNanos > 0) {
            durationTimer = new DurationTimer();
            worker.timers().arm(durationTimer, startNanos + durationMaxNanos);
        }
        TcpProxySpec.Target target = proxy.target(worker, client);
        clusterName = target.cluster();
        criteria = target.criteria();
        connect(target.cluster());
    }

    private void connect(String name) {
        // chosen anew for each attempt, as the next may have to go to another of the clusters that this one stands for
        Choice to = proxy.clusters().choose(name, worker.random());
        if (to == null) {
            stats.cxNoRoute.increment();
            end(ResponseFlag.NC.bit());
            return;
        }
        Cluster cluster = to.cluster();
        ClusterStats numbers = cluster.stats();
        ClusterView view = cluster.view();
        portOverride = view.spec().originalDst().port();
        hash = ConnectionHash.of(view.spec().balancing().hashKeys(), proxy.spec().hashKeys(),
                downstream.remoteAddress(), Greeting.left(downstream.channel()));
        switch (to.picker(view).pick(this)) {
            case Pick.Refused refused -> {
                switch (refused.reason()) {
                    case NO_HOST, NO_HEALTHY_HOST -> {
                        numbers.upstreamCxNoneHealthy().increment();
                        end(ResponseFlag.UH.bit());
                    }
                    case DROPPED -> end(ResponseFlag.DO.bit());
                }
            }
            case Pick.Chosen chosen -> {
                if (!Leg.admits(cluster, chosen.host(), proxy.spec().tunneling() != null)) {
                    end(ResponseFlag.UO.bit());
                    return;
                }
                int inFlight = cluster.began(chosen.host(), worker.nowNanos());
                connect(cluster, view.spec(), chosen.host(), inFlight);
            }
        }
    }

    private void connect(Cluster cluster, ClusterSpec spec, Host host, int inFlight) {
        attempts++;
        tried.add(host);
        Side side = new Side(this, false);
        Leg begun = new Leg(cluster, host, side, worker.nowNanos(), inFlight, proxy.spec().tunneling() != null);
        leg = begun;
        // whether or not its cluster closes them now: a change of the configuration may ask for it later
        HostSessions.of(worker).began(host, this);
        ChannelFuture connected = connected(cluster, spec, host, side);
        side.channel(connected.channel());
        connected.addListener(done -> {
            if (done.isSuccess()) {
                join(begun);
            } else {
                connectFailed(begun, done.cause());
            }
        });
    }

    private ChannelFuture connected(Cluster cluster, ClusterSpec spec, Host host, Side side) {
        Channel client = downstream.channel();
        TunnelingSpec tunneling = proxy.spec().tunneling();
        if (tunneling == null) {
            ConnectOptions options = ConnectOptions
                    .of(spec.connectTimeoutNanos(), TcpProxy.SETTINGS.withKeepAlive(spec.tcpKeepAlive()))
                    .withTurn(HostWish.turn(client));
            return HostTls.connect(worker, spec, host, Greeting.onBehalf(client), options, Offer.NOTHING, side);
        }
        TunnelRequest request = tunneling.request(record("TcpConnectionStart"));
        return request == null
                ? Connector.failed(worker, new IOException("what is known of the connection makes no request"))
                : proxy.tunnels().open(worker, cluster, host, client, request, tunneling.answer(client), side);
    }

    private void connectFailed(Leg failed, @Nullable Throwable cause) {
        ClusterStats numbers = failed.cluster.stats();
        HostSessions.of(worker).left(failed.host, this);
        failed.giveBack();
        if (ending) {
            numbers.upstreamRqCancelled().increment();
            finish();
            return;
        }
        if (!failed.tunnel) { // of a tunnel the connection's own pool has told
            numbers.upstreamCxConnectFail().increment();
            if (cause instanceof ConnectTimeoutException) {
                numbers.upstreamCxConnectTimeout().increment();
            }
            transportFailure = cause instanceof HandshakeFailure || cause instanceof TurnFailure
                    ? cause.getMessage()
                    : null;
            if (Connector.hostsFault(cause)) {
                failed.cluster.unreachable(failed.host, worker.nowNanos());
            }
        }
        String name = clusterName;
        Tries tries = proxy.spec().tries();
        if (name != null && attempts < tries.max()) {
            long pauseNanos = tries.backOff().jitteredNanos(attempts, worker.random());
            if (pauseNanos == 0) {
                connect(name);
                return;
            }
            nextTry = new NextTry(name);
            worker.timers().arm(nextTry, worker.nowNanos() + pauseNanos);
        } else {
            end(ResponseFlag.UF.bit() | ResponseFlag.URX.bit());
        }
    }

    private void join(Leg connected) {
        if (ending) {
            connected.side.closeNow();
            return;
        }
        joined = true;
        proxy.joined(this);
        long nowNanos = worker.nowNanos();
        connected.connectNanos = nowNanos - connected.startNanos;
        connected.cluster.connected(connected.host, connected.connectNanos, connected.inFlight, nowNanos);
        connected.madeIn();
        stillness.begin(nowNanos);
        Side upstream = connected.side;
        upstream.join(downstream);
        downstream.join(upstream);
        if (!early.isEmpty()) {
            Channel host = upstream.channel();
            for (ByteBuf bytes = early.poll(); bytes != null; bytes = early.poll()) {
                connected.sent(bytes.readableBytes());
                host.write(bytes, host.voidPromise());
            }
            host.flush();
        }
        if (downstream.inputEnded()) {
            upstream.finishOutput();
        }
        upstream.start();
        downstream.start();
    }

    /** Bytes that came before there was a host to send them to. */
    void early(ByteBuf bytes) {
        if (ending) {
            bytes.release();
            return;
        }
        stats.earlyDataReceived.increment();
        early.add(bytes);
    }

    /** A side has read this much in one turn. */
    void moved(Side from, int bytes) {
        stillness.moved(from.downstream(), worker.nowNanos());
        Leg now = leg;
        if (from.downstream()) {
            stats.rxBytes.add(bytes);
            if (now != null) {
                now.sent(bytes);
            }
        } else {
            stats.txBytes.add(bytes);
            if (now != null) {
                now.received(bytes);
            }
        }
    }

    void paused(Side side) {
        if (side.downstream()) {
            stats.pausedReading.increment();
        } else if (leg != null) {
            leg.cluster.stats().upstreamFlowControlPausedReadingTotal().increment();
        }
    }

    void resumed(Side side) {
        stillness.moved(side.downstream(), worker.nowNanos()); // it could not speak until now
        if (side.downstream()) {
            stats.resumedReading.increment();
        } else if (leg != null) {
            leg.cluster.stats().upstreamFlowControlResumedReadingTotal().increment();
        }
    }

    /** A FIN was relayed; when both were, nothing can follow. */
    void outputEnded() {
        Leg now = leg;
        if (now != null && downstream.inputEnded() && downstream.outputEnded() && now.side.inputEnded()
                && now.side.outputEnded()) {
            now.side.closeNow();
            downstream.closeNow();
        }
    }

    /** A side has closed, which its peer learns as a close too, or as a reset, after what was sent before. */
    void closed(Side side) {
        if (side.broken()) {
            flags |= side.breach().bit();
        }
        Leg now = leg;
        if (now == null || !joined) {
            // While connecting, the connect's future tells of the host's side.
            if (side.downstream()) {
                end(0);
            }
            return;
        }
        if (!side.downstream()) {
            upstreamClosed(now);
        }
        Side other = side.downstream() ? now.side : downstream;
        if (!other.closed()) {
            if (side.downstream() && now.side.bytesPending() > 0) {
                flushCounted = true;
                stats.upstreamFlushTotal.increment();
                stats.upstreamFlushActive.increment();
            }
            if (side.broken()) {
                other.resetFlushed();
            } else {
                other.closeFlushed();
            }
            return;
        }
        finish();
    }

    private void upstreamClosed(Leg now) {
        HostSessions.of(worker).left(now.host, this);
        long nowNanos = worker.nowNanos();
        now.destroyed(nowNanos);
        if (now.side.broken()) {
            now.cluster.reset(now.host, now.connectNanos, nowNanos);
        } else {
            now.cluster.closed(now.host);
        }
        now.giveBack();
        if (flushCounted) {
            flushCounted = false;
            stats.upstreamFlushActive.decrement();
        }
    }

    /** Closes what is open, without waiting for anything to be sent. */
    private void end(long flag) {
        flags |= flag;
        ending = true;
        for (ByteBuf bytes = early.poll(); bytes != null; bytes = early.poll()) {
            bytes.release();
        }
        Leg now = leg;
        if (now != null && !now.returned) {
            now.side.closeNow();
        }
        downstream.closeNow();
        finish();
    }

    /** The end, when both sides are closed and no connect is under way. */
    private void finish() {
        Leg now = leg;
        if (ended || !downstream.closed() || (now != null && !now.returned)) {
            return;
        }
        ended = true;
        worker.timers().cancel(stillness);
        if (nextTry != null) {
            worker.timers().cancel(nextTry);
        }
        if (durationTimer != null) {
            worker.timers().cancel(durationTimer);
        }
        proxy.ended(this);
    }

    /** The health of its host has failed, and its cluster wants no connections then. */
    void hostFailed() {
        Leg now = leg;
        if (joined || now == null) {
            end(ResponseFlag.UC.bit());
        } else {
            now.side.closeNow(); // its connect fails with that, and another host is asked as far as attempts go
        }
    }

    /** Any thread. */
    void closeFromOutside() {
        worker.loop().execute(() -> end(0));
    }

    /** Any thread. */
    long bytesTowardsUpstream() {
        Leg now = leg;
        return now == null ? 0 : now.side.bytesPending();
    }

    /** Any thread. */
    long bytesTowardsDownstream() {
        return downstream.bytesPending();
    }

    /** How long nothing has been sent, to the client or its host. */
    long sinceSentNanos() {
        Leg now = leg;
        return Math.min(downstream.sinceSentNanos(), now == null ? Long.MAX_VALUE : now.side.sinceSentNanos());
    }

    boolean clientMaySpeak() {
        return downstream.maySpeak();
    }

    boolean hostMaySpeak() {
        Leg now = leg;
        return now != null && now.side.maySpeak();
    }

    /** Nothing has moved for too long. */
    void still() {
        stats.idleTimeout.increment();
        end(ResponseFlag.SI.bit());
    }

    /** What is known now. */
    AccessRecord record(String type) {
        Leg now = leg;
        return new SessionRecord(startEpochMicros, worker.nowNanos() - startNanos, downstream.bytesRead(),
                now == null ? 0 : now.side.bytesRead(), flags, connectionId, clusterName,
                now == null ? null : now.host.addressText(), joined && now != null ? now.side.localAddress() : null,
                joined && now != null ? now.side.tls() : null,
                !joined ? transportFailure : now == null ? null : now.side.tlsFailure(),
                downstream.remoteAddress(), downstream.localAddress(), attempts, downstream.channel(), type);
    }

    @Override
    public long hash() {
        return hash.value();
    }

    @Override
    public boolean hashed() {
        return hash.found();
    }

    @Override
    public RandomGenerator random() {
        return worker.random();
    }

    @Override
    public long nowNanos() {
        return worker.nowNanos();
    }

    @Override
    public @Nullable Criteria criteria() {
        return criteria;
    }

    @Override
    public @Nullable SocketAddress destination() {
        return downstream.localAddress() instanceof OriginalDestination to
                ? portOverride == 0 ? to : new InetSocketAddress(to.getAddress(), portOverride)
                : null;
    }

    @Override
    public boolean repeated() {
        return !tried.isEmpty();
    }

    @Override
    public boolean excluded(Host host) {
        return tried.contains(host); // a host equals none but itself
    }
}
