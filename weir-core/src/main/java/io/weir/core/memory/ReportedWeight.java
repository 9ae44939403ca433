package io.weir.core.memory;

import io.weir.core.model.BalancePolicy.ClientSideWeightedRoundRobin;
import io.weir.core.model.Host;
import io.weir.core.model.HostTracker;
import io.weir.core.model.OrcaReport;

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
        double made = rps / (Utilization.of(report, policy.utilizationMetrics()) + errors);
        return made > 0 && !Double.isInfinite(made) ? Math.min(made, MAX) : NONE;
    }

    @Override
    public boolean heedsLoadReports() {
        return policy.reportNanos() == 0;
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
