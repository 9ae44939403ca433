package io.weir.xds.compile;

import java.util.List;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.Duration;
import com.google.protobuf.DynamicMessage;

import io.envoyproxy.envoy.extensions.load_balancing_policies.client_side_weighted_round_robin.v3.*;
import io.weir.core.model.BalancePolicy;
import io.weir.xds.shortform.PolicyMessages;

import org.jspecify.annotations.Nullable;

/** Reads the policies that go by how hosts do: by latency, by what they report. */
final class LoadPolicies {

    /** As gRPC has it (gRFC A58). */
    private static final long REPORT_NANOS_DEFAULT = TimeUnit.SECONDS.toNanos(10);

    private LoadPolicies() {}

    static List<ExtensionReader<?, ?>> readers() {
        return List.of(new ByLatency(), new ByHeat(), new ByReports());
    }

    private static long positiveNanos(ReadContext context, String field, @Nullable Duration duration,
            long otherwise) {
        if (duration == null) {
            return otherwise;
        }
        long nanos = Plain.nanos(duration);
        if (nanos <= 0) {
            context.problem(field, nanos / 1e9 + "s", "this must be longer than nothing", "write 10s, or remove it");
            return otherwise;
        }
        return nanos;
    }

    /** How often hosts are to report beside their answers: the period, 10 s by default, where that is asked for. */
    static long reportNanos(ReadContext context, boolean enabled, @Nullable Duration period) {
        long nanos = positiveNanos(context, "oob_reporting_period", period, REPORT_NANOS_DEFAULT);
        return enabled ? nanos : 0;
    }

    private record ByLatency() implements ExtensionReader<DynamicMessage, BalancePolicy> {

        @Override
        public String type() {
            return PolicyMessages.PEAK_EWMA;
        }

        @Override
        public DynamicMessage prototype() {
            return PolicyMessages.peakEwma();
        }

        @Override
        public Class<BalancePolicy> kind() {
            return BalancePolicy.class;
        }

        @Override
        public @Nullable BalancePolicy read(DynamicMessage config, ReadContext context) {
            var otherwise = BalancePolicy.PeakEwma.DEFAULT;
            Double penalty = PolicyMessages.real(config, "penalty_value");
            if (penalty != null && !(penalty >= 0)) {
                context.problem("penalty_value", penalty.toString(), "a penalty is no negative number",
                        "write 1000000, or remove it");
                penalty = null;
            }
            return new BalancePolicy.PeakEwma(
                    positiveNanos(context, "decay_time", PolicyMessages.duration(config, "decay_time"),
                            otherwise.decayNanos()),
                    positiveNanos(context, "default_rtt", PolicyMessages.duration(config, "default_rtt"),
                            otherwise.defaultNanos()),
                    penalty == null ? otherwise.penaltyMillis() : penalty);
        }
    }

    private record ByHeat() implements ExtensionReader<DynamicMessage, BalancePolicy> {

        @Override
        public String type() {
            return PolicyMessages.PREQUAL;
        }

        @Override
        public DynamicMessage prototype() {
            return PolicyMessages.prequal();
        }

        @Override
        public Class<BalancePolicy> kind() {
            return BalancePolicy.class;
        }

        @Override
        public @Nullable BalancePolicy read(DynamicMessage config, ReadContext context) {
            var otherwise = BalancePolicy.HotCold.DEFAULT;
            Integer choices = PolicyMessages.whole(config, "choice_count");
            if (choices != null && Plain.limit(choices) < 2) {
                context.problem("choice_count", choices.toString(), "a pick looks at two hosts at least",
                        "write 3, or remove it");
                choices = null;
            }
            Double quantile = PolicyMessages.real(config, "hot_quantile");
            if (quantile != null && !(quantile >= 0 && quantile <= 1)) {
                context.problem("hot_quantile", quantile.toString(), "a quantile is between 0 and 1",
                        "write 0.84, or remove it");
                quantile = null;
            }
            return new BalancePolicy.HotCold(choices == null ? otherwise.choices() : Plain.limit(choices),
                    quantile == null ? otherwise.hotQuantile() : quantile, positiveNanos(context, "decay_time",
                            PolicyMessages.duration(config, "decay_time"), otherwise.decayNanos()));
        }
    }

    private record ByReports() implements ExtensionReader<ClientSideWeightedRoundRobin, BalancePolicy> {

        @Override
        public ClientSideWeightedRoundRobin prototype() {
            return ClientSideWeightedRoundRobin.getDefaultInstance();
        }

        @Override
        public Class<BalancePolicy> kind() {
            return BalancePolicy.class;
        }

        @Override
        public @Nullable BalancePolicy read(ClientSideWeightedRoundRobin config, ReadContext context) {
            var otherwise = BalancePolicy.ClientSideWeightedRoundRobin.DEFAULT;
            // a rule of the API refuses a negative penalty
            double penalty = config.hasErrorUtilizationPenalty()
                    ? Math.max(0, config.getErrorUtilizationPenalty().getValue())
                    : otherwise.errorUtilizationPenalty();
            return new BalancePolicy.ClientSideWeightedRoundRobin(
                    nanos(config.hasBlackoutPeriod(), config.getBlackoutPeriod(), otherwise.blackoutNanos()),
                    nanos(config.hasWeightExpirationPeriod(), config.getWeightExpirationPeriod(),
                            otherwise.expirationNanos()),
                    nanos(config.hasWeightUpdatePeriod(), config.getWeightUpdatePeriod(), otherwise.updateNanos()),
                    penalty, config.getMetricNamesForComputingUtilizationList(),
                    reportNanos(context, config.getEnableOobLoadReport().getValue(),
                            config.hasOobReportingPeriod() ? config.getOobReportingPeriod() : null));
        }

        private static long nanos(boolean has, Duration duration, long otherwise) {
            return has ? Math.max(0, Plain.nanos(duration)) : otherwise;
        }
    }
}
