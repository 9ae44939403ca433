package io.weir.core.cluster;

import io.weir.core.balance.Pick;
import io.weir.core.balance.PickContext;
import io.weir.core.balance.Picker;
import io.weir.core.balance.Reason;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The hosts of a cluster of type ORIGINAL_DST: one for each address that a request has asked for, made by the worker
 * that first hears of it, and forgotten when nobody has gone there for a while. Any thread picks; the conductor
 * forgets.
 */
final class Destinations implements Picker {
    /** Hosts at once: more would be somebody who asks for addresses to fill our memory. */
    static final int HOSTS_MAX = 65_536;
    private static final Pick NOWHERE = new Pick.Refused(Reason.NO_HOST);

    private static final class Destination {
        private final Pick.Chosen chosen;
        private volatile boolean used = true;

        Destination(SocketAddress address) {
            this.chosen = new Pick.Chosen(new Host(Endpoint.of(address)));
        }
    }

    private final ConcurrentMap<SocketAddress, Destination> byAddress = new ConcurrentHashMap<>();
    private volatile boolean changed;
    private long cleanedNanos;

    @Override
    public Pick pick(PickContext context) {
        SocketAddress address = context.destination();
        if (address == null) {
            return NOWHERE;
        }
        Destination known = byAddress.get(address);
        if (known == null) {
            if (byAddress.size() >= HOSTS_MAX) {
                return NOWHERE;
            }
            known = byAddress.computeIfAbsent(address, Destination::new);
            changed = true;
        }
        if (!known.used) {
            known.used = true;
        }
        return known.chosen;
    }

    /** Time goes on: forgets what is not used. Returns whether there are other hosts than before. Conductor. */
    boolean tick(long cleanupNanos, long nowNanos) {
        boolean different = changed;
        changed = false;
        if (nowNanos - cleanedNanos >= cleanupNanos) {
            cleanedNanos = nowNanos;
            for (Destination each : byAddress.values()) {
                Host host = each.chosen.host();
                if (!each.used && host.requestsActive() == 0 && host.connectionsActive() == 0) {
                    different |= byAddress.remove(host.address(), each);
                }
                each.used = false;
            }
        }
        return different;
    }

    /** All of them now. */
    List<Host> hosts() {
        return byAddress.values().stream().map(each -> each.chosen.host()).toList();
    }
}
