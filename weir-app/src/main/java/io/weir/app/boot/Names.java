package io.weir.app.boot;

import io.weir.core.cluster.Cluster;
import io.weir.core.time.NanoClock;
import io.weir.discovery.dns.DnsDiscovery;
import io.weir.discovery.dns.ResolverOptions;
import io.weir.net.transport.Workers;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Finds the hosts of clusters that have names; asks nobody and loads nothing while there are none. The conductor's. */
final class Names implements ClusterKeeper.Discovery, AutoCloseable {
    private final Conductor conductor;
    private final Workers workers;
    private final NanoClock clock;
    private @Nullable DnsDiscovery dns;

    Names(Conductor conductor, Workers workers, NanoClock clock) {
        this.conductor = conductor;
        this.workers = workers;
        this.clock = clock;
    }

    @Override
    public void follow(Cluster cluster) {
        DnsDiscovery following = dns;
        if (following == null) {
            following = new DnsDiscovery(workers, ResolverOptions.system(), conductor, clock, new SplittableRandom());
            dns = following;
        }
        following.follow(cluster);
    }

    @Override
    public void forget(Cluster cluster) {
        if (dns != null) {
            dns.forget(cluster);
        }
    }

    @Override
    public void close() {
        if (dns != null) {
            dns.close();
        }
    }
}
