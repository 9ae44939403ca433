package io.weir.http.upstream;

import io.netty.channel.Channel;
import io.weir.core.cluster.Cluster;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Host;
import io.weir.core.model.RoutingPriority;
import io.weir.net.sniff.Greeting;
import io.weir.net.tls.HostTls;
import io.weir.net.transport.Worker;
import java.util.HashMap;
import java.util.Map;

/**
 * The pools that the requests of one client's connection go to: its worker's, or, where hosts are told whom a
 * connection is made for, or it comes from the client's address, its own, as such a connection is no other client's.
 * Its own end with it. Belongs to one worker.
 */
public final class ClientPools {
    private final Worker worker;
    private final Channel client;
    private final boolean disguised;
    private final Map<Key, HostPool> own = new HashMap<>(0);

    /** A host equals none but itself. */
    private record Key(Host host, RoutingPriority priority, int kind) {
    }

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
     */
    public HostPool of(Cluster cluster, Host host, RoutingPriority priority, String clientProtocol, boolean raw) {
        ClusterSpec spec = cluster.spec();
        Pools pools = Pools.of(worker);
        if (!disguised && !HostTls.introduces(spec)) {
            return pools.of(cluster, host, priority, clientProtocol, raw);
        }
        Key key = new Key(host, priority, Pools.kind(spec, clientProtocol, raw));
        HostPool pool = own.get(key);
        if (pool == null || !pools.adopted(pool)) {
            own.values().removeIf(one -> !pools.adopted(one)); // of hosts that have gone
            boolean first = own.isEmpty();
            pool = pools.make(cluster, host, priority, clientProtocol, raw, Greeting.onBehalf(client));
            pools.adopt(pool, cluster.has(host));
            own.put(key, pool);
            if (first) {
                client.closeFuture().addListener(_ -> close()); // at once, if the client has gone already
            }
        }
        return pool;
    }

    private void close() {
        own.values().forEach(Pools.of(worker)::release);
        own.clear();
    }
}
