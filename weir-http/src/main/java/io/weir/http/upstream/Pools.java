package io.weir.http.upstream;

import io.weir.core.cluster.Cluster;
import io.weir.core.cluster.ClusterView;
import io.weir.core.model.Host;
import io.weir.net.transport.Worker;
import io.weir.net.transport.WorkerSlot;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** All of one worker's pools, by host. Belongs to that worker. */
public final class Pools {
    private static final WorkerSlot<Pools> SLOT = WorkerSlot.of(Pools::new);

    private final Worker worker;
    private final IdentityHashMap<Host, HostPool> byHost = new IdentityHashMap<>();

    private Pools(Worker worker) {
        this.worker = worker;
    }

    /** This worker's pools. */
    public static Pools of(Worker worker) {
        return worker.slot(SLOT);
    }

    /** The pool of this host, made on first use. */
    public HostPool of(Cluster cluster, Host host) {
        var pool = byHost.get(host);
        if (pool == null) {
            pool = new HostPool(worker, cluster, host, UpstreamSettings.of(cluster.spec()));
            byHost.put(host, pool);
        }
        return pool;
    }

    /** Retires the pools of {@code former} hosts of a cluster that its new view no longer has. */
    public void left(ClusterView former, ClusterView now) {
        Set<Host> staying = Collections.newSetFromMap(new IdentityHashMap<>());
        staying.addAll(now.hosts().all());
        for (var host : former.hosts().all()) {
            if (!staying.contains(host)) {
                var pool = byHost.remove(host);
                if (pool != null) {
                    pool.retire();
                }
            }
        }
    }
}
