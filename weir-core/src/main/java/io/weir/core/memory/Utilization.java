package io.weir.core.memory;

import io.weir.core.model.Host;
import io.weir.core.model.HostTracker;
import io.weir.core.model.OrcaReport;
import java.util.List;
import java.util.Map;

/** How busy a host said it was when it last reported. Any thread hears reports and reads. */
public final class Utilization implements HostTracker {
    private static final String NAMED = "named_metrics.";
    private static final String UTILIZATION = "utilization.";
    private static final String COST = "request_cost.";
    private static final String ALL = "*";

    private record Told(double utilization, long atNanos) {
    }

    private final List<String> metrics;
    private final boolean inAnswers;
    /** Replaced whole. Of two reports at the same time the last one written stands. */
    private volatile Told told = new Told(Double.NaN, 0);

    private Utilization(List<String> metrics, boolean inAnswers) {
        this.metrics = metrics;
        this.inAnswers = inAnswers;
    }

    /**
     * That of this host: what it has, where the metrics are the same, else a new one. Conductor.
     *
     * @param inAnswers
     *            whether its answers tell; if not, somebody else does
     */
    public static Utilization of(Host host, List<String> metrics, boolean inAnswers) {
        if (host.loadTracker() instanceof Utilization present && present.metrics.equals(metrics)
                && present.inAnswers == inAnswers) {
            return present;
        }
        Utilization fresh = new Utilization(List.copyOf(metrics), inAnswers);
        host.loadTracker(fresh);
        return fresh;
    }

    /**
     * What was told last, or NaN where that is longer ago.
     *
     * @param expirationNanos
     *            0: nothing is too old
     */
    public double within(long expirationNanos, long nowNanos) {
        Told last = told;
        return expirationNanos > 0 && nowNanos - last.atNanos > expirationNanos ? Double.NaN : last.utilization;
    }

    /** The most constrained of the metrics asked for, else what the application says, else the processor's. */
    static double of(OrcaReport report, List<String> metrics) {
        double most = 0;
        for (String name : metrics) {
            most = Math.max(most, metric(report, name));
        }
        if (most > 0) {
            return most;
        }
        double application = sound(report.applicationUtilization());
        return application > 0 ? application : sound(report.cpuUtilization());
    }

    private static double metric(OrcaReport report, String name) {
        return switch (name) {
            case "cpu_utilization" -> sound(report.cpuUtilization());
            case "mem_utilization" -> sound(report.memUtilization());
            case "application_utilization" -> sound(report.applicationUtilization());
            default -> name.startsWith(NAMED)
                    ? metric(report.namedMetrics(), name.substring(NAMED.length()))
                    : name.startsWith(UTILIZATION)
                            ? metric(report.utilization(), name.substring(UTILIZATION.length()))
                            : name.startsWith(COST) ? metric(report.requestCost(), name.substring(COST.length())) : 0;
        };
    }

    private static double metric(Map<String, Double> metrics, String name) {
        return name.equals(ALL)
                ? metrics.values().stream().mapToDouble(Utilization::sound).max().orElse(0)
                : sound(metrics.getOrDefault(name, 0.0));
    }

    /** A utilization as it is told, 0 where that is no number. */
    private static double sound(double said) {
        return said > 0 && !Double.isInfinite(said) ? said : 0;
    }

    @Override
    public boolean heedsLoadReports() {
        return inAnswers;
    }

    @Override
    public void loadReported(OrcaReport report, long nowNanos) {
        told = new Told(of(report, metrics), nowNanos);
    }

    @Override
    public void answered(int status, long latencyNanos, long nowNanos) {
        // only reports count
    }

    @Override
    public void failed(Failure how, long latencyNanos, long nowNanos) {
        // only reports count
    }
}
