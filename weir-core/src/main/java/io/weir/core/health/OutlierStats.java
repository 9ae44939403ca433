package io.weir.core.health;

import io.weir.core.stats.Counter;
import io.weir.core.stats.Scope;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;

/** The numbers of outlier detection, Envoy's {@code cluster.<name>.outlier_detection.*}. */
final class OutlierStats {
    private final Map<OutlierType, Counter> detected = new EnumMap<>(OutlierType.class);
    private final Map<OutlierType, Counter> enforced = new EnumMap<>(OutlierType.class);
    private final Counter enforcedTotal;
    private final Counter overflow;
    private final Counter softCuts;

    OutlierStats(Scope cluster) {
        Scope scope = cluster.child("outlier_detection");
        // what is detected without a rule for outliers is counted where that is done
        for (OutlierType type : EnumSet.complementOf(EnumSet.of(OutlierType.UNREACHABLE))) {
            detected.put(type, scope.counter("ejections_detected_" + type.statName()));
            enforced.put(type, scope.counter("ejections_enforced_" + type.statName()));
        }
        enforcedTotal = scope.counter("ejections_enforced_total");
        overflow = scope.counter("ejections_overflow");
        softCuts = scope.counter("weight_cuts");
    }

    void detected(OutlierType type) {
        increment(detected, type);
    }

    void enforced(OutlierType type) {
        increment(enforced, type);
        enforcedTotal.increment();
    }

    void overflow() {
        overflow.increment();
    }

    void softCut() {
        softCuts.increment();
    }

    private static void increment(Map<OutlierType, Counter> counters, OutlierType type) {
        Counter counter = counters.get(type);
        if (counter != null) {
            counter.increment();
        }
    }
}
