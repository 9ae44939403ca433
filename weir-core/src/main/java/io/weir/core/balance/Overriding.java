package io.weir.core.balance;

import io.weir.core.balance.Pick.Chosen;
import io.weir.core.balance.Pick.Refused;
import io.weir.core.model.Announced;
import io.weir.core.model.Host;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The host that a request is bound to by its session, or the first of those that it names, where it may still be used:
 * found by its address, whatever its tier. A draining host keeps its sessions if it is told to; one that is down loses
 * them. Immutable but for the index, which is made when the first bound request comes; any thread.
 */
final class Overriding implements Picker {
    private static final Pick REFUSED = new Refused(Reason.NO_HEALTHY_HOST);

    private final Picker picker;
    private final Directory directory;
    private final Set<Announced> statuses;

    /** The hosts of a cluster by address; one for as long as the hosts stay the same. */
    static final class Directory {
        private final List<Host> hosts;
        private volatile @Nullable Map<String, Chosen> byAddress;

        Directory(List<Host> hosts) {
            this.hosts = hosts;
        }

        boolean of(List<Host> others) {
            return hosts.equals(others);
        }

        @Nullable
        Chosen find(String address) {
            Map<String, Chosen> index = byAddress;
            if (index == null) {
                index = HashMap.newHashMap(hosts.size());
                for (Host host : hosts) {
                    index.put(host.addressText(), new Chosen(host));
                }
                byAddress = index;
            }
            return index.get(address);
        }
    }

    Overriding(Picker picker, Directory directory, Set<Announced> statuses) {
        this.picker = picker;
        this.directory = directory;
        this.statuses = statuses;
    }

    @Override
    public Pick pick(PickContext context) {
        String address = context.overrideHost(0);
        if (address == null) {
            return picker.pick(context);
        }
        boolean strict = context.overrideStrict();
        for (int n = 1; address != null; n++) {
            Chosen bound = directory.find(address);
            if (bound != null && allowed(bound.host()) && (strict || !context.excluded(bound.host()))) {
                return bound;
            }
            address = context.overrideHost(n);
        }
        return strict ? REFUSED : picker.pick(context);
    }

    private boolean allowed(Host host) {
        Announced announced = host.endpoint().announced();
        // what is down is unhealthy, whatever was announced of it before; a check may find degraded what no source did
        Announced status = host.down()
                ? Announced.UNHEALTHY
                : announced.healthy() && host.degraded() ? Announced.DEGRADED : announced;
        return statuses.contains(status);
    }
}
