package io.weir.core.cluster;

import io.weir.core.health.OutlierEvent;
import io.weir.core.model.Host;
import io.weir.core.rule.EjectionSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The hosts of a cluster that could not be reached and are left out for it: of a hundred thousand hosts only these are
 * looked at when time goes on. Workers add to them; the conductor lets them back and tells of both.
 */
final class Ejections {
    private record Out(Host host, long sinceNanos) {
    }

    private final String cluster;
    private final Consumer<OutlierEvent> heard;
    private final Queue<Host> fresh = new ConcurrentLinkedQueue<>();
    private final List<Out> out = new ArrayList<>();

    /**
     * @param cluster
     *            its name, for events
     * @param heard
     *            hears of each ejection with the next tick, and of each return; on the conductor
     */
    Ejections(String cluster, Consumer<OutlierEvent> heard) {
        this.cluster = cluster;
        this.heard = heard;
    }

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
                out.add(new Out(host, nowNanos));
                changed.add(host);
                heard.accept(OutlierEvent.unreachable(cluster, host.addressText(), host.ejections(),
                        Host.UNREACHABLE_REASON));
            }
        }
        out.removeIf(one -> {
            Host host = one.host;
            if (!member.test(host)) {
                return true;
            }
            if (host.tick(rule, nowNanos)) {
                changed.add(host);
                heard.accept(OutlierEvent.onTrial(cluster, host.addressText(), nowNanos - one.sinceNanos,
                        host.ejections(), Host.TRIAL_REASON));
                // who is ejected again by now is among the fresh ones, or will be
                return true;
            }
            return !host.ejected();
        });
        return changed;
    }
}
