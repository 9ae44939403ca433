package io.weir.http.upstream;

import io.netty.channel.Channel;
import io.weir.core.cluster.Cluster;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Host;
import io.weir.core.model.RoutingPriority;
import io.weir.http.codec.HttpHead;
import io.weir.net.sniff.Greeting;
import io.weir.net.tls.HostTls;
import io.weir.net.tls.RequestName;
import io.weir.net.transport.Worker;
import org.jspecify.annotations.Nullable;

/**
 * The pools that the requests of one client's connection go to: its worker's, or, where hosts are told whom a
 * connection is made for, or it comes from the client's address, its own, as such a connection is no other client's.
 * Its own end with it. Where hosts are asked for what requests name, those of one name share them. Belongs to one
 * worker.
 */
public final class ClientPools {
    private final Worker worker;
    private final Channel client;
    private final boolean disguised;
    private @Nullable SplitPools own;

    /**
     * @param client
     *            whose requests these are
     */
    public ClientPools(Worker worker, Channel client) {
        this.worker = worker;
        this.client = client;
        this.disguised = Greeting.disguises(client);
    }

    /**
     * The pool of this host for requests of this priority, made on first use.
     *
     * @param clientProtocol
     *            what the request's client speaks, as access logs show it
     * @param raw
     *            whether the host hears nothing of HTTP
     * @param request
     *            as the host is to hear it: what it names counts where hosts are asked for that
     */
    public HostPool of(Cluster cluster, Host host, RoutingPriority priority, String clientProtocol, boolean raw,
            HttpHead request) {
        ClusterSpec spec = cluster.spec();
        Pools pools = Pools.of(worker);
        boolean alone = disguised || HostTls.introduces(spec);
        RequestName name = UpstreamSettings.name(spec, request);
        if (!alone) {
            return pools.of(cluster, host, priority, clientProtocol, raw, name);
        }
        SplitPools split = own(pools);
        var key = new SplitPools.Key(host, priority, Pools.kind(spec, clientProtocol, raw), name);
        HostPool pool = split.find(key);
        if (pool == null) {
            boolean first = split.empty();
            pool = split.make(cluster, key, clientProtocol, raw, Greeting.onBehalf(client));
            if (first) {
                client.closeFuture().addListener(_ -> split.release()); // at once, if the client has gone already
            }
        }
        return pool;
    }

    private SplitPools own(Pools pools) {
        SplitPools split = own;
        if (split == null) {
            split = new SplitPools(pools);
            own = split;
        }
        return split;
    }
}
