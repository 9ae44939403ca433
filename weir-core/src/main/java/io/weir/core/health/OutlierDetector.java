package io.weir.core.health;

import io.weir.core.model.HealthFlag;
import io.weir.core.model.Host;
import io.weir.core.model.HostTracker;
import io.weir.core.rule.OutlierSpec;
import io.weir.core.stats.Scope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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
    private final OutlierSpec spec;
    private final String cluster;
    private final Surroundings around;
    private final OutlierStats stats;
    private final Map<Host, HostRecord> records = new LinkedHashMap<>();
    private final OutlierRates rates;
    private long intervalEndsNanos;

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
        this.intervalEndsNanos = nowNanos + spec.intervalNanos();
    }

    /** The rules it goes by. */
    public OutlierSpec spec() {
        return spec;
    }

    /** These are the hosts now: new ones are remembered from here on, those that left are forgotten. */
    public void hosts(Collection<Host> hosts) {
        Map<Host, HostRecord> former = new LinkedHashMap<>(records);
        records.clear();
        for (Host host : hosts) {
            HostRecord record = former.remove(host);
            if (record == null) {
                record = new HostRecord(host, spec, around.wake());
                host.healthTracker(record);
            }
            records.put(host, record);
        }
    }

    /** Ends: every host is in again, with its whole weight. */
    public void end(long nowNanos) {
        for (HostRecord record : records.values()) {
            record.host.healthTracker(HostTracker.NONE);
            record.host.trustFactor(1);
            record.host.flag(HealthFlag.FAILED_OUTLIER_CHECK, false, "outlier detection was turned off", nowNanos);
        }
        records.clear();
    }

    /**
     * Ejects and lets back.
     *
     * @return whether that changed who may be picked, or how often
     */
    public boolean tick(long nowNanos) {
        boolean changed = false;
        for (HostRecord record : records.values()) {
            if (record.host.is(HealthFlag.FAILED_OUTLIER_CHECK)) {
                record.takeSignals();
                changed |= returns(record, nowNanos);
            } else {
                int signals = record.takeSignals();
                if (signals != 0) {
                    changed |= runs(record, signals, nowNanos);
                }
            }
        }
        if (nowNanos - intervalEndsNanos >= 0) {
            intervalEndsNanos = nowNanos + spec.intervalNanos();
            changed |= intervalEnds(nowNanos);
        }
        return changed;
    }

    /** A health check of this host has succeeded: its ejection is over, unless that is not wanted. */
    public boolean checkSucceeded(Host host, long nowNanos) {
        HostRecord record = records.get(host);
        return record != null && spec.unejectOnCheck() && host.is(HealthFlag.FAILED_OUTLIER_CHECK)
                && back(record, "its health check succeeded", nowNanos);
    }

    private boolean returns(HostRecord record, long nowNanos) {
        OutlierSpec.Ejection rule = spec.ejection();
        long times = Math.max(1, record.backOff);
        long lasts = rule.maxNanos() / times < rule.baseNanos() ? rule.maxNanos() : rule.baseNanos() * times;
        return nowNanos - record.ejectedAtNanos >= lasts + record.jitterNanos
                && back(record, "the time of its ejection is over", nowNanos);
    }

    private boolean back(HostRecord record, String why, long nowNanos) {
        record.clearRuns();
        record.backAtNanos = nowNanos;
        record.wasBack = true;
        record.host.flag(HealthFlag.FAILED_OUTLIER_CHECK, false, "back: " + why, nowNanos);
        around.outliers().accept(new OutlierEvent(cluster, record.host.addressText(), record.type, false, true,
                nowNanos - record.ejectedAtNanos, record.ejections, -1, -1, -1));
        return true;
    }

    private boolean runs(HostRecord record, int signals, long nowNanos) {
        boolean changed = false;
        for (OutlierType type : OutlierType.values()) {
            if ((signals & type.bit()) == 0) {
                continue;
            }
            stats.detected(type);
            changed |= eject(record, Outlier.run(record, type, spec), nowNanos);
            record.clear(type);
        }
        return changed;
    }

    private boolean intervalEnds(long nowNanos) {
        boolean changed = false;
        List<HostRecord> in = new ArrayList<>();
        for (HostRecord record : records.values()) {
            rates.take(record);
            if (!record.host.is(HealthFlag.FAILED_OUTLIER_CHECK)) {
                in.add(record);
            }
        }
        List<Outlier> outliers = rates.outliers(in, records.size());
        outliers.forEach(outlier -> stats.detected(outlier.type()));
        OutlierSpec.Soft soft = spec.soft();
        if (soft == null) {
            for (Outlier outlier : outliers) {
                changed |= eject(outlier.record(), outlier, nowNanos);
            }
        } else {
            changed = trust(soft, in, outliers);
        }
        for (HostRecord record : in) {
            boolean longBack = record.wasBack && nowNanos - record.backAtNanos >= spec.intervalNanos();
            if (record.backOff > 0 && longBack && !record.host.is(HealthFlag.FAILED_OUTLIER_CHECK)) {
                record.backOff--;
            }
        }
        rates.forget();
        return changed;
    }

    /** Cuts the weight of outliers in proportion to how far they differ, and gives the others a step back. */
    private boolean trust(OutlierSpec.Soft rule, List<HostRecord> in, List<Outlier> outliers) {
        Map<HostRecord, Double> shares = new LinkedHashMap<>();
        for (Outlier outlier : outliers) {
            if (around.dice().nextInt(100) < outlier.enforcing()) {
                shares.merge(outlier.record(), outlier.share(), Math::min);
            }
        }
        boolean changed = false;
        for (HostRecord record : in) {
            double before = record.host.trustFactor();
            Double share = shares.get(record);
            double next = share == null ? Math.min(1, before + rule.step()) : Math.max(rule.minimum(), before * share);
            if (next != before) {
                record.host.trustFactor(next);
                changed = true;
            }
            if (share != null) {
                stats.softCut();
            }
        }
        return changed;
    }

    private boolean eject(HostRecord record, Outlier outlier, long nowNanos) {
        Host host = record.host;
        if (host.is(HealthFlag.FAILED_OUTLIER_CHECK)) {
            return false;
        }
        OutlierSpec.Ejection rule = spec.ejection();
        long out = records.keySet().stream().filter(other -> other.is(HealthFlag.FAILED_OUTLIER_CHECK)).count();
        boolean room = 100.0 * (out + 1) / records.size() <= rule.maxPercent() || (rule.alwaysOne() && out == 0);
        if (!room) {
            stats.overflow();
            return false;
        }
        boolean enforced = around.dice().nextInt(100) < outlier.enforcing();
        long since = record.wasBack ? nowNanos - record.backAtNanos : -1;
        if (enforced) {
            stats.enforced(outlier.type());
            record.type = outlier.type();
            record.ejections++;
            record.ejectedAtNanos = nowNanos;
            record.jitterNanos = rule.jitterNanos() == 0 ? 0 : around.dice().nextLong(rule.jitterNanos() + 1);
            if (record.backOff < (rule.maxNanos() + (double) rule.baseNanos()) / rule.baseNanos()) {
                record.backOff++;
            }
            host.flag(HealthFlag.FAILED_OUTLIER_CHECK, true, outlier.reason(), nowNanos);
        }
        around.outliers().accept(new OutlierEvent(cluster, host.addressText(), outlier.type(), true, enforced, since,
                record.ejections, outlier.rate(), outlier.average(), outlier.threshold()));
        return enforced;
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
