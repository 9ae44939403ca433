package io.weir.app.boot;

import io.weir.app.health.HealthLogs;
import io.weir.app.secret.SecretKeeper;
import io.weir.core.aperture.ApertureRule.Self;
import io.weir.core.cluster.Aggregates;
import io.weir.core.cluster.Cluster;
import io.weir.core.cluster.Clusters;
import io.weir.core.health.Surroundings;
import io.weir.core.hash.XxHash64;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Locality;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Gauge;
import io.weir.core.stats.Scope;
import io.weir.core.stats.Stats;
import io.weir.core.tier.Locals;
import io.weir.core.time.NanoClock;
import io.weir.net.check.WireProber;
import io.weir.net.tls.HostTls;
import io.weir.net.tls.TlsFailure;
import io.weir.xds.spec.NodeId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the clusters as the configuration has them, and discovery at work for those that need it. The conductor's. */
final class ClusterKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterKeeper.class);
    /** How long listeners wait for the first hosts of clusters; as long as Envoy's {@code initial_fetch_timeout}. */
    private static final long WARM_SECONDS_MAX = 15;

    private final Clusters clusters = new Clusters();
    private final Aggregates aggregates = new Aggregates(clusters);
    private final Stats stats;
    private final NanoClock clock;
    private final Conductor conductor;
    private final WireProber prober;
    private final HealthLogs events;
    private final SplittableRandom dice = new SplittableRandom();
    private final Discovery discovery;
    private final Function<Cluster, Runnable> pools;
    private final SecretKeeper secrets;
    /** What secures connections to hosts now, and what ends that its files are followed. */
    private final Map<HostTls, Runnable> sockets = new HashMap<>();
    private final Map<Cluster, Runnable> goodbyes = new HashMap<>();
    private final Gauge active;
    private final Counter added;
    private final Counter modified;
    private final Counter removed;
    private Locality own = Locality.UNKNOWN;
    private String localCluster = "";
    private final long anybody = new SplittableRandom().nextLong();
    private Self self = Self.UNKNOWN;

    /**
     * What clusters are to be.
     *
     * @param opened
     *            with their sockets, those that could be opened
     * @param refusals
     *            why the others could not; with one of them nothing may be committed
     * @param begun
     *            when files began to be read
     */
    record Prepared(List<ClusterSpec> specs, List<ClusterSpec> opened, List<Listeners.Refusal> refusals,
            Instant begun) {
        Prepared {
            specs = List.copyOf(specs);
            opened = List.copyOf(opened);
            refusals = List.copyOf(refusals);
        }
    }

    /** Who finds the hosts of clusters that are not STATIC. */
    interface Discovery {
        /** Begins to look, or looks by changed rules; gives hosts to the cluster on the conductor. */
        void follow(Cluster cluster);

        /** Looks no more. */
        void forget(Cluster cluster);
    }

    /**
     * @param conductor
     *            runs what a worker asks for on the conductor
     * @param prober
     *            carries health checks out
     * @param events
     *            hears of changes of hosts' health
     * @param pools
     *            keeps connections in step with a cluster's hosts; what it returns is called when the cluster goes
     * @param secrets
     *            finds what TLS with hosts has by name, and has it renewed
     */
    ClusterKeeper(Stats stats, NanoClock clock, Conductor conductor, WireProber prober, HealthLogs events,
            Discovery discovery, Function<Cluster, Runnable> pools, SecretKeeper secrets) {
        this.secrets = secrets;
        this.conductor = conductor;
        this.prober = prober;
        this.events = events;
        this.stats = stats;
        this.clock = clock;
        this.discovery = discovery;
        this.pools = pools;
        Scope manager = stats.root().child("cluster_manager");
        this.active = manager.gauge("active_clusters");
        this.added = manager.counter("cluster_added");
        this.modified = manager.counter("cluster_modified");
        this.removed = manager.counter("cluster_removed");
        manager.gauge("warming_clusters", () -> clusters.all().stream().filter(cluster -> !cluster.warmed()).count());
    }

    Clusters clusters() {
        return clusters;
    }

    /**
     * This is who the proxy is and where it stands, and the cluster that it is one of. To be told before
     * {@link #commit}.
     *
     * @param clusterName
     *            empty: none
     */
    void standAt(NodeId node, String clusterName) {
        own = node.locality();
        localCluster = clusterName;
        // a node that has a name is the same after a restart, and uses the same hosts of a large cluster
        long identity = node.id().isEmpty() ? anybody : XxHash64.of(node.cluster() + '/' + node.id());
        self = new Self(identity, node.peerIndex(), node.peerCount());
    }

    /** Tells every cluster where the proxies of the local cluster stand. */
    private void tellLocals() {
        Cluster local = clusters.find(localCluster);
        Locals locals = local == null
                ? Locals.at(own)
                : Locals.of(own, local.view().hosts(), local.spec().balancing().tiers().panicPercent());
        clusters.all().forEach(cluster -> cluster.locals(locals.as(self)));
    }

    /**
     * Makes the sockets of these clusters ready, and keeps those of clusters whose sockets do not change. Reads files,
     * and changes nothing. To be followed by {@link #commit}, or by {@link #undo}.
     */
    Prepared prepare(List<ClusterSpec> specs) {
        List<ClusterSpec> opened = new ArrayList<>();
        List<Listeners.Refusal> refusals = new ArrayList<>();
        Instant begun = Instant.now();
        for (int i = 0; i < specs.size(); i++) {
            ClusterSpec spec = specs.get(i);
            Cluster present = clusters.find(spec.name());
            ClusterSpec before = present == null ? null : present.spec();
            boolean same = before != null && before.statName().equals(spec.statName());
            try {
                opened.add(HostTls.opened(spec, same ? before : null, scope(spec), secrets));
            } catch (TlsFailure e) {
                refusals.add(new Listeners.Refusal(i, e.path(), e.value(), e.text(), e.cure()));
            } catch (RuntimeException bug) {
                undo(new Prepared(specs, opened, refusals, begun));
                throw bug;
            }
        }
        return new Prepared(specs, opened, refusals, begun);
    }

    /**
     * These are the clusters from now on, except that those which go stay until {@link #removeOthers}: routes that name
     * them may still be in use. One that stays keeps its hosts, counts and connections.
     */
    void commit(Prepared prepared) {
        applyOpened(prepared.opened);
        followSockets(prepared.begun);
    }

    /** The first of all; why they cannot be. */
    List<Listeners.Refusal> begin(List<ClusterSpec> first) {
        Prepared prepared = prepare(first);
        if (prepared.refusals.isEmpty()) {
            commit(prepared);
        } else {
            undo(prepared);
        }
        return prepared.refusals;
    }

    /** Does what is to be done before {@link #commit}; when that fails by a bug, the clusters are not to be either. */
    <T> T orUndo(Prepared prepared, Supplier<T> next) {
        try {
            return next.get();
        } catch (RuntimeException bug) {
            undo(prepared);
            throw bug;
        }
    }

    /** They are not to be: their new sockets and what they would have counted go, all else is as before. */
    void undo(Prepared prepared) {
        Set<HostTls> kept = Collections.newSetFromMap(new IdentityHashMap<>());
        clusters.all().stream().map(cluster -> HostTls.of(cluster.spec())).filter(Objects::nonNull).forEach(kept::add);
        prepared.opened.stream().map(HostTls::of).filter(socket -> socket != null && kept.add(socket))
                .forEach(HostTls::release);
        Set<String> present = new HashSet<>();
        clusters.all().forEach(cluster -> present.add(cluster.spec().statName()));
        prepared.specs.stream().filter(spec -> !present.contains(spec.statName()))
                .forEach(spec -> scope(spec).remove());
    }

    /**
     * Has the sockets of all clusters renewed when their files change, and no others.
     *
     * @param begun
     *            when the files of new ones began to be read
     */
    private void followSockets(Instant begun) {
        Set<HostTls> now = new HashSet<>();
        for (Cluster cluster : clusters.all()) {
            HostTls opened = HostTls.of(cluster.spec());
            if (opened != null) {
                now.add(opened);
                sockets.computeIfAbsent(opened, socket -> secrets.follow(socket, "cluster " + cluster.name(),
                        scope(cluster.spec()).child("client_ssl_socket_factory"), begun));
            }
        }
        sockets.entrySet().removeIf(each -> {
            boolean gone = !now.contains(each.getKey());
            if (gone) {
                each.getValue().run();
            }
            return gone;
        });
    }

    private Scope scope(ClusterSpec spec) {
        return stats.root().child("cluster").tagged("envoy.cluster_name", spec.statName());
    }

    private void applyOpened(List<ClusterSpec> specs) {
        List<Cluster> fresh = new ArrayList<>();
        List<Cluster> followed = new ArrayList<>();
        for (ClusterSpec spec : specs) {
            Cluster present = clusters.find(spec.name());
            events.open(spec);
            if (present != null && present.spec().equals(spec)) {
                continue;
            }
            if (present != null && present.spec().statName().equals(spec.statName())
                    && present.spec().type() == spec.type()) {
                present.update(spec, clock.nanos());
                modified.increment();
                followed.add(present);
                continue;
            }
            if (present != null) {
                forget(present);
            }
            Cluster cluster = new Cluster(spec, stats);
            cluster.surroundings(surroundings(cluster), clock.nanos());
            goodbyes.put(cluster, pools.apply(cluster));
            cluster.onChange(view -> {
                if (view.spec().name().equals(localCluster)) {
                    tellLocals();
                }
                aggregates.changed(view.spec().name());
            });
            fresh.add(cluster);
            followed.add(cluster);
        }
        clusters.putAll(fresh);
        tellLocals();
        aggregates.gather();
        added.add(fresh.size());
        active.set(clusters.all().size());
        for (Cluster cluster : followed) {
            switch (cluster.spec().type()) {
                case STRICT_DNS, LOGICAL_DNS -> discovery.follow(cluster);
                case STATIC, AGGREGATE, ORIGINAL_DST -> {
                    // its hosts are told, or come by themselves
                }
            }
        }
    }

    private Surroundings surroundings(Cluster cluster) {
        return new Surroundings(dice.split(), wake(cluster),
                nanos -> conductor.after(nanos, () -> cluster.check(clock.nanos())), events::outlier,
                target -> prober.probe(target, cluster::spec),
                events::check);
    }

    /** Has the cluster ticked soon, once however many workers ask for it at the same time. */
    private Runnable wake(Cluster cluster) {
        AtomicBoolean asked = new AtomicBoolean();
        return () -> {
            if (asked.compareAndSet(false, true)) {
                conductor.execute(() -> {
                    asked.set(false);
                    cluster.tick(clock.nanos());
                });
            }
        };
    }

    private void forget(Cluster cluster) {
        discovery.forget(cluster);
        cluster.end();
        Runnable goodbye = goodbyes.remove(cluster);
        if (goodbye != null) {
            goodbye.run();
        }
    }

    /** Takes away every cluster that is not among these. */
    void removeOthers(List<ClusterSpec> specs) {
        Set<String> kept = new HashSet<>();
        specs.forEach(spec -> kept.add(spec.name()));
        List<Cluster> gone = clusters.all().stream().filter(cluster -> !kept.contains(cluster.name())).toList();
        clusters.removeAll(gone.stream().map(Cluster::name).toList());
        for (Cluster cluster : gone) {
            forget(cluster);
            scope(cluster.spec()).remove();
            removed.increment();
        }
        followSockets(Instant.now());
        aggregates.gather();
        active.set(clusters.all().size());
    }

    /** Whether every cluster has had its first hosts. */
    boolean warmed() {
        return clusters.all().stream().allMatch(Cluster::warmed);
    }

    /** Waits for the first hosts of all clusters, so that the first request finds one; not for ever. */
    void awaitWarm() {
        if (warmed()) {
            return;
        }
        CompletableFuture<Void> warm = new CompletableFuture<>();
        conductor.call(() -> {
            clusters.all().forEach(cluster -> cluster.onChange(_ -> {
                if (warmed()) {
                    warm.complete(null);
                }
            }));
            if (warmed()) {
                warm.complete(null);
            }
            return null;
        });
        try {
            warm.get(WARM_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            LOG.warn("some clusters have no hosts after {} s; serving without them", WARM_SECONDS_MAX);
        } catch (InterruptedException | ExecutionException e) {
            Thread.currentThread().interrupt();
        }
    }
}
