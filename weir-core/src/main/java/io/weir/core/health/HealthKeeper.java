package io.weir.core.health;

import io.weir.core.model.HealthFlag;
import io.weir.core.model.Host;
import io.weir.core.rule.CheckSpec;
import io.weir.core.rule.HealthRules;
import io.weir.core.rule.OutlierSpec;
import io.weir.core.stats.Scope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
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
    /** A host that asked to be left alone, and the rules of its checks as the worker had them. */
    private record Asked(Host host, CheckSpec spec) {
    }

    private final String cluster;
    private final Scope scope;
    private final BooleanSupplier hadTraffic;
    /** Hosts that asked to be left alone since the last tick; each is here once, as its flags change once. */
    private final Queue<Asked> askedOut = new ConcurrentLinkedQueue<>();
    /** Of these, hosts that are not checked: nobody else would let them back. */
    private final List<Host> unchecked = new ArrayList<>();
    private final Beside beside = new Beside();
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
    public void around(Surroundings now, long nowNanos) {
        around = now;
        OutlierDetector detector = outliers;
        if (detector != null) {
            detector.around(now);
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
        // who asked to be left alone before is heard by the rules of then
        beside.catchUp(nowNanos);
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

    /**
     * The rules are the same, and of the hosts only a few have come or gone or are told of otherwise.
     *
     * @param few
     *            these
     * @param there
     *            says of one of them whether it is a host now
     */
    public void touched(Collection<Host> few, Predicate<Host> there, Predicate<Host> served, long nowNanos) {
        beside.catchUp(nowNanos);
        OutlierDetector detector = outliers;
        if (detector != null) {
            detector.touched(few, there);
        }
        ActiveChecks active = checks;
        if (active != null) {
            active.touched(few, there, served, nowNanos);
        }
    }

    private @Nullable OutlierDetector detector(@Nullable OutlierSpec rule, long nowNanos) {
        OutlierDetector present = outliers;
        if (rule == null) {
            if (present != null) {
                present.end(nowNanos);
            }
            return null;
        }
        if (present == null) {
            return new OutlierDetector(rule, cluster, around, scope, nowNanos);
        }
        if (!present.spec().equals(rule)) {
            // in an incident rules are changed: whoever is out by then must not get all its requests at once
            present.rules(rule, nowNanos);
        }
        return present;
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
        var next = new ActiveChecks(rule, cluster, around, scope, hadTraffic, beside);
        return present == null ? next : next.takingOver(present.handOver());
    }

    /** What checks are told, and ask for. */
    private final class Beside implements ActiveChecks.Others {
        @Override
        public boolean checkSucceeded(Host host, long nowNanos) {
            OutlierDetector detector = outliers;
            return detector != null && detector.checkSucceeded(host, nowNanos);
        }

        @Override
        public void catchUp(long nowNanos) {
            ActiveChecks active = checks;
            for (Asked asked = askedOut.poll(); asked != null; asked = askedOut.poll()) {
                // the rules, or those of the host, may have changed since the worker looked at them
                if (active == null || !active.askedOut(asked.host, nowNanos)) {
                    letGo(asked, nowNanos);
                }
            }
        }

        /** It was out from its answer until now, of which nobody has heard yet. */
        private void letGo(Asked asked, long nowNanos) {
            if (asked.host.is(HealthFlag.FAILED_ACTIVE_HC)) {
                around.checks().accept(new CheckEvent(cluster, asked.host, asked.spec, CheckEvent.Kind.EJECTED,
                        CheckResult.Failure.PASSIVE, false, ActiveChecks.ASKED_OUT_REASON));
            }
            Release.of(asked.host, cluster, asked.spec, around, "nobody checks it any more", nowNanos);
            unchecked.add(asked.host);
        }
    }

    /**
     * Ejects, lets back, checks.
     *
     * @return the hosts of which something has changed that a view goes by; one may be there twice
     */
    public List<Host> tick(long nowNanos) {
        OutlierDetector detector = outliers;
        List<Host> changed = detector == null ? List.of() : detector.tick(nowNanos);
        beside.catchUp(nowNanos);
        changed = both(changed, unchecked);
        unchecked.clear();
        ActiveChecks active = checks;
        if (active != null) {
            active.run(nowNanos);
            changed = both(changed, active.takeChanged());
        }
        return changed;
    }

    private static List<Host> both(List<Host> some, List<Host> others) {
        if (others.isEmpty()) {
            return some;
        }
        List<Host> all = new ArrayList<>(some);
        all.addAll(others);
        return all;
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
        CheckSpec spec = rules.checks();
        if (spec != null && !host.endpoint().check().disabled()
                && host.flags(ActiveChecks.ASKED_OUT, Set.of(), ActiveChecks.ASKED_OUT_REASON, nowNanos)) {
            askedOut.add(new Asked(host, spec));
            around.wake().run();
        }
    }

    /** Something happened to a host for which nobody else keeps a record. Conductor. */
    public void outlier(OutlierEvent event) {
        around.outliers().accept(event);
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
