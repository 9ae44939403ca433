package io.weir.core.health;

import io.weir.core.rule.OutlierSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Compares the hosts of a cluster by what they did in one interval. The conductor's. */
final class OutlierRates {
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double FACTOR_UNIT = 1000;

    /** What one host did in the interval; how many answers the latency is of. */
    private record Taken(long external, long local, long latencyNanos, int timed) {
        int all(boolean ours) {
            return HostRecord.Rate.all(ours ? local : external);
        }

        double percent(boolean ours) {
            long both = ours ? local : external;
            return 100.0 * HostRecord.Rate.successes(both) / HostRecord.Rate.all(both);
        }
    }

    private OutlierSpec spec;
    private final Map<HostRecord, Taken> interval = new LinkedHashMap<>();

    OutlierRates(OutlierSpec spec) {
        this.spec = spec;
    }

    /** Compares by these rules from now on. */
    void rules(OutlierSpec now) {
        spec = now;
    }

    /** Takes what the host did; its counts begin anew. */
    void take(HostRecord record) {
        long latencyNanos = 0;
        int timed = 0;
        Latencies latencies = record.latencies;
        OutlierSpec.Latency rule = spec.latency();
        if (latencies != null && rule != null) {
            latencyNanos = latencies.percentileNanos(rule.percentile());
            timed = latencies.total();
            latencies.clear();
        }
        Taken taken = new Taken(record.external.take(), record.local.take(), latencyNanos, timed);
        int enough = Math.min(spec.successRate().requestVolume(), spec.failurePercentage().requestVolume());
        record.successRate = enough(taken.all(false), enough) ? taken.percent(false) : -1;
        record.localSuccessRate = enough(taken.all(true), enough) ? taken.percent(true) : -1;
        interval.put(record, taken);
    }

    void forget() {
        interval.clear();
    }

    private static boolean enough(int requests, int volume) {
        return requests > 0 && requests >= volume;
    }

    /** The outliers among these, each rule for itself: a host may be one more than once. */
    List<Outlier> outliers(List<HostRecord> in, int hosts) {
        List<Outlier> found = new ArrayList<>();
        for (boolean ours : spec.splitLocal() ? new boolean[]{false, true} : new boolean[]{false}) {
            successRate(found, in, ours);
            failurePercentage(found, in, hosts, ours);
        }
        OutlierSpec.Latency rule = spec.latency();
        if (rule != null) {
            latency(found, in, rule);
        }
        return found;
    }

    private List<HostRecord> withEnough(List<HostRecord> in, int volume, boolean ours) {
        return in.stream().filter(record -> enough(taken(record).all(ours), volume)).toList();
    }

    private Taken taken(HostRecord record) {
        return interval.getOrDefault(record, new Taken(0, 0, 0, 0));
    }

    private void successRate(List<Outlier> found, List<HostRecord> in, boolean ours) {
        OutlierSpec.SuccessRate rule = spec.successRate();
        List<HostRecord> compared = withEnough(in, rule.requestVolume(), ours);
        if (compared.isEmpty() || compared.size() < rule.minimumHosts()) {
            return;
        }
        double mean = compared.stream().mapToDouble(record -> taken(record).percent(ours)).average().orElse(0);
        double variance = compared.stream().mapToDouble(record -> Math.pow(taken(record).percent(ours) - mean, 2))
                .average().orElse(0);
        double threshold = mean - rule.stdevFactor() / FACTOR_UNIT * Math.sqrt(variance);
        OutlierType type = ours ? OutlierType.SUCCESS_RATE_LOCAL_ORIGIN : OutlierType.SUCCESS_RATE;
        for (HostRecord record : compared) {
            double rate = taken(record).percent(ours);
            if (rate < threshold) {
                found.add(new Outlier(record, type, ours ? rule.enforcingLocal() : rule.enforcing(), rate / mean, rate,
                        mean, threshold, String.format(Locale.ROOT, "%s: %.1f %%, below %.1f %% (mean %.1f %%)",
                                type.words(), rate, threshold, mean)));
            }
        }
    }

    private void failurePercentage(List<Outlier> found, List<HostRecord> in, int hosts, boolean ours) {
        OutlierSpec.FailurePercentage rule = spec.failurePercentage();
        List<HostRecord> compared = withEnough(in, rule.requestVolume(), ours);
        if (hosts < rule.minimumHosts() || compared.size() < rule.minimumHosts()) {
            return;
        }
        OutlierType type = ours ? OutlierType.FAILURE_PERCENTAGE_LOCAL_ORIGIN : OutlierType.FAILURE_PERCENTAGE;
        for (HostRecord record : compared) {
            double rate = taken(record).percent(ours);
            if (100 - rate >= rule.threshold()) {
                found.add(new Outlier(record, type, ours ? rule.enforcingLocal() : rule.enforcing(), rate / 100, rate,
                        -1, 100.0 - rule.threshold(), String.format(Locale.ROOT,
                                "%s: %.1f %% fail, at least %d %%", type.words(), 100 - rate, rule.threshold())));
            }
        }
    }

    /** Against the median of its peers, itself left out: with few hosts a slow one would move the median its way. */
    private void latency(List<Outlier> found, List<HostRecord> in, OutlierSpec.Latency rule) {
        List<HostRecord> compared = in.stream()
                .filter(record -> enough(taken(record).timed(), rule.requestVolume()))
                .toList();
        if (compared.size() < Math.max(2, rule.minimumHosts())) {
            return;
        }
        long[] sorted = compared.stream().mapToLong(record -> taken(record).latencyNanos()).sorted().toArray();
        for (HostRecord record : compared) {
            long mine = taken(record).latencyNanos();
            long median = medianWithout(sorted, mine);
            double threshold = Math.max(rule.factor() * median, (double) rule.floorNanos());
            if (mine > threshold) {
                found.add(
                        new Outlier(record, OutlierType.LATENCY, rule.enforcing(), (double) Math.max(1, median) / mine,
                                mine / NANOS_PER_MILLI, median / NANOS_PER_MILLI, threshold / NANOS_PER_MILLI,
                                String.format(Locale.ROOT,
                                        "latency: p%s is %.1f ms, above %.1f ms (median of its peers %.1f ms)",
                                        number(rule.percentile()), mine / NANOS_PER_MILLI, threshold / NANOS_PER_MILLI,
                                        median / NANOS_PER_MILLI)));
            }
        }
    }

    private static String number(double percentile) {
        return percentile == Math.rint(percentile) ? Long.toString((long) percentile) : Double.toString(percentile);
    }

    /** The lower median of all but one of this value. */
    private static long medianWithout(long[] sorted, long one) {
        int at = Arrays.binarySearch(sorted, one);
        int middle = (sorted.length - 2) / 2;
        return sorted[middle < at ? middle : middle + 1];
    }
}
