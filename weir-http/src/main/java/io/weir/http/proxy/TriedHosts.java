package io.weir.http.proxy;

import io.weir.core.balance.PickContext;
import io.weir.core.model.Criteria;
import io.weir.core.model.Host;
import io.weir.net.transport.Worker;
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

    TriedHosts(Worker worker) {
        this.worker = worker;
    }

    @Override
    public long hash() {
        return 0;
    }

    @Override
    public RandomGenerator random() {
        return worker.random();
    }

    @Override
    public long nowNanos() {
        return worker.nowNanos();
    }

    /** The next request asks this of its hosts' metadata; null: nothing. */
    void asking(@Nullable Criteria its) {
        criteria = its;
    }

    @Override
    public @Nullable Criteria criteria() {
        return criteria;
    }

    void clear() {
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
        for (int i = 0; i < count; i++) {
            if (hosts[i] == host) {
                return true;
            }
        }
        return false;
    }
}
