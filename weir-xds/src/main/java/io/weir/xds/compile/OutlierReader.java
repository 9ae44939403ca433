package io.weir.xds.compile;

import java.util.List;
import java.util.Map;

import com.google.protobuf.DynamicMessage;
import com.google.protobuf.UInt32Value;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.OutlierDetection;
import io.weir.core.rule.HealthRules;
import io.weir.core.rule.OutlierSpec;
import io.weir.core.rule.OutlierSpec.Consecutive;
import io.weir.core.rule.OutlierSpec.Ejection;
import io.weir.core.rule.OutlierSpec.FailurePercentage;
import io.weir.core.rule.OutlierSpec.Latency;
import io.weir.core.rule.OutlierSpec.Soft;
import io.weir.core.rule.OutlierSpec.SuccessRate;
import io.weir.xds.message.Declared;
import io.weir.xds.shortform.HealthMessage;

import org.jspecify.annotations.Nullable;

/** Reads when hosts of a cluster are outliers: Envoy's message and Weir's own beside it. */
record OutlierReader() implements ExtensionReader<DynamicMessage, OutlierReader.Own> {

    private static final int PERCENT_MAX = 100;

    /** What Weir adds. */
    record Own(@Nullable Latency latency, @Nullable Soft soft, long freshNanos) {
        boolean ofOutliers() {
            return latency != null || soft != null;
        }
    }

    static HealthRules rules(ReadContext context, Cluster cluster, Map<String, Object> extensions) {
        HealthRules rules = HealthRules.DEFAULT.withChecks(CheckReader.read(context, cluster, extensions));
        Own given = extensions.get(HealthMessage.TYPE) instanceof Own read ? read : null;
        if (given != null && given.freshNanos() > 0 && cluster.getHealthChecksCount() == 0) {
            context.warning("typed_extension_protocol_options[" + HealthMessage.TYPE + "]",
                    "skip_check_after_success_within", "this is not used, because there are no health_checks to skip",
                    "add health_checks, or remove it");
        }
        Own own = given != null && given.ofOutliers() ? given : null;
        if (!cluster.hasOutlierDetection() && own == null) {
            return rules;
        }
        OutlierSpec spec = envoys(context.at("outlier_detection"), cluster.getOutlierDetection());
        if (spec == null) {
            return rules;
        }
        return rules.withOutliers(own == null ? spec : spec.withOwn(own.latency(), own.soft()));
    }

    private static @Nullable OutlierSpec envoys(ReadContext context, OutlierDetection given) {
        OutlierSpec otherwise = OutlierSpec.DEFAULT;
        long interval = given.hasInterval() ? Plain.nanos(given.getInterval()) : otherwise.intervalNanos();
        long base = given.hasBaseEjectionTime()
                ? Plain.nanos(given.getBaseEjectionTime())
                : Ejection.DEFAULT.baseNanos();
        long max = given.hasMaxEjectionTime()
                ? Plain.nanos(given.getMaxEjectionTime())
                : Math.max(Ejection.DEFAULT.maxNanos(), base);
        if (interval < 1 || base < 1) {
            return null; // a rule of the API has told it
        }
        if (max < base) {
            context.problem("max_ejection_time", max / 1_000_000 + " ms",
                    "the longest ejection is shorter than base_ejection_time, " + base / 1_000_000 + " ms",
                    "make it at least as long");
            return null;
        }
        long jitter = given.hasMaxEjectionTimeJitter()
                ? Math.max(0, Plain.nanos(given.getMaxEjectionTimeJitter()))
                : 0;
        var ejection = new Ejection(base, max, jitter,
                number(given.hasMaxEjectionPercent(), given.getMaxEjectionPercent(), Ejection.DEFAULT.maxPercent()),
                given.getAlwaysEjectOneHost().getValue());
        boolean uneject = !given.hasSuccessfulActiveHealthCheckUnejectHost()
                || given.getSuccessfulActiveHealthCheckUnejectHost().getValue();
        return new OutlierSpec(interval, ejection,
                new Consecutive(number(given.hasConsecutive5Xx(), given.getConsecutive5Xx(), 5),
                        number(given.hasEnforcingConsecutive5Xx(), given.getEnforcingConsecutive5Xx(), PERCENT_MAX)),
                new Consecutive(number(given.hasConsecutiveGatewayFailure(), given.getConsecutiveGatewayFailure(), 5),
                        number(given.hasEnforcingConsecutiveGatewayFailure(),
                                given.getEnforcingConsecutiveGatewayFailure(), 0)),
                new Consecutive(
                        number(given.hasConsecutiveLocalOriginFailure(), given.getConsecutiveLocalOriginFailure(), 5),
                        number(given.hasEnforcingConsecutiveLocalOriginFailure(),
                                given.getEnforcingConsecutiveLocalOriginFailure(), PERCENT_MAX)),
                given.getSplitExternalLocalOriginErrors(), successRate(given), failurePercentage(given), uneject,
                null, null);
    }

    private static SuccessRate successRate(OutlierDetection given) {
        SuccessRate otherwise = SuccessRate.DEFAULT;
        return new SuccessRate(
                number(given.hasSuccessRateMinimumHosts(), given.getSuccessRateMinimumHosts(),
                        otherwise.minimumHosts()),
                number(given.hasSuccessRateRequestVolume(), given.getSuccessRateRequestVolume(),
                        otherwise.requestVolume()),
                number(given.hasSuccessRateStdevFactor(), given.getSuccessRateStdevFactor(),
                        otherwise.stdevFactor()),
                number(given.hasEnforcingSuccessRate(), given.getEnforcingSuccessRate(), otherwise.enforcing()),
                number(given.hasEnforcingLocalOriginSuccessRate(), given.getEnforcingLocalOriginSuccessRate(),
                        otherwise.enforcingLocal()));
    }

    private static FailurePercentage failurePercentage(OutlierDetection given) {
        FailurePercentage otherwise = FailurePercentage.DEFAULT;
        return new FailurePercentage(
                number(given.hasFailurePercentageThreshold(), given.getFailurePercentageThreshold(),
                        otherwise.threshold()),
                number(given.hasFailurePercentageMinimumHosts(), given.getFailurePercentageMinimumHosts(),
                        otherwise.minimumHosts()),
                number(given.hasFailurePercentageRequestVolume(), given.getFailurePercentageRequestVolume(),
                        otherwise.requestVolume()),
                number(given.hasEnforcingFailurePercentage(), given.getEnforcingFailurePercentage(),
                        otherwise.enforcing()),
                number(given.hasEnforcingFailurePercentageLocalOrigin(),
                        given.getEnforcingFailurePercentageLocalOrigin(), otherwise.enforcingLocal()));
    }

    private static int number(boolean has, UInt32Value value, int otherwise) {
        return has ? Plain.limit(value.getValue()) : otherwise;
    }

    @Override
    public DynamicMessage prototype() {
        return HealthMessage.prototype();
    }

    @Override
    public Class<Own> kind() {
        return Own.class;
    }

    @Override
    public @Nullable Own read(DynamicMessage config, ReadContext context) {
        double factor = HealthMessage.number(config, "latency_factor", 0);
        double percentile = HealthMessage.number(config, "latency_percentile", Latency.DEFAULT.percentile());
        double minimum = HealthMessage.number(config, "soft_minimum_percent", Soft.DEFAULT.minimum() * PERCENT_MAX);
        double step = HealthMessage.number(config, "soft_step_percent", Soft.DEFAULT.step() * PERCENT_MAX);
        double enforcing = HealthMessage.number(config, "enforcing_latency", Latency.DEFAULT.enforcing());
        long floor = Declared.nanos(config, "latency_floor", Latency.DEFAULT.floorNanos());
        long fresh = Declared.nanos(config, "skip_check_after_success_within", 0);
        boolean well = within(context, "latency_percentile", percentile);
        well = within(context, "soft_minimum_percent", minimum) && well;
        well = within(context, "soft_step_percent", step) && well;
        well = within(context, "enforcing_latency", enforcing) && well;
        well = notNegative(context, "latency_floor", floor) && well;
        well = notNegative(context, "skip_check_after_success_within", fresh) && well;
        if (factor != 0 && !(factor > 1 && Double.isFinite(factor))) {
            context.problem("latency_factor", Double.toString(factor),
                    "a host that is as slow as its peers is no outlier, nor is one by a factor without an end",
                    "write a factor above 1, such as 3");
            well = false;
        }
        if (!well) {
            return null;
        }
        if (factor == 0) {
            unused(config, context, "latency_factor", List.of("latency_percentile", "latency_minimum_hosts",
                    "latency_request_volume", "latency_floor", "enforcing_latency"));
        }
        if (!HealthMessage.flag(config, "soft")) {
            unused(config, context, "soft", List.of("soft_minimum_percent", "soft_step_percent"));
        }
        Latency latency = factor == 0
                ? null
                : new Latency(percentile, factor,
                        count(config, "latency_minimum_hosts", Latency.DEFAULT.minimumHosts()),
                        count(config, "latency_request_volume", Latency.DEFAULT.requestVolume()), (int) enforcing,
                        floor);
        Soft soft = HealthMessage.flag(config, "soft")
                ? new Soft(minimum / PERCENT_MAX, step / PERCENT_MAX)
                : null;
        return new Own(latency, soft, fresh);
    }

    private static void unused(DynamicMessage config, ReadContext context, String without, List<String> fields) {
        for (var field : config.getAllFields().keySet()) {
            if (fields.contains(field.getName())) {
                context.warning(field.getName(), "", "this is not used without " + without,
                        "set " + without + ", or remove it");
            }
        }
    }

    /** More than there is room for is as good as the most. */
    private static int count(DynamicMessage config, String field, int otherwise) {
        return (int) Math.min(Integer.MAX_VALUE, HealthMessage.number(config, field, otherwise));
    }

    private static boolean notNegative(ReadContext context, String field, long nanos) {
        if (nanos >= 0) {
            return true;
        }
        context.problem(field, nanos / 1_000_000 + " ms", "a time cannot be negative",
                "write a time such as 5s, or remove it");
        return false;
    }

    private static boolean within(ReadContext context, String field, double percent) {
        if (percent > 0 && percent <= PERCENT_MAX) {
            return true;
        }
        context.problem(field, Double.toString(percent), "a percentage is above 0 and at most 100",
                "write a number from 1 to 100");
        return false;
    }
}
