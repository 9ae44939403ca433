package io.weir.stream.udp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.weir.core.cluster.Cluster;
import io.weir.core.cluster.ClusterView;
import io.weir.core.model.Host;
import io.weir.net.introduce.Sources;
import io.weir.net.transport.ChannelSettings;
import io.weir.net.transport.ConnectOptions;
import io.weir.net.transport.DatagramSocket;
import io.weir.net.transport.OnBehalf;
import io.weir.net.transport.TimerWheel;
import io.weir.net.transport.Worker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What one client and one host say to each other, until neither has said anything for a while. A host that refuses, is
 * gone or is not well any more is left for another at the client's next datagram. Belongs to the worker.
 */
final class UdpSession {
    private static final int READ_DATAGRAMS_MAX = 8;
    /** From anywhere; of connections' options a socket of datagrams has no other. */
    private static final ConnectOptions PLAIN = ConnectOptions.of(1, ChannelSettings.MESSAGES);

    private final ClientSocket clients;
    private final Worker worker;
    private final UdpStats stats;
    private final ClientSocket.Peer peer;
    private final long id = UdpProxy.nextId();
    private final long startNanos;
    private final long startEpochMicros = TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
    private final IdleTimer idleTimer = new IdleTimer();
    private @Nullable Leg leg;
    private UdpProxy.Setup setup;
    private long lastMovedNanos;
    private long bytesReceived;
    private long bytesSent;
    private boolean unflushed;
    private boolean ended;

    UdpSession(ClientSocket clients, UdpProxy.Setup setup, ClientSocket.Peer peer) {
        this.clients = clients;
        this.worker = clients.worker();
        this.setup = setup;
        this.stats = setup.stats();
        this.peer = peer;
        this.startNanos = worker.nowNanos();
        this.lastMovedNanos = startNanos;
    }

    /** A host, the socket that hears it alone, and what is counted of it. */
    private final class Leg extends ChannelInboundHandlerAdapter {
        final String name;
        final Cluster cluster;
        final Host host;
        final UdpStats.Upstream numbers;
        final long beganNanos = worker.nowNanos();
        final int inFlight;
        /** By which the host was last found to be well. */
        ClusterView view;
        @Nullable
        Channel channel;
        boolean answered;
        boolean failed;
        private boolean returned;

        Leg(ClientSocket.Chosen chosen) {
            name = chosen.name();
            cluster = chosen.cluster();
            view = chosen.view();
            host = chosen.host();
            numbers = clients.numbers(cluster);
            inFlight = cluster.began(host, beganNanos);
            cluster.stats().upstreamCxTotal().increment();
            cluster.stats().upstreamCxActive().increment();
            host.stats().cxTotal().increment();
            host.stats().cxActive().increment();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            fromHost(this, ((DatagramPacket) message).content());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            clients.channel().flush();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (hostsFault(cause)) {
                numbers.rxErrors.increment();
                refused(this);
            } else {
                numbers.txErrors.increment();
            }
        }

        void giveBack() {
            if (returned) {
                return;
            }
            returned = true;
            Channel socket = channel;
            if (socket != null) {
                socket.close();
            }
            if (answered && !failed) {
                cluster.closed(host);
            }
            cluster.circuit().connectionEnded(host);
            cluster.stats().upstreamCxActive().decrement();
            host.stats().cxActive().decrement();
            cluster.left(host);
        }
    }

    private final class IdleTimer extends TimerWheel.Timer {
        @Override
        protected void expired(long nowNanos) {
            long dueNanos = lastMovedNanos + clients.proxy().setup().spec().idleTimeoutNanos();
            if (nowNanos - dueNanos < 0) {
                // armed once, not at every datagram: it looks at the clock only here
                worker.timers().arm(this, dueNanos);
                return;
            }
            stats.idleTimeout.increment();
            end();
        }
    }

    /** What an ICMP message comes to: nobody at the port, no way to the host. */
    private static boolean hostsFault(Throwable cause) {
        String words = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        return cause instanceof java.net.PortUnreachableException
                || (cause instanceof IOException && (words.contains("refused") || words.contains("unreachable")));
    }

    /** It is in its place. */
    void begun() {
        clients.proxy().sessionBegan();
        stats.total.increment();
        stats.active.increment();
        worker.timers().arm(idleTimer, startNanos + setup.spec().idleTimeoutNanos());
    }

    /** Has a socket to this host from now on; false after having counted why not. */
    boolean attach(ClientSocket.Chosen chosen) {
        if (!(chosen.host().address() instanceof InetSocketAddress address) || address.isUnresolved()) {
            chosen.cluster().stats().upstreamCxConnectFail().increment();
            return false;
        }
        if (!chosen.cluster().circuit().tryConnection(chosen.host())) {
            chosen.cluster().stats().upstreamCxOverflow().increment();
            return false;
        }
        Leg next = new Leg(chosen);
        leg = next;
        try {
            next.channel = DatagramSocket.connect(worker, address,
                    Sources.place(chosen.view().spec(), address, onBehalf(), PLAIN),
                    setup.spec().hostDatagramBytesMax(), READ_DATAGRAMS_MAX, next);
            return true;
        } catch (IOException e) {
            chosen.cluster().stats().upstreamCxConnectFail().increment();
            if (hostsFault(e)) {
                chosen.cluster().unreachable(chosen.host(), worker.nowNanos());
            }
            next.failed = true;
            next.giveBack();
            return false;
        }
    }

    private @Nullable OnBehalf onBehalf() {
        return setup.spec().asClient()
                ? new OnBehalf(peer.client(), clients.localAddress(), List.of(),
                        new OnBehalf.Disguise(new InetSocketAddress(peer.client().getAddress(), 0), 0))
                : null;
    }

    /** A datagram of the client, this session's from now on. */
    void toHost(ByteBuf bytes) {
        int length = bytes.readableBytes();
        lastMovedNanos = worker.nowNanos();
        bytesReceived += length;
        stats.rxDatagrams.increment();
        stats.rxBytes.add(length);
        Leg now = ready();
        Channel socket = now == null ? null : now.channel;
        if (now == null || socket == null || !socket.isWritable()) {
            if (now != null) {
                now.numbers.txErrors.increment();
            }
            bytes.release();
            return;
        }
        now.numbers.txDatagrams.increment();
        now.cluster.stats().upstreamCxTxBytesTotal().add(length);
        socket.write(bytes, socket.voidPromise());
        if (!unflushed) {
            unflushed = true;
            clients.written(this);
        }
    }

    /** The host to speak to, another one if need be. Mostly one volatile read. */
    private @Nullable Leg ready() {
        Leg now = leg;
        UdpProxy.Setup wanted = clients.proxy().setup();
        if (now == null || ended) {
            return null;
        }
        ClusterView view = now.cluster.view();
        if (!now.failed && now.view.equals(view) && setup.equals(wanted)) {
            return now;
        }
        boolean meant = now.name.equals(wanted.spec().cluster())
                && now.cluster.equals(clients.proxy().clusters().find(now.cluster.name())) && now.cluster.has(now.host);
        setup = wanted;
        if (meant && !now.failed && !now.host.down()) {
            now.view = view;
            return now;
        }
        ClientSocket.Chosen chosen = clients.choose(wanted, peer.client(), now.host);
        if (chosen == null || (chosen.host().equals(now.host) && !now.failed)) {
            now.view = view; // nobody is any better
            return meant && !now.failed ? now : null;
        }
        flush();
        now.giveBack(); // before another place is asked for, which may be the last
        return attach(chosen) ? leg : failing();
    }

    /** Without a host it holds nothing of a cluster, and nothing would bound how many there are. */
    private @Nullable Leg failing() {
        end();
        return null;
    }

    private void fromHost(Leg from, ByteBuf bytes) {
        int length = bytes.readableBytes();
        if (length > setup.spec().hostDatagramBytesMax()) {
            from.numbers.rxDropped.increment();
            bytes.release();
            return;
        }
        lastMovedNanos = worker.nowNanos();
        from.numbers.rxDatagrams.increment();
        from.cluster.stats().upstreamCxRxBytesTotal().add(length);
        if (!from.answered) {
            from.answered = true;
            from.cluster.connected(from.host, lastMovedNanos - from.beganNanos, from.inFlight, lastMovedNanos);
        }
        Channel client = clients.channel();
        if (!client.isWritable()) {
            stats.txErrors.increment();
            bytes.release();
            return;
        }
        bytesSent += length;
        stats.txDatagrams.increment();
        stats.txBytes.add(length);
        client.write(new DatagramPacket(bytes, peer.client()), client.voidPromise());
    }

    /** The host keeps its place in the cluster's limit until the session goes elsewhere or ends. */
    private void refused(Leg from) {
        if (from.failed || from.returned) {
            return;
        }
        from.failed = true;
        from.cluster.stats().upstreamCxConnectFail().increment();
        from.cluster.unreachable(from.host, worker.nowNanos());
        if (peer.host() != null) {
            end(); // it is for this host alone
        }
    }

    void flush() {
        unflushed = false;
        Leg now = leg;
        Channel socket = now == null ? null : now.channel;
        if (socket != null) {
            socket.flush();
        }
    }

    void end() {
        if (ended) {
            return;
        }
        ended = true;
        worker.timers().cancel(idleTimer);
        Leg now = leg;
        if (now != null) {
            now.giveBack();
        }
        stats.active.decrement();
        clients.proxy().sessionEnded();
        clients.ended(this);
        clients.proxy().setup().log().log(new UdpRecord(startEpochMicros, worker.nowNanos() - startNanos,
                bytesReceived, bytesSent, 0, id, now == null ? null : now.cluster.name(),
                now == null ? null : now.host.addressText(), peer.client(), clients.localAddress()));
    }

    ClientSocket.Peer peer() {
        return peer;
    }
}
