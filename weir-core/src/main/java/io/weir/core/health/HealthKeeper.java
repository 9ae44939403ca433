package io.weir.core.health;

import io.weir.core.model.HealthFlag;
import io.weir.core.model.Host;
import io.weir.core.rule.CheckSpec;
import io.weir.core.rule.HealthRules;
import io.weir.core.rule.OutlierSpec;
import io.weir.core.stats.Scope;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the health of one cluster's hosts as its rules say: outlier detection and active checks, where there are any.
 * The conductor's, but for {@link #askedOut}.
 */
public final class HealthKeeper {
    private static final Set<HealthFlag> ASKED_OUT = EnumSet.of(HealthFlag.FAILED_ACTIVE_HC,
            HealthFlag.EXCLUDED_VIA_IMMEDIATE_HC_FAIL);

    private final String cluster;
    private final Scope scope;
    private final BooleanSupplier hadTraffic;
    /** Hosts that asked to be left alone since the last tick; each is here once, as its flags change once. */
    private final Queue<Host> askedOut = new ConcurrentLinkedQueue<>();
    private volatile Surroundings around = Surroundings.quiet();
    private @Nullable OutlierDetector outliers;
    private @Nullable ActiveChecks checks;

    /**
     * @param cluster
     *            its name, for events
     * @param scope
     *            the cluster's, for numbers
     * @param hadTraffic
     *            whether the cluster has ever had a request
     */
    public HealthKeeper(String cluster, Scope scope, BooleanSupplier hadTraffic) {
        this.cluster = cluster;
        this.scope = scope;
        this.hadTraffic = hadTraffic;
    }

    /** These carry checks out, throw the dice and hear of events from now on. */
    public void around(Surroundings now, Collection<Host> hosts, long nowNanos) {
        around = now;
        OutlierDetector detector = outliers;
        if (detector != null) {
            detector.end(nowNanos);
            OutlierDetector next = new OutlierDetector(detector.spec(), cluster, now, scope, nowNanos);
            next.hosts(hosts);
            outliers = next;
        }
        ActiveChecks active = checks;
        if (active != null) {
            active.around(now, nowNanos);
        }
    }

    /**
     * These are the rules and the hosts now.
     *
     * @param served
     *            says of a host whether it has been in a view before
     */
    public void keep(HealthRules rules, Collection<Host> hosts, Predicate<Host> served, long nowNanos) {
        OutlierDetector detector = detector(rules.outliers(), nowNanos);
        outliers = detector;
        if (detector != null) {
            detector.hosts(hosts);
        }
        ActiveChecks active = checks(rules.checks(), nowNanos);
        checks = active;
        if (active != null) {
            active.hosts(hosts, served, nowNanos);
        }
    }

    private @Nullable OutlierDetector detector(@Nullable OutlierSpec rule, long nowNanos) {
        OutlierDetector present = outliers;
        if (present != null && !present.spec().equals(rule)) {
            present.end(nowNanos);
            present = null;
        }
        return present == null && rule != null
                ? new OutlierDetector(rule, cluster, around, scope, nowNanos)
                : present;
    }

    private @Nullable ActiveChecks checks(@Nullable CheckSpec rule, long nowNanos) {
        ActiveChecks present = checks;
        if (rule == null) {
            if (present != null) {
                present.end(nowNanos);
            }
            return null;
        }
        if (present != null && present.spec().equals(rule)) {
            return present;
        }
        var next = new ActiveChecks(rule, cluster, around, scope, hadTraffic, this::checkSucceeded);
        if (present == null) {
            return next;
        }
        present.handOver();
        return next.takingOver();
    }

    private boolean checkSucceeded(Host host, long nowNanos) {
        OutlierDetector detector = outliers;
        return detector != null && detector.checkSucceeded(host, nowNanos);
    }

    /** Ejects, lets back, checks; whether that changed who may be picked, or how often. */
    public boolean tick(long nowNanos) {
        boolean changed = false;
        OutlierDetector detector = outliers;
        if (detector != null) {
            changed = detector.tick(nowNanos);
        }
        ActiveChecks active = checks;
        for (Host host = askedOut.poll(); host != null; host = askedOut.poll()) {
            if (active != null) {
                active.askedOut(host, nowNanos);
            }
        }
        if (active != null) {
            active.run(nowNanos);
            changed |= active.takeChanged();
        }
        return changed;
    }

    /** Begins the checks whose time has come. */
    public void check(long nowNanos) {
        ActiveChecks active = checks;
        if (active != null) {
            active.run(nowNanos);
        }
    }

    /**
     * A request to this host was answered with the wish to be left alone. Counts where there are checks. Any thread.
     */
    public void askedOut(HealthRules rules, Host host, long nowNanos) {
        if (rules.checks() != null && !host.endpoint().check().disabled()
                && host.flags(ASKED_OUT, Set.of(), "it asked to be left alone: x-envoy-immediate-health-check-fail",
                        nowNanos)) {
            askedOut.add(host);
            around.wake().run();
        }
    }

    /** Whether every host that is to be checked has been checked once. */
    public boolean settled() {
        ActiveChecks active = checks;
        return active == null || active.settled();
    }

    /** Whether a host that its source has dropped stays all the same, as its checks succeed. */
    public boolean keeps(Host host) {
        ActiveChecks active = checks;
        return active != null && active.keeps(host);
    }

    /** Nobody is checked any more: the cluster is gone. */
    public void end() {
        ActiveChecks active = checks;
        if (active != null) {
            active.handOver();
        }
        checks = null;
    }
}
