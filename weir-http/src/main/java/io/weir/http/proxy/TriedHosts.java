package io.weir.http.proxy;

import io.weir.core.balance.Pick;
import io.weir.core.balance.PickContext;
import io.weir.core.cluster.Cluster;
import io.weir.core.model.Criteria;
import io.weir.core.model.Host;
import io.weir.core.model.HostSet;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.Forward;
import io.weir.http.route.RetryHosts;
import io.weir.http.route.Target;
import io.weir.net.transport.Worker;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a picker may know of one request: above all the hosts that it has been sent to already. They are few, so an
 * array is looked through.
 */
final class TriedHosts implements PickContext {
    private final Worker worker;
    private @Nullable Host[] hosts = new @Nullable Host[4];
    private int count;
    private @Nullable Criteria criteria;
    private RetryHosts rule = RetryHosts.ANY;
    private final Affinity affinity;

    TriedHosts(Worker worker, Affinity affinity) {
        this.worker = worker;
        this.affinity = affinity;
    }

    /** Another request begins, that has been to no host. */
    void begin(Cluster to, Forward how, Target target) {
        clear();
        criteria = target.criteria();
        rule = how.retry().hosts();
        affinity.begin(how.hashKeys(), to.spec());
    }

    /**
     * The cluster to try next: this one as long as it has a host that has not been tried and is well; then another, of
     * those that its route's cluster stands for.
     */
    Cluster elsewhere(Cluster from) {
        for (HostSet.Priority priority : from.view().hosts().priorities()) {
            for (Host host : priority.healthy()) {
                if (!host.down() && !excluded(host)) {
                    return from;
                }
            }
        }
        return affinity.elsewhere(from);
    }

    /** Asks for a host of its cluster. */
    Pick pick(Cluster to) {
        return affinity.picker(to).pick(this);
    }

    /** A host has answered, and nothing will be tried after that. */
    void answered(HttpHead response) {
        affinity.answered(response);
    }

    @Override
    public long hash() {
        return affinity.hash();
    }

    @Override
    public boolean hashed() {
        return affinity.hashed();
    }

    @Override
    public @Nullable String overrideHost(int n) {
        return affinity.overrideHost(n);
    }

    @Override
    public @Nullable SocketAddress destination() {
        return affinity.destination();
    }

    @Override
    public boolean overrideStrict() {
        return affinity.overrideStrict();
    }

    @Override
    public RandomGenerator random() {
        return worker.random();
    }

    @Override
    public long nowNanos() {
        return worker.nowNanos();
    }

    @Override
    public @Nullable Criteria criteria() {
        return criteria;
    }

    private void clear() {
        for (int i = 0; i < count; i++) {
            hosts[i] = null;
        }
        count = 0;
    }

    void add(Host host) {
        if (count == hosts.length) {
            hosts = Arrays.copyOf(hosts, count * 2);
        }
        hosts[count++] = host;
    }

    @Override
    public boolean repeated() {
        return count > 0;
    }

    @Override
    public boolean excluded(Host host) {
        return been(host) || (count > 0 && rule.omits(host));
    }

    /** Whether the request has been at this host. */
    boolean been(Host host) {
        for (int i = 0; i < count; i++) {
            if (hosts[i] == host) {
                return true;
            }
        }
        return false;
    }
}
