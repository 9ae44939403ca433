package io.weir.http.overload;

import io.envoyproxy.envoy.config.core.v3.RuntimePercent;
import io.envoyproxy.envoy.extensions.filters.http.admission_control.v3.AdmissionControl;
import io.envoyproxy.envoy.extensions.filters.http.admission_control.v3.AdmissionControl.SuccessCriteria;
import io.weir.core.admit.AdmissionControl.Rule;
import io.weir.http.overload.AdmissionSpec.Statuses;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.Plain;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the admission control filter. */
public final class AdmissionReader implements ExtensionReader<AdmissionControl, AdmissionSpec> {
    private static final long SECOND_NANOS = 1_000_000_000L;
    /** Envoy's: everything but 5xx. */
    private static final List<Statuses> SUCCESSES = List.of(new Statuses(100, 500));

    @Override
    public AdmissionControl prototype() {
        return AdmissionControl.getDefaultInstance();
    }

    @Override
    public Class<AdmissionSpec> kind() {
        return AdmissionSpec.class;
    }

    @Override
    public @Nullable AdmissionSpec read(AdmissionControl config, ReadContext context) {
        var defaults = Rule.DEFAULT;
        long windowSeconds = config.hasSamplingWindow()
                ? Plain.nanos(config.getSamplingWindow()) / SECOND_NANOS
                : defaults.windowSeconds();
        double aggression = config.hasAggression() ? config.getAggression().getDefaultValue() : defaults.aggression();
        double success = percent(config.hasSrThreshold(), config.getSrThreshold(), defaults.successPercent());
        double rejectionMax = percent(config.hasMaxRejectionProbability(), config.getMaxRejectionProbability(),
                defaults.rejectionMaxPercent());
        double perSecond = config.hasRpsThreshold()
                ? Integer.toUnsignedLong(config.getRpsThreshold().getDefaultValue())
                : 0;
        boolean well = true;
        if (windowSeconds < 1 || windowSeconds > io.weir.core.admit.AdmissionControl.SECONDS_MAX) {
            context.problem("sampling_window", Plain.nanos(config.getSamplingWindow()) / 1_000_000 + "ms",
                    "the window is counted in whole seconds, 1 to " + io.weir.core.admit.AdmissionControl.SECONDS_MAX,
                    "write 30s, Envoy's default");
            well = false;
        }
        if (!(success >= 1 && success <= 100)) {
            context.problem("sr_threshold.default_value", success + " %",
                    "a success rate to be reached is from 1 to 100 percent", "write 95, Envoy's default");
            well = false;
        }
        if (!(rejectionMax >= 0 && rejectionMax <= 100)) {
            context.problem("max_rejection_probability.default_value", rejectionMax + " %",
                    "a probability is from 0 to 100 percent", "write 80, Envoy's default");
            well = false;
        }
        if (!Double.isFinite(aggression)) {
            context.problem("aggression.default_value", String.valueOf(aggression), "not a number",
                    "write 1 or more; 1 is proportional");
            well = false;
        }
        var successes = successes(config.getSuccessCriteria(), context.at("success_criteria"));
        int grpc = grpcSuccesses(config.getSuccessCriteria(), context.at("success_criteria"));
        if (!well || successes == null || grpc < 0) {
            return null;
        }
        boolean enabled = !config.getEnabled().hasDefaultValue() || config.getEnabled().getDefaultValue().getValue();
        return new AdmissionSpec(enabled, new Rule((int) windowSeconds, Math.max(1, aggression), success, perSecond,
                rejectionMax), successes, grpc);
    }

    /** A bit for each; below 0 after a problem. */
    private static int grpcSuccesses(SuccessCriteria criteria, ReadContext context) {
        if (!criteria.hasGrpcCriteria()) {
            return AdmissionSpec.GRPC_SUCCESSES;
        }
        int bits = 0;
        for (int i = 0; i < criteria.getGrpcCriteria().getGrpcSuccessStatusCount(); i++) {
            long status = Integer.toUnsignedLong(criteria.getGrpcCriteria().getGrpcSuccessStatus(i));
            if (status > CallStatus.MAX) {
                context.problem("grpc_criteria.grpc_success_status[" + i + "]", String.valueOf(status),
                        "there is no such gRPC status", "write one of 0 (OK) to " + CallStatus.MAX);
                return -1;
            }
            bits |= 1 << status;
        }
        return bits;
    }

    private static double percent(boolean given, RuntimePercent percent, double otherwise) {
        return given ? percent.getDefaultValue().getValue() : otherwise;
    }

    private static @Nullable List<Statuses> successes(SuccessCriteria criteria, ReadContext context) {
        if (!criteria.hasHttpCriteria()) {
            return SUCCESSES;
        }
        var ranges = new ArrayList<Statuses>();
        boolean well = true;
        for (int i = 0; i < criteria.getHttpCriteria().getHttpSuccessStatusCount(); i++) {
            var range = criteria.getHttpCriteria().getHttpSuccessStatus(i);
            if (range.getStart() < 100 || range.getEnd() > 600 || range.getStart() >= range.getEnd()) {
                context.problem("http_criteria.http_success_status[" + i + "]",
                        range.getStart() + " to " + range.getEnd(),
                        "no range of statuses: from 100, and the end, which does not belong to it, to 600",
                        "write { start: 200, end: 500 }");
                well = false;
            } else {
                ranges.add(new Statuses(range.getStart(), range.getEnd()));
            }
        }
        return well ? ranges : null;
    }
}
