package io.weir.core.health;

import io.weir.core.health.CheckEvent.Kind;
import io.weir.core.health.CheckResult.Failed;
import io.weir.core.health.CheckResult.Failure;
import io.weir.core.health.CheckResult.Passed;
import io.weir.core.health.HostCheck.Transition;
import io.weir.core.model.Endpoint;
import io.weir.core.model.HealthFlag;
import io.weir.core.model.Host;
import io.weir.core.rule.CheckSpec;
import io.weir.core.stats.Scope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Checks the hosts of one cluster by Envoy's rules and keeps the flags of their health; {@code docs/health.md} has the
 * state machine. A host that is new is out until its first check has succeeded, which one success does. Other than in
 * Envoy, hosts that were there before checks were turned on stay in until a check fails, and the first request to the
 * cluster ends the interval for clusters without traffic at once.
 *
 * <p>
 * The conductor's. What it finds is seen by every pick at once, and by views with the next tick.
 */
public final class ActiveChecks {
    /** Checks of one cluster that may be under way at once; the others wait for their turn. */
    static final int UNDER_WAY_MAX = 1024;
    /** Alarms are no closer than this. */
    private static final long ALARM_NANOS_MIN = 5_000_000;
    /** What is known of a host that asked to be left alone. */
    static final Set<HealthFlag> ASKED_OUT = EnumSet.of(HealthFlag.FAILED_ACTIVE_HC,
            HealthFlag.EXCLUDED_VIA_IMMEDIATE_HC_FAIL);
    static final String ASKED_OUT_REASON = "it asked to be left alone: x-envoy-immediate-health-check-fail";

    private final CheckSpec spec;
    private final String cluster;
    private final CheckStats stats;
    private final BooleanSupplier hadTraffic;
    private final Others others;
    private final Map<Host, HostCheck> checks = new HashMap<>();
    /** Those that are not under way; never to be changed in their time while they are here. */
    private final NavigableSet<HostCheck> waiting = new TreeSet<>(HostCheck::byTime);
    private Surroundings around;
    /** Hosts that other checks have checked, until these have heard of their hosts. */
    private Set<Host> found = Set.of();
    private boolean traffic;
    /** Hosts of which something has changed that a view goes by. */
    private List<Host> changed = new ArrayList<>();
    private int underWay;
    private int unsettled;
    private int well;
    private int degraded;
    private long begun;
    private boolean alarmed;
    private long alarmNanos;

    /** Who else knows of the health of these hosts. */
    public interface Others {
        /** A check of this host has succeeded, which may end an ejection; true when it did. */
        boolean checkSucceeded(Host host, long nowNanos);

        /** Tells by {@link #askedOut} of every host that has asked to be left alone until now. */
        void catchUp(long nowNanos);
    }

    /**
     * @param scope
     *            the cluster's: numbers go to {@code health_check.} below it
     * @param hadTraffic
     *            whether the cluster has ever had a request
     */
    public ActiveChecks(CheckSpec spec, String cluster, Surroundings around, Scope scope, BooleanSupplier hadTraffic,
            Others others) {
        this.spec = spec;
        this.cluster = cluster;
        this.around = around;
        this.stats = new CheckStats(scope);
        this.hadTraffic = hadTraffic;
        this.others = others;
        this.traffic = hadTraffic.getAsBoolean();
    }

    /** The rules it goes by. */
    public CheckSpec spec() {
        return spec;
    }

    /** From now on these carry checks out and hear of events. What was under way begins anew. */
    public void around(Surroundings now, long nowNanos) {
        around = now;
        alarmed = false;
        waiting.clear();
        for (HostCheck check : checks.values()) {
            anew(check, nowNanos);
            if (check.first) {
                // until now nobody could check it, and perhaps nobody knew the time
                check.dueNanos = nowNanos + upTo(spec.timing().initialJitterNanos());
            }
        }
        waiting.addAll(checks.values());
        alarm(nowNanos);
    }

    /** Asks the host by other means from now on. */
    private void anew(HostCheck check, long nowNanos) {
        Prober.Probe used = check.probe;
        if (used != null) {
            used.close();
            check.probe = null;
        }
        if (check.underWay) {
            check.underWay = false;
            underWay--;
            check.dueNanos = nowNanos;
        }
    }

    /**
     * These are the hosts now. Those that left are checked no more.
     *
     * @param served
     *            says of a host whether it has been in use before: it stays so until a check fails
     */
    public void hosts(Collection<Host> hosts, Predicate<Host> served, long nowNanos) {
        Set<Host> gone = new HashSet<>(checks.keySet());
        for (Host host : hosts) {
            gone.remove(host);
            look(host, served, nowNanos);
        }
        gone.forEach(this::forget);
        found = Set.of();
        stats.hosts(well, degraded);
        alarm(nowNanos);
    }

    /**
     * As {@link #hosts}, where only a few have come or gone or are told of otherwise.
     *
     * @param few
     *            these
     * @param there
     *            says of one of them whether it is a host now
     */
    public void touched(Collection<Host> few, Predicate<Host> there, Predicate<Host> served, long nowNanos) {
        for (Host host : few) {
            if (there.test(host)) {
                look(host, served, nowNanos);
            } else {
                forget(host);
            }
        }
        stats.hosts(well, degraded);
        alarm(nowNanos);
    }

    private void look(Host host, Predicate<Host> served, long nowNanos) {
        HostCheck known = checks.get(host);
        Endpoint.Check rule = host.endpoint().check();
        if (rule.disabled()) {
            // also who is new here: checks by other rules may have put it out
            forget(host);
            Release.of(host, cluster, spec, around, "its checks were turned off", nowNanos);
        } else if (known == null) {
            begin(host, served.test(host), nowNanos);
        } else if (!known.rule.equals(rule)) {
            // somebody else is asked from now on, perhaps because nobody answered there: no reason to wait
            waiting.remove(known);
            known.rule = rule;
            anew(known, nowNanos);
            known.dueNanos = nowNanos;
            waiting.add(known);
        }
    }

    private void forget(Host host) {
        HostCheck check = checks.remove(host);
        if (check == null) {
            return;
        }
        waiting.remove(check);
        unsettled -= check.first ? 1 : 0;
        underWay -= check.underWay ? 1 : 0;
        well -= check.out ? 0 : 1;
        degraded -= check.degraded ? 1 : 0;
        check.end();
    }

    private void begin(Host host, boolean served, long nowNanos) {
        HostCheck check = new HostCheck(host, begun++);
        checks.put(host, check);
        check.first = !found.contains(host);
        unsettled += check.first ? 1 : 0;
        if (!served) {
            Set<HealthFlag> flags = EnumSet.of(HealthFlag.FAILED_ACTIVE_HC);
            if (spec.handling().excludeUntilChecked()) {
                flags.add(HealthFlag.PENDING_ACTIVE_HC);
            }
            host.flags(flags, Set.of(), "new: not checked yet", nowNanos);
        }
        check.out = host.is(HealthFlag.FAILED_ACTIVE_HC);
        check.degraded = host.is(HealthFlag.DEGRADED_ACTIVE_HC);
        well += check.out ? 0 : 1;
        degraded += check.degraded ? 1 : 0;
        check.dueNanos = nowNanos + upTo(spec.timing().initialJitterNanos());
        waiting.add(check);
    }

    /** What is known of the host from now on. */
    private void known(HostCheck check, boolean out, boolean lesser) {
        well += (check.out ? 1 : 0) - (out ? 1 : 0);
        degraded += (lesser ? 1 : 0) - (check.degraded ? 1 : 0);
        check.out = out;
        check.degraded = lesser;
    }

    /** Ends: whatever checks found out no longer counts, and everybody hears why. */
    public void end(long nowNanos) {
        for (HostCheck check : checks.values()) {
            check.end();
            Release.of(check.host, cluster, spec, around, "health checks were turned off", nowNanos);
        }
        checks.clear();
        waiting.clear();
        stats.hosts(0, 0);
    }

    /**
     * Ends without a change: other checks take over what these found out.
     *
     * @return the hosts that have been checked
     */
    public Set<Host> handOver() {
        Set<Host> checked = new HashSet<>();
        for (HostCheck check : checks.values()) {
            check.end();
            if (!check.first) {
                checked.add(check.host);
            }
        }
        checks.clear();
        waiting.clear();
        return checked;
    }

    /** Goes on where others have stopped: what they found out of these hosts counts as if this had. */
    public ActiveChecks takingOver(Set<Host> checked) {
        found = checked;
        return this;
    }

    /** Whether every host has been checked once. */
    public boolean settled() {
        return unsettled == 0;
    }

    /** Whether a host that its source has dropped stays all the same, as its checks succeed. */
    public boolean keeps(Host host) {
        return spec.handling().keepWhileHealthy() && checks.containsKey(host)
                && !host.is(HealthFlag.FAILED_ACTIVE_HC);
    }

    /** Begins the checks whose time has come. */
    public void run(long nowNanos) {
        // only its own alarm uses one up: others come by too, and each would leave an alarm behind
        alarmed = alarmed && alarmNanos - nowNanos > 0;
        if (!traffic && hadTraffic.getAsBoolean()) {
            traffic = true;
            hurry(nowNanos);
        }
        while (underWay < UNDER_WAY_MAX && !waiting.isEmpty() && waiting.first().dueNanos - nowNanos <= 0) {
            HostCheck next = waiting.first();
            waiting.remove(next);
            if (proven(next, nowNanos)) {
                stats.skipped();
                next.dueNanos = nowNanos + interval(true, Transition.NONE);
                waiting.add(next);
            } else {
                start(next);
            }
        }
        alarm(nowNanos);
    }

    /** The hosts of which something has changed since the last call that a view goes by; one may be there twice. */
    public List<Host> takeChanged() {
        if (changed.isEmpty()) {
            return List.of();
        }
        List<Host> hosts = changed;
        changed = new ArrayList<>();
        stats.hosts(well, degraded);
        return hosts;
    }

    /**
     * A request to this host was answered with the wish to be left alone; its flags say so already.
     *
     * @return false where the host is not checked, so that nothing would ever let it back
     */
    public boolean askedOut(Host host, long nowNanos) {
        HostCheck check = checks.get(host);
        if (check == null) {
            return false;
        }
        Failed failed = Failed.of(Failure.PASSIVE, "it asked to be left alone");
        check.successes = 0;
        // once more: a check may just have let it back
        host.flags(ASKED_OUT, Set.of(), ASKED_OUT_REASON, nowNanos);
        stats.failed(failed);
        if (!check.out) {
            tell(check, Kind.EJECTED, Failure.PASSIVE, failed.details());
        }
        known(check, true, check.degraded);
        changed.add(host);
        if (waiting.remove(check)) {
            check.dueNanos = nowNanos + interval(false, Transition.CHANGED);
            waiting.add(check);
            alarm(nowNanos);
        }
        return true;
    }

    /** Traffic has just proven the host: asking would tell nothing new. */
    private boolean proven(HostCheck check, long nowNanos) {
        long freshNanos = spec.timing().freshNanos();
        return freshNanos > 0 && !check.first && check.failures == 0 && !check.out
                && check.host.provenWithin(freshNanos, nowNanos);
    }

    private void start(HostCheck check) {
        Prober.Probe probe = check.probe;
        if (probe == null) {
            Endpoint.Check rule = check.rule;
            probe = around.prober().probe(new CheckTarget(check.host, rule.address(check.host.address()),
                    rule.hostname(), cluster, spec));
            check.probe = probe;
        }
        check.underWay = true;
        underWay++;
        stats.attempted();
        probe.begin((result, nowNanos) -> ended(check, result, nowNanos));
    }

    private void ended(HostCheck check, CheckResult result, long nowNanos) {
        if (check.over || !check.underWay) {
            return;
        }
        check.underWay = false;
        underWay--;
        // a host that has asked to be left alone meanwhile is out, and what it answered before does not count
        others.catchUp(nowNanos);
        boolean passed = result instanceof Passed;
        Transition transition = switch (result) {
            case Passed success -> passed(check, success, nowNanos);
            case Failed failure -> failed(check, failure, nowNanos);
        };
        if (check.first) {
            check.first = false;
            changed.add(check.host);
            if (--unsettled == 0) {
                around.wake().run(); // somebody may wait for the last of the first checks
            }
        }
        check.dueNanos = nowNanos + interval(passed, transition);
        waiting.add(check);
        run(nowNanos);
    }

    private Transition passed(HostCheck check, Passed passed, long nowNanos) {
        Host host = check.host;
        stats.passed();
        check.failures = 0;
        check.successes++;
        boolean wasOut = check.out;
        boolean back = wasOut && (check.first || check.successes >= spec.healthyThreshold());
        boolean wasDegraded = check.degraded;
        Set<HealthFlag> on = passed.degraded() ? EnumSet.of(HealthFlag.DEGRADED_ACTIVE_HC) : Set.of();
        Set<HealthFlag> off = EnumSet.of(HealthFlag.PENDING_ACTIVE_HC);
        if (back) {
            off.add(HealthFlag.FAILED_ACTIVE_HC);
            off.add(HealthFlag.EXCLUDED_VIA_IMMEDIATE_HC_FAIL);
            off.add(HealthFlag.ACTIVE_HC_TIMEOUT);
        }
        if (!passed.degraded()) {
            off.add(HealthFlag.DEGRADED_ACTIVE_HC);
        }
        String reason = check.success(back) + (passed.degraded() ? ", degraded" : "");
        known(check, wasOut && !back, passed.degraded());
        if (host.flags(on, off, reason, nowNanos)) {
            changed.add(host);
        }
        if (back) {
            tell(check, Kind.ADDED, null, reason);
        } else if (spec.events().everySuccess()) {
            tell(check, Kind.SUCCEEDED, null, reason);
        }
        if (passed.degraded() != wasDegraded) {
            tell(check, passed.degraded() ? Kind.DEGRADED : Kind.NO_LONGER_DEGRADED, null, reason);
        }
        if (!check.out && others.checkSucceeded(host, nowNanos)) {
            changed.add(host);
        }
        return back ? Transition.CHANGED : wasOut ? Transition.PENDING : Transition.NONE;
    }

    private Transition failed(HostCheck check, Failed failed, long nowNanos) {
        Host host = check.host;
        stats.failed(failed);
        check.successes = 0;
        check.failures++;
        boolean wasIn = !check.out;
        boolean out = wasIn && (check.first || failed.failure().counts() || failed.askedOut()
                || check.failures >= spec.unhealthyThreshold());
        Set<HealthFlag> on = EnumSet.noneOf(HealthFlag.class);
        Set<HealthFlag> off = EnumSet.of(HealthFlag.PENDING_ACTIVE_HC);
        if (out) {
            on.add(HealthFlag.FAILED_ACTIVE_HC);
        }
        if (failed.askedOut()) {
            // until a check succeeds: a host that was asked to leave is not missing among those that should be well
            on.add(HealthFlag.EXCLUDED_VIA_IMMEDIATE_HC_FAIL);
        }
        boolean late = failed.failure() == Failure.NETWORK_TIMEOUT && (out || !wasIn);
        (late ? on : off).add(HealthFlag.ACTIVE_HC_TIMEOUT);
        boolean counted = check.failures > 1 && !failed.failure().counts();
        String times = counted ? " " + check.failures + " times in a row" : "";
        String reason = "health check failed" + times + ": " + failed.details();
        known(check, out || !wasIn, check.degraded);
        // a change of lesser flags keeps the reason of the ejection up to date: it is what people look for
        if (host.flags(on, off, reason, nowNanos)) {
            changed.add(host);
        } else if (check.first) {
            host.healthReason(reason, nowNanos);
        }
        if (check.first || spec.events().everyFailure()) {
            tell(check, Kind.FAILED, failed.failure(), reason);
        }
        if (out) {
            tell(check, Kind.EJECTED, failed.failure(), reason);
        }
        return out ? Transition.CHANGED : wasIn ? Transition.PENDING : Transition.NONE;
    }

    private void tell(HostCheck check, Kind kind, @Nullable Failure failure, String reason) {
        around.checks().accept(new CheckEvent(cluster, check.host, spec, kind, failure, check.first, reason));
    }

    /** How long after a check the next one begins. */
    private long interval(boolean passed, Transition transition) {
        CheckSpec.Timing timing = spec.timing();
        boolean pending = transition == Transition.PENDING;
        long nanos = traffic ? timing.afterNanos(passed, pending) : timing.afterWithoutTrafficNanos(passed, pending);
        return timing.jittered(nanos, around.dice());
    }

    private long upTo(long nanos) {
        return nanos <= 0 ? 0 : around.dice().nextLong(nanos);
    }

    /** The cluster is in use from now on: who waits for a long time waits no longer than others. */
    private void hurry(long nowNanos) {
        List<HostCheck> all = new ArrayList<>(waiting);
        waiting.clear();
        for (HostCheck check : all) {
            long latest = nowNanos + upTo(interval(!check.out, Transition.NONE));
            check.dueNanos = latest - check.dueNanos < 0 ? latest : check.dueNanos;
        }
        waiting.addAll(all);
    }

    private void alarm(long nowNanos) {
        if (waiting.isEmpty() || underWay >= UNDER_WAY_MAX) {
            return;
        }
        long delayNanos = Math.max(ALARM_NANOS_MIN, waiting.first().dueNanos - nowNanos);
        if (alarmed && alarmNanos - (nowNanos + delayNanos) <= 0) {
            return;
        }
        alarmed = true;
        alarmNanos = nowNanos + delayNanos;
        around.wakeIn().accept(delayNanos);
    }
}
