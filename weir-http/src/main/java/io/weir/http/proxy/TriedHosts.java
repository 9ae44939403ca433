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
import java.util.BitSet;
import java.util.function.Predicate;
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
    /** The priorities that are left out, of this cluster. */
    private final BitSet left = new BitSet();
    private @Nullable Cluster cluster;
    /** The first of the hosts whose priorities count. */
    private int since;
    private final Predicate<Cluster> untried = this::hasUntried;

    TriedHosts(Worker worker, Affinity affinity) {
        this.worker = worker;
        this.affinity = affinity;
    }

    /** Another request begins, that has been to no host. */
    void begin(Cluster to, Forward how, Target target) {
        clear();
        criteria = affinity.criteria(target.criteria());
        rule = how.retry().hosts();
        affinity.begin(how.hashKeys(), to.spec());
    }

    /**
     * The cluster to try next: this one as long as it has a host that has not been tried and is well; then another, of
     * those that its route's cluster stands for.
     */
    Cluster elsewhere(Cluster from) {
        leavePriorities(from);
        return hasUntried(from) ? from : affinity.elsewhere(from, untried);
    }

    private boolean hasUntried(Cluster one) {
        for (HostSet.Priority priority : one.view().hosts().priorities()) {
            if (one == cluster ? excluded(priority.number()) : rule.prioritiesEvery() > 0 && been(priority)) {
                continue;
            }
            for (Host host : priority.healthy()) {
                if (!host.down() && !excluded(host)) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean been(HostSet.Priority priority) {
        for (int i = 0; i < count; i++) {
            if (priority.hosts().contains(hosts[i])) {
                return true;
            }
        }
        return false;
    }

    /** Asks for a host of its cluster. */
    Pick pick(Cluster to) {
        leavePriorities(to);
        if (!left.isEmpty() && !carries(to)) { // as in Envoy: those that were left out are tried anew
            left.clear();
            since = count;
        }
        return affinity.picker(to).pick(this);
    }

    /** Leaves out the priorities of the hosts tried so far, where it is time for that. Source: Envoy's source. */
    private void leavePriorities(Cluster to) {
        if (rule.prioritiesEvery() == 0 || count == 0) {
            return;
        }
        if (cluster != to) {
            since = cluster == null ? 0 : count; // its own priorities have not been tried
            cluster = to;
            left.clear();
        }
        if ((count - since) % rule.prioritiesEvery() == 0) {
            for (int i = since; i < count; i++) {
                Host host = hosts[i];
                if (host != null) {
                    left.set(host.endpoint().priority());
                }
            }
        }
    }

    /** Whether a priority that is not left out has a host that can carry the request. */
    private boolean carries(Cluster to) {
        for (HostSet.Priority priority : to.view().hosts().priorities()) {
            if (!left.get(priority.number()) && !(priority.healthy().isEmpty() && priority.degraded().isEmpty())) {
                return true;
            }
        }
        return false;
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
        since = 0;
        cluster = null;
        left.clear();
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

    @Override
    public boolean excluded(int priority) {
        return left.get(priority);
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
