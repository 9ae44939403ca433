package io.weir.core.balance;

import io.weir.core.balance.Pick.Chosen;
import io.weir.core.balance.Pick.Refused;
import io.weir.core.model.Announced;
import io.weir.core.model.Host;
import io.weir.core.model.HostList;
import io.weir.core.model.HostSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The host that a request is bound to by its session, or the first of those that it names, where it may still be used:
 * found by its address, whatever its tier. A draining host keeps its sessions if it is told to; one that is down loses
 * them. Immutable but for the index; any thread.
 */
final class Overriding implements Picker {
    private static final Pick REFUSED = new Refused(Reason.NO_HEALTHY_HOST);

    private final Picker picker;
    private final Directory directory;
    private final Set<Announced> statuses;

    /**
     * The hosts of a cluster by address, whatever its views: the conductor keeps it in step with them, from the tick on
     * that follows the first request which is bound to a host. Until then such requests look through all hosts.
     */
    static final class Directory {
        private volatile HostList hosts = HostSet.EMPTY.all();
        private volatile boolean asked;
        private volatile @Nullable ConcurrentMap<String, Chosen> byAddress;

        /**
         * The hosts are these from now on. Conductor.
         *
         * @param touched
         *            those of them, or of those before, that have changed; null: any may have
         */
        void hosts(HostList now, @Nullable List<Host> touched) {
            hosts = now;
            ConcurrentMap<String, Chosen> index = byAddress;
            if (index != null && touched != null) {
                for (Host host : touched) {
                    Chosen chosen = new Chosen(host);
                    if (now.contains(host)) {
                        index.put(host.addressText(), chosen);
                    } else {
                        // its address may be another host's already
                        index.remove(host.addressText(), chosen);
                    }
                }
            } else if (index != null) {
                byAddress = index(now);
            }
        }

        /** Conductor. */
        void tick() {
            if (asked && byAddress == null) {
                byAddress = index(hosts);
            }
        }

        private static ConcurrentMap<String, Chosen> index(HostList hosts) {
            ConcurrentMap<String, Chosen> index = new ConcurrentHashMap<>();
            hosts.forEach(host -> index.put(host.addressText(), new Chosen(host)));
            return index;
        }

        @Nullable
        Chosen find(String address) {
            Map<String, Chosen> index = byAddress;
            if (index != null) {
                return index.get(address);
            }
            asked = true;
            for (Host host : hosts.array()) {
                if (host.addressText().equals(address)) {
                    return new Chosen(host);
                }
            }
            return null;
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
