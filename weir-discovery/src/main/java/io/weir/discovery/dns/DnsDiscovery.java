package io.weir.discovery.dns;

import io.weir.core.cluster.Cluster;
import io.weir.core.model.DiscoveryType;
import io.weir.core.time.NanoClock;
import io.weir.net.transport.Worker;
import io.weir.net.transport.Workers;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * Finds the hosts of STRICT_DNS and LOGICAL_DNS clusters and keeps them current. Names are asked for on the first
 * worker's thread; hosts are given to a cluster on the conductor. A name that is not answered, or that is answered with
 * nothing, leaves the hosts it had before.
 */
public final class DnsDiscovery implements AutoCloseable {
    private final Worker worker;
    private final Questions questions;
    private final Executor conductor;
    private final NanoClock clock;
    private final RandomGenerator dice;
    private final Map<Cluster, Following> followed = new HashMap<>();

    /**
     * Nothing is followed yet.
     *
     * @param conductor
     *            runs what changes a cluster, one task after the other
     * @param clock
     *            what clusters are told the time by
     * @param dice
     *            for jitter; used by one thread at a time
     */
    public DnsDiscovery(Workers workers, ResolverOptions options, Executor conductor, NanoClock clock,
            RandomGenerator dice) {
        this.worker = workers.all().getFirst();
        this.questions = new Questions(new NameResolver(worker, options));
        this.conductor = conductor;
        this.clock = clock;
        this.dice = dice;
    }

    /**
     * Begins to look for the hosts of a cluster, or, when it is followed already, goes on by its changed spec, keeping
     * what is known of names that stay. A STATIC cluster is left alone. The cluster is warmed as soon as each of its
     * names was answered or failed once. Any thread.
     */
    public void follow(Cluster cluster) {
        if (cluster.spec().type() == DiscoveryType.STATIC) {
            return;
        }
        worker.loop().execute(() -> followed
                .computeIfAbsent(cluster, c -> new Following(c, worker, questions, conductor, clock, dice)).update());
    }

    /** Looks no more; the cluster keeps the hosts it has. Any thread. */
    public void forget(Cluster cluster) {
        worker.loop().execute(() -> {
            Following gone = followed.remove(cluster);
            if (gone != null) {
                gone.end();
            }
        });
    }

    /** Looks for nothing more. */
    @Override
    public void close() {
        if (worker.loop().isShuttingDown()) {
            return;
        }
        worker.loop().execute(() -> {
            followed.values().forEach(Following::end);
            followed.clear();
            questions.close();
        });
    }
}
