package io.weir.testkit.sim.engine;

import io.weir.core.balance.PickContext;
import io.weir.core.cluster.Cluster;
import io.weir.core.model.Host;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** One worker of one client: its own dice over the cluster that all workers of the client share, or over one alone. */
final class Worker implements PickContext {
    private final Client client;
    private final Cluster cluster;
    private final RandomGenerator dice;
    private final Timeline timeline;
    private List<Host> tried = List.of();
    private long hash;
    private boolean hashed;

    Worker(Client client, Cluster cluster, RandomGenerator dice, Timeline timeline) {
        this.client = client;
        this.cluster = cluster;
        this.dice = dice;
        this.timeline = timeline;
    }

    Client client() {
        return client;
    }

    Cluster cluster() {
        return cluster;
    }

    /** The next pick is for this request. */
    PickContext asking(long key, boolean keyed, List<Host> before) {
        hash = key;
        hashed = keyed;
        tried = before;
        return this;
    }

    static List<Host> with(List<Host> hosts, Host host) {
        List<Host> more = new ArrayList<>(hosts);
        more.add(host);
        return more;
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
        return dice;
    }

    @Override
    public long nowNanos() {
        return timeline.nowNanos();
    }

    @Override
    public boolean excluded(Host host) {
        return tried.contains(host);
    }
}
