package io.weir.http.upstream;

import io.weir.core.cluster.Cluster;
import io.weir.core.model.Host;
import io.weir.core.model.RoutingPriority;
import io.weir.net.tls.RequestName;
import io.weir.net.transport.OnBehalf;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Pools of hosts that have several, as a connection that is made for one client or one name serves no other. Of too
 * many, the one that has been of no use for longest goes, when its requests have ended. Belongs to one worker.
 */
final class SplitPools {
    /** Clients choose names: so many pools there are at once. */
    static final int POOLS_MAX = 1024;

    private final Pools pools;
    private final Map<Key, HostPool> byKey = new LinkedHashMap<>(0, 0.75f, true);

    /**
     * Whose requests share a pool.
     *
     * @param host
     *            equals none but itself
     * @param kind
     *            as {@link Pools#kind} says
     * @param name
     *            what they name; null: anything
     */
    record Key(Host host, RoutingPriority priority, int kind, @Nullable RequestName name) {
    }

    SplitPools(Pools pools) {
        this.pools = pools;
    }

    /** The pool of these requests; null: there is none that can be used. */
    @Nullable
    HostPool find(Key key) {
        HostPool pool = byKey.get(key);
        return pool == null || !pools.adopted(pool) ? null : pool;
    }

    /**
     * Makes the pool of these requests.
     *
     * @param client
     *            whom its connections are made for; null: whoever has a request
     */
    HostPool make(Cluster cluster, Key key, String clientProtocol, boolean raw, @Nullable OnBehalf client) {
        HostPool pool = pools.make(cluster, key.host, key.priority, clientProtocol, raw, client, key.name);
        put(key, pool, cluster.has(key.host));
        return pool;
    }

    /** From now on the pool of these requests. */
    void put(Key key, HostPool pool, boolean current) {
        byKey.values().removeIf(one -> !pools.adopted(one)); // of hosts that have gone
        if (byKey.size() >= POOLS_MAX) {
            var eldest = byKey.entrySet().iterator();
            pools.release(eldest.next().getValue());
            eldest.remove();
        }
        pools.adopt(pool, current);
        byKey.put(key, pool);
    }

    boolean empty() {
        return byKey.isEmpty();
    }

    /** Nobody asks for them any more. */
    void release() {
        byKey.values().forEach(pools::release);
        byKey.clear();
    }
}
