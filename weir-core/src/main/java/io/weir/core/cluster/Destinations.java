package io.weir.core.cluster;

import io.weir.core.balance.Pick;
import io.weir.core.balance.PickContext;
import io.weir.core.balance.Picker;
import io.weir.core.balance.Reason;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The hosts of a cluster of type ORIGINAL_DST: one for each address that a request has asked for, made by the worker
 * that first hears of it and a member from then on, and forgotten when nobody has gone there for a while. Any thread
 * picks; the conductor forgets.
 */
final class Destinations implements Picker {
    /** Hosts at once: more would be somebody who asks for addresses to fill our memory. */
    static final int HOSTS_MAX = 65_536;
    private static final Pick NOWHERE = new Pick.Refused(Reason.NO_HOST);

    /** Whether somebody has gone there since the conductor last looked; GONE is for good. */
    private enum Use {
        RECENT, NONE, GONE
    }

    private static final class Destination {
        private final Pick.Chosen chosen;
        private final AtomicReference<Use> use = new AtomicReference<>(Use.RECENT);
        /** Has been told of by {@link Destinations#hosts}. The conductor's. */
        private boolean shown;

        Destination(SocketAddress address) {
            this.chosen = new Pick.Chosen(new Host(Endpoint.of(address)));
        }

        /** Somebody goes there; false where it is forgotten already. Any thread. */
        boolean take() {
            Use seen = use.get();
            while (seen == Use.NONE) {
                seen = use.compareAndSet(Use.NONE, Use.RECENT) ? Use.RECENT : use.get();
            }
            return seen == Use.RECENT;
        }

        /** Whether nobody goes there any more, which is final. Conductor. */
        boolean abandoned() {
            Host host = chosen.host();
            // what no view has had is not forgotten: whoever hears of hosts that go would not hear of this one
            boolean idle = shown && host.requestsActive() == 0 && host.connectionsActive() == 0;
            if (idle && use.compareAndSet(Use.NONE, Use.GONE)) {
                return true;
            }
            use.set(Use.NONE);
            return false;
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
        while (known == null || !known.take()) {
            if (known != null) {
                byAddress.remove(address, known); // as the conductor is about to
            } else if (byAddress.size() >= HOSTS_MAX) {
                return NOWHERE;
            }
            known = byAddress.computeIfAbsent(address, Destination::new);
            changed = true;
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
                if (each.abandoned()) {
                    byAddress.remove(each.chosen.host().address(), each);
                    different = true;
                }
            }
        }
        return different;
    }

    /** Whether this is one of them now, which it is before the next tick shows it in a view. Any thread. */
    boolean has(Host host) {
        Destination known = byAddress.get(host.address());
        return known != null && known.chosen.host() == host;
    }

    /** All of them now, for a view. Conductor. */
    List<Host> hosts() {
        List<Host> hosts = new ArrayList<>(byAddress.size());
        for (Destination each : byAddress.values()) {
            each.shown = true;
            hosts.add(each.chosen.host());
        }
        return hosts;
    }
}
