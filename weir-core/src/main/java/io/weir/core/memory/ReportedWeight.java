package io.weir.core.memory;

import io.weir.core.model.BalancePolicy.ClientSideWeightedRoundRobin;
import io.weir.core.model.Host;
import io.weir.core.model.HostTracker;
import io.weir.core.model.OrcaReport;
import java.util.Map;

/**
 * The weight that a host's own reports give it (gRFC A58): the requests a second that it would do at full load. It
 * counts only after the host has reported for a while, as a server that has just begun is slow, and no longer when
 * reports have stopped. Any thread hears reports; the conductor takes the weight over.
 */
public final class ReportedWeight implements HostTracker {
    /** No weight counts. */
    public static final double NONE = 0;

    /** Weights beyond this are cut, as they would leave nothing to the other hosts. */
    private static final double MAX = 1L << Integer.SIZE;

    private static final String NAMED = "named_metrics.";
    private static final String UTILIZATION = "utilization.";
    private static final String COST = "request_cost.";
    private static final String ALL = "*";

    /**
     * What was reported.
     *
     * @param sinceNanos
     *            when reports began that have gone on since
     */
    private record Reported(double weight, long sinceNanos, long lastNanos) {
        static final Reported NEVER = new Reported(NONE, 0, 0);
    }

    private final ClientSideWeightedRoundRobin policy;
    /** Replaced whole. Two reports at the same time are as good as one: the last one written stands. */
    private volatile Reported reported = Reported.NEVER;
    private volatile double weight = NONE;

    /** Nothing is reported yet. */
    public ReportedWeight(ClientSideWeightedRoundRobin policy) {
        this.policy = policy;
    }

    /** That of this host: what it has, where the policy is the same, else a new one. Conductor. */
    public static ReportedWeight of(Host host, ClientSideWeightedRoundRobin policy) {
        if (host.balanceTracker() instanceof ReportedWeight present && present.policy.equals(policy)) {
            return present;
        }
        ReportedWeight fresh = new ReportedWeight(policy);
        host.balanceTracker(fresh);
        return fresh;
    }

    /** The weight that counts since the last {@link #refresh}, or {@link #NONE}. */
    public double weight() {
        return weight;
    }

    /**
     * What a report makes: {@code rps / (utilization + eps / rps * penalty)}; {@link #NONE} where that is no positive
     * number, because there are no requests, no utilization, or nonsense.
     */
    static double weight(OrcaReport report, ClientSideWeightedRoundRobin policy) {
        double rps = report.rps();
        if (!(rps > 0) || Double.isInfinite(rps)) {
            return NONE;
        }
        double errors = report.eps() > 0 ? report.eps() / rps * policy.errorUtilizationPenalty() : 0;
        double made = rps / (utilization(report, policy) + errors);
        return made > 0 && !Double.isInfinite(made) ? Math.min(made, MAX) : NONE;
    }

    /** The most constrained of the metrics asked for, else what the application says, else the processor's. */
    private static double utilization(OrcaReport report, ClientSideWeightedRoundRobin policy) {
        double most = 0;
        for (String name : policy.utilizationMetrics()) {
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
                ? metrics.values().stream().mapToDouble(ReportedWeight::sound).max().orElse(0)
                : sound(metrics.getOrDefault(name, 0.0));
    }

    /** A utilization as it is told, 0 where that is no number. */
    private static double sound(double told) {
        return told > 0 && !Double.isInfinite(told) ? told : 0;
    }

    @Override
    public boolean heedsLoadReports() {
        return true;
    }

    @Override
    public void loadReported(OrcaReport report, long nowNanos) {
        double made = weight(report, policy);
        if (made > NONE) {
            Reported before = reported;
            boolean goesOn = before.weight > NONE && nowNanos - before.lastNanos < policy.expirationNanos();
            reported = new Reported(made, goesOn ? before.sinceNanos : nowNanos, nowNanos);
        }
    }

    @Override
    public boolean refresh(long nowNanos) {
        Reported now = reported;
        boolean counts = now.weight > NONE && nowNanos - now.sinceNanos >= policy.blackoutNanos()
                && nowNanos - now.lastNanos < policy.expirationNanos();
        double before = weight;
        double after = counts ? now.weight : NONE;
        weight = after;
        return before != after;
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
