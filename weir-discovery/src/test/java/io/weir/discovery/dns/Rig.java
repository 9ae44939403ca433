package io.weir.discovery.dns;

import io.weir.core.cluster.Cluster;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.DiscoveryType;
import io.weir.core.model.DnsOptions;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.model.LookupFamily;
import io.weir.core.stats.Stats;
import io.weir.net.transport.Workers;
import io.weir.testkit.Await;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Discovery with a conductor of its own. */
final class Rig implements AutoCloseable {
    static final DnsOptions FAST = options(50, LookupFamily.V4_ONLY);

    final Stats stats = new Stats();
    final DnsDiscovery discovery;
    private final Workers workers = Workers.start(1);
    private final ExecutorService conductor = Executors.newSingleThreadExecutor();

    Rig(ResolverOptions options) {
        discovery = new DnsDiscovery(workers, options, conductor, System::nanoTime, new SplittableRandom(1));
    }

    static Rig asking(ScriptedDns... servers) {
        return new Rig(ResolverOptions.of(Arrays.stream(servers).map(ScriptedDns::address).toList())
                .withQueryTimeoutNanos(TimeUnit.MILLISECONDS.toNanos(300)));
    }

    /** Where it is seen what happens before a question is given up: a busy machine takes its time for that too. */
    static Rig patient(ScriptedDns server) {
        return new Rig(ResolverOptions.of(List.of(server.address()))
                .withQueryTimeoutNanos(TimeUnit.SECONDS.toNanos(1)));
    }

    static DnsOptions options(long refreshMillis, LookupFamily family) {
        long nanos = TimeUnit.MILLISECONDS.toNanos(refreshMillis);
        return new DnsOptions(nanos, nanos, 0, false, family);
    }

    static ClusterSpec spec(DiscoveryType type, DnsOptions dns, String... names) {
        List<Endpoint> endpoints = Arrays.stream(names)
                .map(name -> Endpoint.of(InetSocketAddress.createUnresolved(name, 8080))).toList();
        return ClusterSpec.of("names", endpoints).withType(type).withDns(dns);
    }

    Cluster follow(ClusterSpec spec) {
        Cluster cluster = new Cluster(spec, stats);
        discovery.follow(cluster);
        return cluster;
    }

    Cluster strict(DnsOptions dns, String... names) {
        return follow(spec(DiscoveryType.STRICT_DNS, dns, names));
    }

    /** On the conductor, as everything that changes a cluster. */
    void conduct(Runnable change) {
        CompletableFuture.runAsync(change, conductor).join();
    }

    static List<String> hosts(Cluster cluster) {
        return cluster.view().hosts().all().stream().map(Host::addressText).sorted().toList();
    }

    static void awaitHosts(Cluster cluster, String... addresses) {
        List<String> wanted = Arrays.stream(addresses).sorted().toList();
        await(wanted + " of " + cluster.name(), () -> hosts(cluster).equals(wanted));
    }

    static void await(String what, BooleanSupplier condition) {
        Await.until(what, condition::getAsBoolean);
    }

    @Override
    public void close() {
        discovery.close();
        workers.close();
        conductor.shutdownNow();
    }
}
