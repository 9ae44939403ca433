package io.weir.core.health;

import io.weir.core.health.CheckEvent.Kind;
import io.weir.core.health.CheckResult.Failed;
import io.weir.core.health.CheckResult.Failure;
import io.weir.core.health.CheckResult.Passed;
import io.weir.core.model.Endpoint;
import io.weir.core.model.HealthFlag;
import io.weir.core.model.Host;
import io.weir.core.rule.CheckSpec;
import io.weir.core.stats.Scope;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
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
    private static final int PERCENT = 100;
    private static final Set<HealthFlag> ALL = EnumSet.of(HealthFlag.FAILED_ACTIVE_HC, HealthFlag.DEGRADED_ACTIVE_HC,
            HealthFlag.PENDING_ACTIVE_HC, HealthFlag.EXCLUDED_VIA_IMMEDIATE_HC_FAIL, HealthFlag.ACTIVE_HC_TIMEOUT,
            HealthFlag.PENDING_DYNAMIC_REMOVAL);

    private final CheckSpec spec;
    private final String cluster;
    private final CheckStats stats;
    private final BooleanSupplier hadTraffic;
    private final Outliers outliers;
    private final Map<Host, HostCheck> checks = new HashMap<>();
    private final PriorityQueue<HostCheck> waiting = new PriorityQueue<>(
            (one, other) -> Long.signum(one.dueNanos - other.dueNanos));
    private Surroundings around;
    /** Other checks have found out what is known of hosts that were there. */
    private boolean takesOver;
    private boolean traffic;
    private boolean changed;
    private int underWay;
    private int unsettled;
    private boolean alarmed;
    private long alarmNanos;

    /** Who may let an ejected host back because a check of it has succeeded. */
    public interface Outliers {
        /** True when that let it back. */
        boolean checkSucceeded(Host host, long nowNanos);
    }

    /** How a check changes what is thought of its host. */
    private enum Transition {
        /** Not at all. */
        NONE,
        /** It was out and is in, or the other way round. */
        CHANGED
    }

    /**
     * @param scope
     *            the cluster's: numbers go to {@code health_check.} below it
     * @param hadTraffic
     *            whether the cluster has ever had a request
     */
    public ActiveChecks(CheckSpec spec, String cluster, Surroundings around, Scope scope, BooleanSupplier hadTraffic,
            Outliers outliers) {
        this.spec = spec;
        this.cluster = cluster;
        this.around = around;
        this.stats = new CheckStats(scope);
        this.hadTraffic = hadTraffic;
        this.outliers = outliers;
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
        Map<Host, HostCheck> gone = new HashMap<>(checks);
        for (Host host : hosts) {
            HostCheck known = gone.remove(host);
            boolean checked = !host.endpoint().check().disabled();
            if (known == null && checked) {
                begin(host, served.test(host), nowNanos);
            } else if (known != null && !checked) {
                drop(known);
                host.flags(Set.of(), ALL, "its checks were turned off", nowNanos);
            } else if (known != null && !known.rule.equals(host.endpoint().check())) {
                waiting.remove(known);
                anew(known, nowNanos);
                waiting.add(known);
                known.rule = host.endpoint().check();
            }
        }
        gone.values().forEach(this::drop);
        if (!gone.isEmpty()) {
            waiting.removeIf(check -> check.over);
        }
        count();
        alarm(nowNanos);
    }

    private void drop(HostCheck check) {
        checks.remove(check.host);
        unsettled -= check.first ? 1 : 0;
        if (check.underWay) {
            underWay--;
        }
        check.end();
    }

    private void begin(Host host, boolean served, long nowNanos) {
        HostCheck check = new HostCheck(host);
        checks.put(host, check);
        check.first = !(served && takesOver);
        unsettled += check.first ? 1 : 0;
        if (!served) {
            Set<HealthFlag> flags = EnumSet.of(HealthFlag.FAILED_ACTIVE_HC);
            if (spec.handling().excludeUntilChecked()) {
                flags.add(HealthFlag.PENDING_ACTIVE_HC);
            }
            host.flags(flags, Set.of(), "new: not checked yet", nowNanos);
        }
        check.dueNanos = nowNanos + upTo(spec.timing().initialJitterNanos());
        waiting.add(check);
    }

    /** Ends: whatever checks found out no longer counts. */
    public void end(long nowNanos) {
        for (HostCheck check : checks.values()) {
            check.end();
            check.host.flags(Set.of(), ALL, "health checks were turned off", nowNanos);
        }
        checks.clear();
        waiting.clear();
        stats.hosts(0, 0);
    }

    /** Ends without a change: other checks take over what these found out. */
    public void handOver() {
        checks.values().forEach(HostCheck::end);
        checks.clear();
        waiting.clear();
    }

    /** Goes on where others have stopped: what they found out counts as if this had. */
    public ActiveChecks takingOver() {
        takesOver = true;
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
        for (HostCheck next = waiting.peek(); next != null && next.dueNanos - nowNanos <= 0
                && underWay < UNDER_WAY_MAX; next = waiting.peek()) {
            waiting.remove();
            if (next.over) {
                continue;
            }
            if (proven(next, nowNanos)) {
                stats.skipped();
                next.dueNanos = nowNanos + interval(next, Transition.NONE);
                waiting.add(next);
            } else {
                start(next);
            }
        }
        alarm(nowNanos);
    }

    /** Takes over that something changed since the last call: then a new view is due. */
    public boolean takeChanged() {
        boolean before = changed;
        changed = false;
        if (before) {
            count();
        }
        return before;
    }

    /** A request to this host was answered with the wish to be left alone; its flags say so already. */
    public void askedOut(Host host, long nowNanos) {
        HostCheck check = checks.get(host);
        if (check == null) {
            return;
        }
        Failed failed = Failed.of(Failure.PASSIVE, "it asked to be left alone");
        check.successes = 0;
        stats.failed(failed);
        tell(check, Kind.EJECTED, Failure.PASSIVE, failed.details());
        changed = true;
        if (!check.underWay && waiting.remove(check)) {
            check.dueNanos = nowNanos + interval(check, Transition.CHANGED);
            waiting.add(check);
            alarm(nowNanos);
        }
    }

    /** Traffic has just proven the host: asking would tell nothing new. */
    private boolean proven(HostCheck check, long nowNanos) {
        long freshNanos = spec.timing().freshNanos();
        return freshNanos > 0 && !check.first && check.failures == 0 && !check.host.is(HealthFlag.FAILED_ACTIVE_HC)
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
        Transition transition = switch (result) {
            case Passed passed -> passed(check, passed, nowNanos);
            case Failed failed -> failed(check, failed, nowNanos);
        };
        changed |= check.first || transition == Transition.CHANGED;
        if (check.first) {
            check.first = false;
            if (--unsettled == 0) {
                around.wake().run(); // somebody may wait for the last of the first checks
            }
        }
        check.dueNanos = nowNanos + interval(check, transition);
        waiting.add(check);
        run(nowNanos);
    }

    private Transition passed(HostCheck check, Passed passed, long nowNanos) {
        Host host = check.host;
        stats.passed();
        check.failures = 0;
        check.successes++;
        boolean wasOut = host.is(HealthFlag.FAILED_ACTIVE_HC);
        boolean back = wasOut && (check.first || check.successes >= spec.healthyThreshold());
        boolean wasDegraded = host.is(HealthFlag.DEGRADED_ACTIVE_HC);
        Set<HealthFlag> on = passed.degraded() ? EnumSet.of(HealthFlag.DEGRADED_ACTIVE_HC) : Set.of();
        Set<HealthFlag> off = EnumSet.of(HealthFlag.PENDING_ACTIVE_HC, HealthFlag.EXCLUDED_VIA_IMMEDIATE_HC_FAIL,
                HealthFlag.ACTIVE_HC_TIMEOUT);
        if (back) {
            off.add(HealthFlag.FAILED_ACTIVE_HC);
        }
        if (!passed.degraded()) {
            off.add(HealthFlag.DEGRADED_ACTIVE_HC);
        }
        String reason = success(check, back) + (passed.degraded() ? ", degraded" : "");
        boolean flagged = host.flags(on, off, reason, nowNanos);
        if (back) {
            tell(check, Kind.ADDED, null, reason);
        } else if (spec.events().everySuccess()) {
            tell(check, Kind.SUCCEEDED, null, reason);
        }
        if (passed.degraded() != wasDegraded) {
            tell(check, passed.degraded() ? Kind.DEGRADED : Kind.NO_LONGER_DEGRADED, null, reason);
        }
        changed |= flagged;
        if (!wasOut || back) {
            changed |= outliers.checkSucceeded(host, nowNanos);
        }
        return back ? Transition.CHANGED : Transition.NONE;
    }

    private static String success(HostCheck check, boolean back) {
        if (check.first) {
            return "its first health check succeeded";
        }
        return back
                ? "its health checks succeed again: " + check.successes + " in a row"
                : "a health check succeeded";
    }

    private Transition failed(HostCheck check, Failed failed, long nowNanos) {
        Host host = check.host;
        stats.failed(failed);
        check.successes = 0;
        check.failures++;
        boolean wasIn = !host.is(HealthFlag.FAILED_ACTIVE_HC);
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
        // a change of lesser flags keeps the reason of the ejection up to date: it is what people look for
        if (host.flags(on, off, reason, nowNanos)) {
            changed = true;
        } else if (check.first) {
            host.healthReason(reason, nowNanos);
        }
        if (check.first || spec.events().everyFailure()) {
            tell(check, Kind.FAILED, failed.failure(), reason);
        }
        if (out) {
            tell(check, Kind.EJECTED, failed.failure(), reason);
        }
        return out ? Transition.CHANGED : Transition.NONE;
    }

    private void tell(HostCheck check, Kind kind, @Nullable Failure failure, String reason) {
        around.checks().accept(new CheckEvent(cluster, check.host, spec, kind, failure, check.first, reason));
    }

    /** How long after this check the next one begins. */
    private long interval(HostCheck check, Transition transition) {
        CheckSpec.Timing timing = spec.timing();
        boolean out = check.host.is(HealthFlag.FAILED_ACTIVE_HC);
        long nanos;
        if (!traffic) {
            nanos = out ? timing.noTrafficNanos() : timing.noTrafficHealthyNanos();
        } else if (transition == Transition.CHANGED) {
            nanos = out ? timing.unhealthyEdgeNanos() : timing.healthyEdgeNanos();
        } else {
            nanos = out ? timing.unhealthyNanos() : timing.intervalNanos();
        }
        long part = nanos / PERCENT * Math.min(timing.intervalJitterPercent(), PERCENT * PERCENT);
        return nanos + upTo(part) + upTo(timing.intervalJitterNanos());
    }

    private long upTo(long nanos) {
        return nanos <= 0 ? 0 : around.dice().nextLong(nanos);
    }

    /** The cluster is in use from now on: who waits for a long time waits no longer than others. */
    private void hurry(long nowNanos) {
        for (HostCheck check : checks.values()) {
            if (!check.underWay) {
                long latest = nowNanos + upTo(interval(check, Transition.NONE));
                check.dueNanos = latest - check.dueNanos < 0 ? latest : check.dueNanos;
            }
        }
        waiting.clear();
        checks.values().stream().filter(check -> !check.underWay).forEach(waiting::add);
    }

    private void alarm(long nowNanos) {
        HostCheck next = waiting.peek();
        if (next == null || underWay >= UNDER_WAY_MAX) {
            return;
        }
        long delayNanos = Math.max(ALARM_NANOS_MIN, next.dueNanos - nowNanos);
        if (alarmed && alarmNanos - (nowNanos + delayNanos) <= 0) {
            return;
        }
        alarmed = true;
        alarmNanos = nowNanos + delayNanos;
        around.wakeIn().accept(delayNanos);
    }

    private void count() {
        long well = 0;
        long less = 0;
        for (HostCheck check : checks.values()) {
            well += check.host.is(HealthFlag.FAILED_ACTIVE_HC) ? 0 : 1;
            less += check.host.is(HealthFlag.DEGRADED_ACTIVE_HC) ? 1 : 0;
        }
        stats.hosts(well, less);
    }
}
