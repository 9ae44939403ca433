package io.weir.core.cluster;

import io.weir.core.model.Host;
import io.weir.core.rule.EjectionSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;

/**
 * The hosts of a cluster that could not be reached and are left out for it: of a hundred thousand hosts only these are
 * looked at when time goes on. Workers add to them; the conductor lets them back.
 */
final class Ejections {
    private final Queue<Host> fresh = new ConcurrentLinkedQueue<>();
    private final List<Host> out = new ArrayList<>();

    /** This host has just been ejected. Any thread. */
    void ejected(Host host) {
        fresh.add(host);
    }

    /**
     * Lets those back whose time is over. Conductor.
     *
     * @param member
     *            says of a host whether it is still one of the cluster's
     * @return those that were ejected since the last time, or are back
     */
    List<Host> tick(EjectionSpec rule, Predicate<Host> member, long nowNanos) {
        if (out.isEmpty() && fresh.isEmpty()) {
            return List.of();
        }
        List<Host> changed = new ArrayList<>();
        for (Host host = fresh.poll(); host != null; host = fresh.poll()) {
            if (member.test(host)) {
                out.add(host);
                changed.add(host);
            }
        }
        out.removeIf(host -> {
            if (!member.test(host)) {
                return true;
            }
            if (host.tick(rule, nowNanos)) {
                changed.add(host);
            }
            return !host.ejected();
        });
        return changed;
    }
}
