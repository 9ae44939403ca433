package io.weir.testkit.sim.file;

import io.weir.core.aperture.ApertureRule;
import io.weir.core.model.Balancing;
import io.weir.core.model.LocalityRule;
import io.weir.core.model.SlowStart;
import io.weir.core.rule.CheckSpec;
import io.weir.core.rule.EjectionSpec;
import io.weir.core.rule.HealthRules;
import io.weir.core.rule.OutlierSpec;
import io.weir.testkit.sim.engine.SimulatedCheck;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what stands beside a policy: who is left out, and which part of the hosts gets how much. */
final class RulesForm {
    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final int PERCENT = 100;
    private static final List<String> LOCALITIES = List.of("ignored", "weighted", "zone_aware");

    private RulesForm() {}

    /** The health of hosts: what a refused connection does, outliers, and checks. */
    static HealthRules health(Form form) {
        HealthRules rules = HealthRules.DEFAULT;
        Form ejection = form.part("ejection");
        if (ejection != null) {
            if (!ejection.single() || !ejection.text().equals("never")) {
                ejection.problem("this is no rule of ejection", "write never, or leave it away for the default");
            }
            rules = rules.withEjection(EjectionSpec.NEVER);
        }
        return rules.withOutliers(outliers(form.part("outlier_detection")))
                .withChecks(checks(form.part("health_checks")));
    }

    /** In Envoy's names where Envoy has the thing, with Envoy's defaults. */
    private static @Nullable OutlierSpec outliers(@Nullable Form form) {
        if (form == null) {
            return null;
        }
        form.mapping("outlier_detection", List.of("interval", "consecutive_5xx", "base_ejection_time",
                "max_ejection_time", "max_ejection_percent", "latency_factor", "soft"));
        OutlierSpec usual = OutlierSpec.DEFAULT;
        OutlierSpec.Ejection ejection = usual.ejection();
        long base = form.nanos("base_ejection_time", 1, ejection.baseNanos());
        long max = form.nanos("max_ejection_time", 1, Math.max(base, ejection.maxNanos()));
        Form longest = form.part("max_ejection_time");
        if (longest != null && max < base) {
            longest.problem("this is less than base_ejection_time", "write at least that");
            max = base;
        }
        OutlierSpec.Consecutive errors = new OutlierSpec.Consecutive(
                form.whole("consecutive_5xx", 0, Integer.MAX_VALUE, usual.serverErrors().threshold()),
                usual.serverErrors().enforcing());
        int percent = form.whole("max_ejection_percent", 0, PERCENT, ejection.maxPercent());
        OutlierSpec.Latency latency = latency(form);
        return new OutlierSpec(form.nanos("interval", 1, usual.intervalNanos()),
                new OutlierSpec.Ejection(base, max, ejection.jitterNanos(), percent, ejection.alwaysOne()), errors,
                usual.gatewayFailures(), usual.localFailures(), usual.splitLocal(), usual.successRate(),
                usual.failurePercentage(), usual.unejectOnCheck(), latency,
                form.yes("soft") ? OutlierSpec.Soft.DEFAULT : null);
    }

    private static OutlierSpec.@Nullable Latency latency(Form form) {
        OutlierSpec.Latency usual = OutlierSpec.Latency.DEFAULT;
        if (form.part("latency_factor") == null) {
            return null;
        }
        return new OutlierSpec.Latency(usual.percentile(), form.number("latency_factor", 1.01, 1000, usual.factor()),
                usual.minimumHosts(), usual.requestVolume(), usual.enforcing(), usual.floorNanos());
    }

    /** In the words of the short form, with its defaults. */
    private static @Nullable CheckSpec checks(@Nullable Form form) {
        if (form == null) {
            return null;
        }
        form.mapping("health_checks", List.of("every", "timeout", "fails", "passes"));
        CheckSpec.Timing timing = CheckSpec.Timing.every(form.nanos("every", 1_000_000, 5 * SECOND_NANOS),
                form.nanos("timeout", 1_000_000, SECOND_NANOS));
        return CheckSpec.of(new SimulatedCheck(), timing, form.whole("fails", 1, 1000, 3),
                form.whole("passes", 1, 1000, 2));
    }

    /** Which of the hosts are used at all, and how much of its share each gets. */
    static Balancing balancing(Form form, Balancing usual) {
        return usual.withAperture(aperture(form)).withSlowStart(slowStart(form.part("slow_start")))
                .withTiers(usual.tiers().withLocality(localities(form.part("localities"))));
    }

    private static ApertureRule aperture(Form form) {
        Form subset = form.part("subset");
        Form arc = form.part("aperture");
        if (subset != null && arc != null) {
            arc.problem("hosts are chosen by a subset already", "keep one of subset and aperture");
        }
        if (subset != null) {
            return new ApertureRule.RandomSubset((int) subset.number(1, ScenarioFile.HOSTS_MAX, 1, true));
        }
        return arc == null
                ? ApertureRule.ALL
                : new ApertureRule.Deterministic((int) arc.number(1, ScenarioFile.HOSTS_MAX, 1, true), -1, 0);
    }

    private static @Nullable SlowStart slowStart(@Nullable Form form) {
        if (form == null) {
            return null;
        }
        if (form.single()) {
            return new SlowStart(form.nanos(1, 1), 1, 10);
        }
        form.mapping("slow_start", List.of("window", "aggression", "min_weight"));
        Form window = form.needed("window", "write window: 10s");
        return new SlowStart(window == null ? 1 : window.nanos(1, 1), form.number("aggression", 0.001, 1000, 1),
                PERCENT * form.number("min_weight", 0.0001, 1, 0.1));
    }

    private static LocalityRule localities(@Nullable Form form) {
        if (form == null) {
            return new LocalityRule.Ignored();
        }
        String text = form.text();
        if (text.equals("zone_aware")) {
            return LocalityRule.ZoneAware.DEFAULT;
        }
        if (text.equals("weighted")) {
            return new LocalityRule.Weighted();
        }
        if (!text.equals("ignored")) {
            form.problem("there is no such rule of localities", "write one of " + String.join(", ", LOCALITIES));
        }
        return new LocalityRule.Ignored();
    }
}
