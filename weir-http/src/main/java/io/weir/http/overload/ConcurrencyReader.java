package io.weir.http.overload;

import io.envoyproxy.envoy.extensions.filters.http.adaptive_concurrency.v3.AdaptiveConcurrency;
import io.envoyproxy.envoy.extensions.filters.http.adaptive_concurrency.v3.GradientControllerConfig;
import io.envoyproxy.envoy.type.v3.Percent;
import io.weir.core.admit.AdaptiveConcurrency.Rule;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.Plain;
import io.weir.xds.compile.ReadContext;
import org.jspecify.annotations.Nullable;

/** Reads the adaptive concurrency filter. */
public final class ConcurrencyReader implements ExtensionReader<AdaptiveConcurrency, ConcurrencySpec> {
    private static final int STATUS = 503;
    private static final int STATUS_MIN = 400;

    @Override
    public AdaptiveConcurrency prototype() {
        return AdaptiveConcurrency.getDefaultInstance();
    }

    @Override
    public Class<ConcurrencySpec> kind() {
        return ConcurrencySpec.class;
    }

    @Override
    public @Nullable ConcurrencySpec read(AdaptiveConcurrency config, ReadContext context) {
        var rule = rule(config.getGradientControllerConfig(), context.at("gradient_controller_config"));
        if (rule == null) {
            return null;
        }
        boolean enabled = !config.getEnabled().hasDefaultValue() || config.getEnabled().getDefaultValue().getValue();
        int status = config.getConcurrencyLimitExceededStatus().getCodeValue();
        // as in Envoy: what does not say that the request failed becomes 503
        return new ConcurrencySpec(enabled, rule, status < STATUS_MIN ? STATUS : status);
    }

    private static @Nullable Rule rule(GradientControllerConfig config, ReadContext context) {
        var defaults = Rule.DEFAULT;
        var limits = config.getConcurrencyLimitParams();
        var floor = config.getMinRttCalcParams();
        int min = floor.hasMinConcurrency() ? Plain.limit(floor.getMinConcurrency().getValue()) : defaults.min();
        int max = limits.hasMaxConcurrencyLimit()
                ? Plain.limit(limits.getMaxConcurrencyLimit().getValue())
                : defaults.max();
        long interval = Plain.nanos(limits.getConcurrencyUpdateInterval());
        long fixed = Plain.nanos(floor.getFixedValue());
        long floorInterval = floor.hasInterval() ? Plain.nanos(floor.getInterval()) : defaults.floorIntervalNanos();
        double buffer = percent(floor.hasBuffer(), floor.getBuffer(), defaults.tolerance() * 100 - 100);
        double jitter = percent(floor.hasJitter(), floor.getJitter(), defaults.floorJitter() * 100);
        int samples = floor.hasRequestCount()
                ? Plain.limit(floor.getRequestCount().getValue())
                : defaults.floorSamples();
        boolean well = interval > 0 && samples > 0 && min > 0 && max > 0; // the API's rules tell
        if (floor.hasInterval() == floor.hasFixedValue()) {
            context.problem("min_rtt_calc_params", "",
                    floor.hasInterval()
                            ? "the floor is either measured or fixed"
                            : "it is not said where the floor"
                                    + " of latencies comes from",
                    "write interval: 60s to have it measured, or fixed_value if it is known");
            well = false;
        }
        if (floor.hasFixedValue() && fixed <= 0) {
            context.problem("min_rtt_calc_params.fixed_value", fixed / 1_000_000 + "ms",
                    "a latency without queueing is above 0", "write it, such as 20ms, or an interval to measure it");
            well = false;
        }
        if (min > max) {
            context.problem("min_rtt_calc_params.min_concurrency", String.valueOf(min),
                    "it is above max_concurrency_limit, which is " + max, "lower it, or raise max_concurrency_limit");
            well = false;
        }
        if (!inPercent(buffer) || !inPercent(jitter)) {
            return null; // the API's rules tell
        }
        return well
                ? new Rule(min, max, 1 + buffer / 100, interval, Math.max(interval, floorInterval), jitter / 100,
                        samples, fixed)
                : null;
    }

    private static double percent(boolean given, Percent percent, double otherwise) {
        return given ? percent.getValue() : otherwise;
    }

    private static boolean inPercent(double value) {
        return value >= 0 && value <= 100;
    }
}
