package io.weir.core.cluster;

import io.weir.core.model.Host;
import io.weir.core.model.HostSet;
import io.weir.core.model.SlowStart;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which hosts of a cluster start slowly, and how far they have come. A host starts when it is healthy in a view and was
 * not in the one before. The conductor's.
 */
final class Starts {
    /** A window is gone through in about so many steps, each of which makes a view. */
    private static final int STEPS = 32;
    private static final long STEP_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

    private final Map<Host, Long> starting = new HashMap<>();
    private @Nullable Set<Host> healthy;
    private long steppedNanos;

    /** The next view will have these hosts. */
    void view(@Nullable SlowStart rule, HostSet hosts, long nowNanos) {
        if (rule == null) {
            starting.keySet().forEach(host -> host.startFactor(1));
            starting.clear();
            healthy = null;
            return;
        }
        Set<Host> now = HashSet.newHashSet(hosts.healthyCount());
        hosts.priorities().forEach(priority -> now.addAll(priority.healthy()));
        // who is not healthy any more is not on its way any more either: it starts anew when it comes back
        starting.keySet().removeIf(host -> {
            boolean gone = !now.contains(host);
            if (gone) {
                host.startFactor(1);
            }
            return gone;
        });
        Set<Host> before = healthy;
        // of the first hosts a cluster ever has, all are new: they share as if none were
        if (before != null && !before.isEmpty()) {
            for (Host host : now) {
                if (!before.contains(host)) {
                    starting.put(host, nowNanos);
                    host.startFactor(rule.factor(0));
                }
            }
        }
        healthy = now;
    }

    /** Time goes on. Returns whether weights have changed, which is never more often than there are steps. */
    boolean tick(@Nullable SlowStart rule, long nowNanos) {
        if (rule == null || starting.isEmpty()
                || nowNanos - steppedNanos < Math.min(STEP_NANOS_MAX, rule.windowNanos() / STEPS)) {
            return false;
        }
        steppedNanos = nowNanos;
        Iterator<Map.Entry<Host, Long>> all = starting.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<Host, Long> entry = all.next();
            double factor = rule.factor(nowNanos - entry.getValue());
            entry.getKey().startFactor(factor);
            if (factor >= 1) {
                all.remove();
            }
        }
        return true;
    }
}
