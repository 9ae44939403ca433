package io.weir.stream.udp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.weir.core.balance.Pick;
import io.weir.core.balance.PickContext;
import io.weir.core.cluster.Choice;
import io.weir.core.cluster.Cluster;
import io.weir.core.cluster.ClusterView;
import io.weir.core.hash.HashKey;
import io.weir.core.hash.HashKeys;
import io.weir.core.hash.XxHash64;
import io.weir.core.model.AddressText;
import io.weir.core.model.Host;
import io.weir.net.transport.Worker;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One worker's socket for clients, and the sessions of those. How many there may be is the clusters' say: each holds
 * one of its cluster's {@code max_connections}. Belongs to the worker.
 */
final class ClientSocket extends ChannelInboundHandlerAdapter implements PickContext {
    private final UdpProxy proxy;
    private final Worker worker;
    private final Map<Peer, UdpSession> sessions = new HashMap<>();
    /** Those with datagrams that are not flushed: at most as many as datagrams in a turn. */
    private final List<UdpSession> written = new ArrayList<>();
    private final Map<Cluster, UdpStats.Upstream> numbers = new HashMap<>();
    private @Nullable Channel channel;
    /** Of the pick at hand. */
    private long hash;
    private boolean hashed;
    private @Nullable Host avoided;

    /**
     * Whose session it is.
     *
     * @param host
     *            null where all of the client's datagrams go to the same
     */
    record Peer(InetSocketAddress client, @Nullable Host host) {
    }

    /** A host and by what it was found. */
    record Chosen(String name, Cluster cluster, ClusterView view, Host host) {
    }

    ClientSocket(UdpProxy proxy, Worker worker) {
        this.proxy = proxy;
        this.worker = worker;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = ctx.channel();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        DatagramPacket datagram = (DatagramPacket) message;
        ByteBuf bytes = datagram.content();
        if (bytes.readableBytes() > proxy.datagramBytesMax()) {
            proxy.dropped().increment();
            bytes.release();
            return;
        }
        UdpSession session = session(datagram.sender());
        if (session == null) {
            bytes.release();
        } else {
            session.toHost(bytes);
        }
    }

    private @Nullable UdpSession session(InetSocketAddress client) {
        UdpProxy.Setup setup = proxy.setup();
        if (!setup.spec().perDatagram()) {
            Peer peer = new Peer(client, null);
            UdpSession found = sessions.get(peer);
            return found != null ? found : begin(setup, peer, choose(setup, client, null));
        }
        Chosen chosen = choose(setup, client, null);
        if (chosen == null) {
            return null;
        }
        Peer peer = new Peer(client, chosen.host);
        UdpSession found = sessions.get(peer);
        return found != null ? found : begin(setup, peer, chosen);
    }

    private @Nullable UdpSession begin(UdpProxy.Setup setup, Peer peer, @Nullable Chosen chosen) {
        if (chosen == null) {
            return null;
        }
        UdpSession session = new UdpSession(this, setup, peer);
        if (!session.attach(chosen)) {
            return null;
        }
        session.begun();
        sessions.put(peer, session);
        return session;
    }

    /** A host for this client; null after having counted why there is none. */
    @Nullable
    Chosen choose(UdpProxy.Setup setup, InetSocketAddress client, @Nullable Host failed) {
        String name = setup.spec().cluster();
        Choice to = proxy.clusters().choose(name, worker.random());
        if (to == null) {
            setup.stats().noRoute.increment();
            return null;
        }
        Cluster cluster = to.cluster();
        ClusterView view = cluster.view();
        hash(view.spec().balancing().hashKeys(), setup.spec(), client);
        avoided = failed;
        return switch (to.picker(view).pick(this)) {
            case Pick.Refused _ -> {
                cluster.stats().upstreamCxNoneHealthy().increment();
                yield null;
            }
            case Pick.Chosen chosen -> new Chosen(name, cluster, view, chosen.host());
        };
    }

    /** As for connections: the cluster's own keys come first, and of them a datagram has the client's address only. */
    private void hash(HashKeys ofCluster, UdpProxySpec spec, InetSocketAddress client) {
        hash = 0;
        hashed = false;
        if (!ofCluster.isEmpty()) {
            for (HashKeys.Rule rule : ofCluster.rules()) {
                if (rule.key() instanceof HashKey.SourceIp) {
                    join(XxHash64.of(AddressText.of(client.getAddress())));
                }
            }
            return;
        }
        for (UdpProxySpec.HashKey key : spec.hashKeys()) {
            switch (key) {
                case UdpProxySpec.HashKey.SourceIp _ -> join(XxHash64.of(AddressText.of(client.getAddress())));
                case UdpProxySpec.HashKey.Constant constant -> join(XxHash64.of(constant.key()));
            }
        }
    }

    private void join(long part) {
        hash = HashKeys.joined(hash, part);
        hashed = true;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        for (UdpSession session : written) {
            session.flush();
        }
        written.clear();
    }

    /** Of clients' sockets nobody hears refusals; what comes here is of one datagram. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        proxy.setup().stats().txErrors.increment();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        written.clear();
        for (UdpSession session : List.copyOf(sessions.values())) {
            session.end();
        }
    }

    void written(UdpSession session) {
        written.add(session);
    }

    void ended(UdpSession session) {
        sessions.remove(session.peer(), session);
    }

    UdpStats.Upstream numbers(Cluster cluster) {
        UdpStats.Upstream found = numbers.get(cluster);
        if (found == null) {
            numbers.keySet().removeIf(each -> !each.equals(proxy.clusters().find(each.name())));
            found = new UdpStats.Upstream(cluster.stats().scope());
            numbers.put(cluster, found);
        }
        return found;
    }

    Channel channel() {
        Channel now = channel;
        if (now == null) {
            throw new IllegalStateException("no socket yet");
        }
        return now;
    }

    SocketAddress localAddress() {
        return channel().localAddress();
    }

    UdpProxy proxy() {
        return proxy;
    }

    Worker worker() {
        return worker;
    }

    @Override
    public long hash() {
        return hash;
    }

    @Override
    public boolean hashed() {
        return hashed;
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
    public boolean excluded(Host host) {
        return host.equals(avoided);
    }
}
