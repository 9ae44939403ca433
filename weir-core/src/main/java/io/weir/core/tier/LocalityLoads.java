package io.weir.core.tier;

import io.weir.core.memory.Utilization;
import io.weir.core.model.Host;
import io.weir.core.model.Locality;
import io.weir.core.model.LocalityRule.LoadAware;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How busy localities are by what their hosts report, smoothed over time, and what share of the traffic each gets for
 * it. Source: Envoy's architecture overview, "Load-aware locality load balancing". The conductor's.
 */
public final class LocalityLoads {
    private record Key(Object scope, Locality locality) {
    }

    private static final class Smoothed {
        private double utilization;
        private boolean stale = true;
        private boolean sampled;
        private long period = -1;
        private long atNanos;
    }

    private final Map<Key, Smoothed> localities = new HashMap<>();
    private long period;
    private long nowNanos;
    private boolean begun;
    private long beganNanos;

    /** Time goes on. Returns whether a period is over, so that shares are to be worked out anew. */
    public boolean tick(@Nullable LoadAware rule, long now) {
        nowNanos = now;
        if (rule == null) {
            localities.clear();
            begun = false;
            return false;
        }
        if (begun && now - beganNanos < rule.updateNanos()) {
            return false;
        }
        begun = true;
        beganNanos = now;
        // what nobody has asked for during a period is of localities that are gone
        localities.values().removeIf(smoothed -> smoothed.period < period);
        period++;
        return true;
    }

    /**
     * The share of each locality, in any unit; 0 for one that gets nothing.
     *
     * @param scope
     *            whose localities these are: the same object, or an equal one, for the same part of the hosts
     * @param hosts
     *            of each place the hosts that may be chosen
     * @param own
     *            where this proxy stands
     */
    public double[] shares(LoadAware rule, Object scope, List<Place> places, List<List<Host>> hosts, Locality own) {
        int size = places.size();
        double[] utilizations = new double[size];
        boolean[] stale = new boolean[size];
        int[] counts = new int[size];
        int local = -1;
        for (int i = 0; i < size; i++) {
            Locality locality = places.get(i).locality();
            Smoothed smoothed = sampled(rule, new Key(scope, locality), hosts.get(i));
            utilizations[i] = smoothed.utilization;
            stale[i] = smoothed.stale;
            counts[i] = hosts.get(i).size();
            if (locality.equals(own) && counts[i] > 0) {
                local = i;
            }
        }
        return shares(rule, utilizations, stale, counts, local);
    }

    private Smoothed sampled(LoadAware rule, Key key, List<Host> hosts) {
        Smoothed smoothed = localities.computeIfAbsent(key, _ -> new Smoothed());
        if (smoothed.period == period) {
            return smoothed;
        }
        smoothed.period = period;
        double sum = 0;
        int valid = 0;
        for (Host host : hosts) {
            double told = Utilization.of(host, rule.utilizationMetrics(), rule.reportNanos() == 0)
                    .within(rule.expirationNanos(), nowNanos);
            if (!Double.isNaN(told)) {
                sum += told;
                valid++;
            }
        }
        smoothed.stale = valid == 0;
        if (valid > 0) {
            double raw = sum / valid;
            double alpha = smoothed.sampled
                    ? 1 - Math.exp(-(double) (nowNanos - smoothed.atNanos) / rule.smoothingNanos())
                    : 1;
            smoothed.utilization += alpha * (raw - smoothed.utilization);
            smoothed.sampled = true;
        }
        smoothed.atNanos = nowNanos;
        return smoothed;
    }

    /**
     * The arithmetic.
     *
     * @param local
     *            the index of the own locality; -1: none
     */
    static double[] shares(LoadAware rule, double[] utilizations, boolean[] stale, int[] counts, int local) {
        double[] base = new double[counts.length];
        double sum = 0;
        for (int i = 0; i < base.length; i++) {
            base[i] = counts[i] * (stale[i] ? 1 : Math.max(0, 1 - utilizations[i]));
            sum += base[i];
        }
        if (sum == 0) {
            return Arrays.stream(counts).asDoubleStream().toArray();
        }
        int remoteHosts = 0;
        double remoteUtilization = 0;
        for (int i = 0; i < base.length; i++) {
            remoteHosts += i == local ? 0 : counts[i];
            remoteUtilization += i == local ? 0 : utilizations[i] * counts[i];
        }
        if (local < 0 || remoteHosts == 0) {
            return base;
        }
        if (utilizations[local] <= remoteUtilization / remoteHosts + rule.varianceThreshold()) {
            Arrays.fill(base, 0);
            base[local] = sum;
        }
        double deficit = rule.remoteProbeFraction() * sum - (sum - base[local]);
        if (deficit > 0) {
            base[local] = Math.max(0, base[local] - deficit);
            for (int i = 0; i < base.length; i++) {
                base[i] += i == local ? 0 : deficit * counts[i] / remoteHosts;
            }
        }
        return base;
    }
}
