package io.weir.http.upstream;

import io.weir.core.cluster.Cluster;
import io.weir.core.cluster.ClusterView;
import io.weir.core.cluster.FailedHosts;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Host;
import io.weir.core.model.HostSet;
import io.weir.core.model.RoutingPriority;
import io.weir.http.codec.HttpHead;
import io.weir.net.tls.HostTls;
import io.weir.net.tls.HostTls.HostSocket;
import io.weir.net.tls.RequestName;
import io.weir.net.transport.OnBehalf;
import io.weir.net.transport.Worker;
import io.weir.net.transport.WorkerSlot;
import io.weir.net.transport.Workers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** All of one worker's pools, by host. Belongs to that worker. */
public final class Pools {
    private static final WorkerSlot<Pools> SLOT = WorkerSlot.of(Pools::new);
    private static final int PRIORITIES = RoutingPriority.values().length;
    /** HTTP/1, HTTP/2, and none of them. */
    private static final int KINDS = 3;

    private final Worker worker;
    /**
     * By priority, as each has limits and so connections of its own; then by protocol, for clusters that are spoken to
     * as their clients speak.
     */
    private final List<IdentityHashMap<Host, HostPool>> pools = new ArrayList<>();

    /** Those of single clients, or of names. */
    private final IdentityHashMap<Host, Set<HostPool>> adopted = new IdentityHashMap<>();

    /** Those that requests of one name share, whoever their clients are. */
    private final SplitPools byName = new SplitPools(this);

    private Pools(Worker worker) {
        this.worker = worker;
        for (int i = 0; i < KINDS * PRIORITIES; i++) {
            pools.add(new IdentityHashMap<>());
        }
    }

    /** This worker's pools. */
    public static Pools of(Worker worker) {
        return worker.slot(SLOT);
    }

    /**
     * The pool of this host for requests of this priority, made on first use.
     *
     * @param clientProtocol
     *            what the request's client speaks, as access logs show it
     * @param request
     *            as the host is to hear it: what it names counts where hosts are asked for that
     */
    public HostPool of(Cluster cluster, Host host, RoutingPriority priority, String clientProtocol, HttpHead request) {
        return of(cluster, host, priority, clientProtocol, false, UpstreamSettings.name(cluster.spec(), request));
    }

    /**
     * The same.
     *
     * @param raw
     *            whether the host hears nothing of HTTP
     * @param name
     *            what the request names; null: nothing that counts
     */
    HostPool of(Cluster cluster, Host host, RoutingPriority priority, String clientProtocol, boolean raw,
            @Nullable RequestName name) {
        if (name != null) {
            var key = new SplitPools.Key(host, priority, kind(cluster.spec(), clientProtocol, raw), name);
            HostPool known = byName.find(key);
            return known == null ? byName.make(cluster, key, clientProtocol, raw, null) : known;
        }
        var byHost = pools.get(KINDS * priority.ordinal() + kind(cluster.spec(), clientProtocol, raw));
        var pool = byHost.get(host);
        if (pool == null) {
            pool = make(cluster, host, priority, clientProtocol, raw, null, null);
            if (cluster.has(host)) {
                byHost.put(host, pool);
            } else {
                pool.retire(); // picked from a view that is no longer: for this request alone
            }
        }
        return pool;
    }

    /** Which of the kinds of pools. */
    static int kind(ClusterSpec cluster, String clientProtocol, boolean raw) {
        return raw ? 2 : UpstreamSettings.http2(cluster, clientProtocol) ? 1 : 0;
    }

    /**
     * A pool that nobody finds here.
     *
     * @param client
     *            whom its connections are made for; null: whoever has a request
     * @param name
     *            what its connections are made for; null: anything
     */
    HostPool make(Cluster cluster, Host host, RoutingPriority priority, String clientProtocol, boolean raw,
            @Nullable OnBehalf client, @Nullable RequestName name) {
        boolean http2 = kind(cluster.spec(), clientProtocol, raw) == 1;
        return new HostPool(worker, cluster, cluster.circuit(priority), host,
                UpstreamSettings.of(cluster.spec(), client, name),
                http2, raw);
    }

    /** A pool of one client or one name, which hears of its host too. One whose host has left is retired at once. */
    void adopt(HostPool pool, boolean current) {
        if (current) {
            adopted.computeIfAbsent(pool.host(), _ -> new HashSet<>()).add(pool);
        } else {
            pool.retire();
        }
    }

    /** Whether it is one of those, and not retired. */
    boolean adopted(HostPool pool) {
        return adopted.getOrDefault(pool.host(), Set.of()).contains(pool);
    }

    /** Nobody asks for it any more. */
    void release(HostPool pool) {
        var ofHost = adopted.get(pool.host());
        if (ofHost != null && ofHost.remove(pool) && ofHost.isEmpty()) {
            adopted.remove(pool.host());
        }
        pool.retire();
    }

    /**
     * Keeps every worker's pools in step with the cluster's hosts: those of hosts that leave it are retired, and those
     * of all hosts when one comes or goes, where the cluster wants that; those of hosts that fail are emptied where it
     * asks for that. To be called once for each cluster, on the conductor; what it returns is called there when the
     * cluster itself goes.
     */
    public static Runnable follow(Cluster cluster, Workers workers) {
        var former = new AtomicReference<>(cluster.view());
        var failed = new FailedHosts();
        var sockets = new AtomicReference<>(sockets(cluster.view()));
        cluster.onChange(now -> {
            retire(workers, changed(sockets.getAndSet(sockets(now)), sockets.get()));
            ClusterView last = former.getAndSet(now);
            HostSet before = last.hosts();
            // How hosts are spoken to stands among the extensions: pools made for another way serve no more.
            boolean otherwise = !now.spec().extensions().equals(last.spec().extensions());
            Set<Host> gone = now.hosts().goneFrom(before);
            boolean drains = now.spec().drainsOnHostChange()
                    && !(gone.isEmpty() && before.goneFrom(now.hosts()).isEmpty());
            retire(workers, drains || otherwise ? HostSet.EMPTY.goneFrom(before) : gone);
            if (now.spec().closesOnFailure()) {
                empty(workers, failed.since(now));
            }
        });
        return () -> retire(workers, HostSet.EMPTY.goneFrom(former.get().hosts()));
    }

    /** What carries each host's connections, where that goes by the host; else nothing. */
    private static Map<Host, HostSocket> sockets(ClusterView view) {
        HostTls opened = HostTls.of(view.spec());
        if (opened == null || !opened.byHost()) {
            return Map.of();
        }
        var found = new IdentityHashMap<Host, HostSocket>();
        view.hosts().all().forEach(host -> found.put(host, opened.socket(host.endpoint())));
        return found;
    }

    private static Set<Host> changed(Map<Host, HostSocket> before, Map<Host, HostSocket> now) {
        Set<Host> changed = new HashSet<>();
        before.forEach((host, socket) -> {
            if (now.containsKey(host) && !socket.equals(now.get(host))) {
                changed.add(host);
            }
        });
        return changed;
    }

    private static void retire(Workers workers, Set<Host> left) {
        if (!left.isEmpty()) {
            for (var worker : workers.all()) {
                worker.loop().execute(() -> Pools.of(worker).left(left));
            }
        }
    }

    private static void empty(Workers workers, Set<Host> failed) {
        if (!failed.isEmpty()) {
            for (var worker : workers.all()) {
                worker.loop().execute(() -> Pools.of(worker).failed(failed));
            }
        }
    }

    private void failed(Set<Host> hosts) {
        for (var host : hosts) {
            for (var byHost : pools) {
                empty(byHost.get(host));
            }
            adopted.getOrDefault(host, Set.of()).forEach(HostPool::empty);
        }
    }

    private static void empty(@Nullable HostPool pool) {
        if (pool != null) {
            pool.empty();
        }
    }

    private void left(Set<Host> hosts) {
        for (var host : hosts) {
            for (var byHost : pools) {
                retire(byHost.remove(host));
            }
            var own = adopted.remove(host);
            if (own != null) {
                own.forEach(HostPool::retire);
            }
        }
    }

    private static void retire(@Nullable HostPool pool) {
        if (pool != null) {
            pool.retire();
        }
    }
}
