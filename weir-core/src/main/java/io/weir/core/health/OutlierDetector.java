package io.weir.core.health;

import io.weir.core.health.OutlierEvent.Action;
import io.weir.core.model.HealthFlag;
import io.weir.core.model.Host;
import io.weir.core.model.HostTracker;
import io.weir.core.rule.OutlierSpec;
import io.weir.core.stats.Scope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the outliers among the hosts of one cluster and leaves them out for a while, by Envoy's rules: runs of failures
 * as soon as a worker has seen one long enough, rates and latencies at the end of each interval. An ejection lasts the
 * base time as often as the host's back-off, which grows by one with each ejection and shrinks by one with each
 * interval that the host stays in. Other than in Envoy, a host is back when its time is over, not at the end of the
 * interval then.
 *
 * <p>
 * The conductor's; workers only write into the records of the hosts.
 */
public final class OutlierDetector {
    private static final String ENDED = "outlier detection was turned off";
    private static final String SOFT_ENDED = "the soft mode was turned off";
    private static final double PERCENT = 100;

    private final String cluster;
    private final OutlierStats stats;
    private final Map<Host, HostRecord> records = new LinkedHashMap<>();
    /** Those of the hosts that are left out. */
    private final Set<HostRecord> out = new LinkedHashSet<>();
    /** Those with signals; each is here once, as it has its first signal once. */
    private final Queue<HostRecord> signalled = new ConcurrentLinkedQueue<>();
    private final OutlierRates rates;
    private OutlierSpec spec;
    /** Read by workers. */
    private volatile Surroundings around;
    private long intervalBeganNanos;

    /**
     * @param cluster
     *            its name, for events
     * @param scope
     *            the cluster's: numbers go to {@code outlier_detection.} below it
     */
    public OutlierDetector(OutlierSpec spec, String cluster, Surroundings around, Scope scope, long nowNanos) {
        this.spec = spec;
        this.cluster = cluster;
        this.around = around;
        this.stats = new OutlierStats(scope);
        this.rates = new OutlierRates(spec);
        this.intervalBeganNanos = nowNanos;
    }

    /** The rules it goes by. */
    public OutlierSpec spec() {
        return spec;
    }

    /**
     * It goes by these rules from now on. Who is out stays out until its time by these rules is over; counts, runs,
     * back-offs and cut weights live on, weights as long as they are cut at all.
     */
    public void rules(OutlierSpec now, long nowNanos) {
        spec = now;
        rates.rules(now);
        for (HostRecord record : records.values()) {
            record.rules(now);
            if (now.soft() == null) {
                trustWhole(record, SOFT_ENDED, nowNanos);
            }
        }
    }

    /** These throw the dice and hear of events from now on. */
    public void around(Surroundings now) {
        around = now;
    }

    /** These are the hosts now: new ones are remembered from here on, those that left are forgotten. */
    public void hosts(Collection<Host> hosts) {
        Map<Host, HostRecord> former = new LinkedHashMap<>(records);
        records.clear();
        for (Host host : hosts) {
            HostRecord record = former.remove(host);
            records.put(host, record == null ? begun(host) : record);
        }
        out.removeIf(record -> !has(record));
    }

    /**
     * As {@link #hosts}, where only a few have come or gone.
     *
     * @param few
     *            these, and perhaps others
     * @param there
     *            says of one of them whether it is a host now
     */
    public void touched(Collection<Host> few, Predicate<Host> there) {
        for (Host host : few) {
            if (there.test(host)) {
                records.computeIfAbsent(host, this::begun);
            } else {
                records.remove(host);
            }
        }
        out.removeIf(record -> !has(record));
    }

    private HostRecord begun(Host host) {
        HostRecord record = new HostRecord(host, spec, this::signal);
        host.healthTracker(record);
        return record;
    }

    private boolean has(HostRecord record) {
        return record.equals(records.get(record.host));
    }

    private void signal(HostRecord record, boolean first) {
        if (first) {
            signalled.add(record);
        }
        around.wake().run();
    }

    /** Ends: every host is in again, with its whole weight, and everybody hears why. */
    public void end(long nowNanos) {
        for (HostRecord record : records.values()) {
            record.host.healthTracker(HostTracker.NONE);
            trustWhole(record, ENDED, nowNanos);
            if (out.contains(record)) {
                in(record, ENDED, nowNanos);
            }
        }
        records.clear();
        out.clear();
    }

    /**
     * Ejects and lets back.
     *
     * @return the hosts that may be picked now and could not before, or the other way round, or another time as often;
     *         one may be there twice
     */
    public List<Host> tick(long nowNanos) {
        List<Host> changed = new ArrayList<>();
        for (HostRecord record = signalled.poll(); record != null; record = signalled.poll()) {
            int signals = record.takeSignals();
            if (has(record) && !out.contains(record)) {
                runs(record, signals, nowNanos, changed);
            }
        }
        if (!out.isEmpty()) {
            for (HostRecord record : List.copyOf(out)) {
                if (over(record, nowNanos)) {
                    back(record, "the time of its ejection is over", nowNanos);
                    changed.add(record.host);
                }
            }
        }
        if (nowNanos - intervalBeganNanos >= spec.intervalNanos()) {
            intervalBeganNanos = nowNanos;
            intervalEnds(nowNanos, changed);
        }
        return changed;
    }

    /** A health check of this host has succeeded: its ejection is over, unless that is not wanted. */
    public boolean checkSucceeded(Host host, long nowNanos) {
        HostRecord record = records.get(host);
        if (record == null || !spec.unejectOnCheck() || !out.contains(record)) {
            return false;
        }
        back(record, "its health check succeeded", nowNanos);
        return true;
    }

    private boolean over(HostRecord record, long nowNanos) {
        OutlierSpec.Ejection rule = spec.ejection();
        long times = Math.max(1, record.backOff);
        long lasts = rule.maxNanos() / times < rule.baseNanos() ? rule.maxNanos() : rule.baseNanos() * times;
        return nowNanos - record.ejectedAtNanos >= lasts + Math.min(record.jitterNanos, rule.jitterNanos());
    }

    private void back(HostRecord record, String why, long nowNanos) {
        out.remove(record);
        record.clearRuns();
        record.backAtNanos = nowNanos;
        record.wasBack = true;
        in(record, "back: " + why, nowNanos);
    }

    private void in(HostRecord record, String reason, long nowNanos) {
        record.host.flag(HealthFlag.FAILED_OUTLIER_CHECK, false, reason, nowNanos);
        around.outliers().accept(OutlierEvent.of(cluster, record.host.addressText(), record.type, Action.UNEJECT,
                nowNanos - record.ejectedAtNanos, record.ejections, record.host.trustFactor(), reason));
    }

    private void runs(HostRecord record, int signals, long nowNanos, List<Host> changed) {
        for (OutlierType type : OutlierType.values()) {
            if ((signals & type.bit()) == 0) {
                continue;
            }
            stats.detected(type);
            eject(Outlier.run(record, type, spec), nowNanos, changed);
            record.clear(type);
        }
    }

    private void intervalEnds(long nowNanos, List<Host> changed) {
        List<HostRecord> in = new ArrayList<>();
        for (HostRecord record : records.values()) {
            rates.take(record);
            if (!out.contains(record)) {
                in.add(record);
            }
        }
        List<Outlier> outliers = rates.outliers(in, records.size());
        outliers.forEach(outlier -> stats.detected(outlier.type()));
        OutlierSpec.Soft soft = spec.soft();
        if (soft == null) {
            outliers.forEach(outlier -> eject(outlier, nowNanos, changed));
        } else {
            trust(soft, in, outliers, nowNanos, changed);
        }
        for (HostRecord record : in) {
            boolean longBack = record.wasBack && nowNanos - record.backAtNanos >= spec.intervalNanos();
            if (record.backOff > 0 && longBack && !out.contains(record)) {
                record.backOff--;
            }
        }
        rates.forget();
    }

    /** Cuts the weight of outliers in proportion to how far they differ, and gives the others a step back. */
    private void trust(OutlierSpec.Soft rule, List<HostRecord> in, List<Outlier> outliers, long nowNanos,
            List<Host> changed) {
        Map<HostRecord, Outlier> worst = new LinkedHashMap<>();
        for (Outlier outlier : outliers) {
            if (around.dice().nextInt(100) < outlier.enforcing()) {
                worst.merge(outlier.record(), outlier, (a, b) -> a.share() <= b.share() ? a : b);
            }
        }
        for (HostRecord record : in) {
            double before = record.host.trustFactor();
            Outlier outlier = worst.get(record);
            double next = outlier == null
                    ? Math.min(1, before + rule.step())
                    : Math.max(rule.minimum(), before * outlier.share());
            if (next != before) {
                trust(record, outlier, next, nowNanos);
                changed.add(record.host);
            }
            if (outlier != null) {
                stats.softCut();
            }
        }
    }

    /**
     * The host gets this part of its weight from now on, and everybody hears why.
     *
     * @param outlier
     *            null: nothing was found
     */
    private void trust(HostRecord record, @Nullable Outlier outlier, double share, long nowNanos) {
        String found = outlier == null ? "trusted again: nothing found in this interval" : outlier.reason();
        String reason = String.format(Locale.ROOT, "%s; it has %.0f %% of its weight", found, PERCENT * share);
        if (outlier == null) {
            restore(record, share, reason, nowNanos);
            return;
        }
        record.cutBy = outlier.type();
        long since = share(record, share, reason, nowNanos);
        around.outliers().accept(new OutlierEvent(cluster, record.host.addressText(), outlier.type(),
                Action.CUT_WEIGHT, true, since, record.ejections, share, outlier.rate(), outlier.average(),
                outlier.threshold(), reason));
    }

    private void restore(HostRecord record, double share, String reason, long nowNanos) {
        long since = share(record, share, reason, nowNanos);
        around.outliers().accept(OutlierEvent.of(cluster, record.host.addressText(), record.cutBy,
                Action.RESTORE_WEIGHT, since, record.ejections, share, reason));
    }

    /** Gives the host this part of its weight; the time since it got another one, -1 where it never did. */
    private static long share(HostRecord record, double share, String reason, long nowNanos) {
        long since = record.trustedAtNanos == HostRecord.NEVER ? -1 : nowNanos - record.trustedAtNanos;
        record.trustedAtNanos = nowNanos;
        record.host.trust(share, reason, nowNanos);
        return since;
    }

    /** Nobody cuts its weight any more. */
    private void trustWhole(HostRecord record, String why, long nowNanos) {
        if (record.host.trustFactor() < 1) {
            restore(record, 1, why, nowNanos);
        }
    }

    private void eject(Outlier outlier, long nowNanos, List<Host> changed) {
        HostRecord record = outlier.record();
        Host host = record.host;
        if (out.contains(record)) {
            return;
        }
        OutlierSpec.Ejection rule = spec.ejection();
        boolean room = 100.0 * (out.size() + 1) / records.size() <= rule.maxPercent()
                || (rule.alwaysOne() && out.isEmpty());
        if (!room) {
            stats.overflow();
            return;
        }
        boolean enforced = around.dice().nextInt(100) < outlier.enforcing();
        long since = record.wasBack ? nowNanos - record.backAtNanos : -1;
        if (enforced) {
            stats.enforced(outlier.type());
            out.add(record);
            changed.add(host);
            record.type = outlier.type();
            record.ejections++;
            record.ejectedAtNanos = nowNanos;
            record.jitterNanos = rule.jitterNanos() == 0 ? 0 : around.dice().nextLong(rule.jitterNanos() + 1);
            if (record.backOff < (rule.maxNanos() + (double) rule.baseNanos()) / rule.baseNanos()) {
                record.backOff++;
            }
            host.flag(HealthFlag.FAILED_OUTLIER_CHECK, true, outlier.reason(), nowNanos);
        }
        around.outliers().accept(new OutlierEvent(cluster, host.addressText(), outlier.type(), Action.EJECT, enforced,
                since, record.ejections, host.trustFactor(), outlier.rate(), outlier.average(), outlier.threshold(),
                outlier.reason()));
    }

    /** The success rates of the host in percent in the last interval that had enough requests; -1 where none had. */
    public static String successRate(Host host) {
        return host.healthTracker() instanceof HostRecord record ? text(record.successRate) : "-1";
    }

    /** As {@link #successRate}, of failures on our side. */
    public static String localSuccessRate(Host host) {
        return host.healthTracker() instanceof HostRecord record ? text(record.localSuccessRate) : "-1";
    }

    private static String text(double rate) {
        return rate < 0
                ? "-1"
                : rate == Math.rint(rate)
                        ? Long.toString((long) rate)
                        : String.format(Locale.ROOT, "%.2f", rate);
    }
}
