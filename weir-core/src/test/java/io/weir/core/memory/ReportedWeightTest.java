package io.weir.core.memory;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.weir.core.model.BalancePolicy.ClientSideWeightedRoundRobin;
import io.weir.core.model.OrcaReport;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportedWeightTest {
    private static final ClientSideWeightedRoundRobin POLICY = ClientSideWeightedRoundRobin.DEFAULT;
    private final ReportedWeight memory = new ReportedWeight(POLICY);

    private static OrcaReport report(double rps, double utilization, double eps) {
        return new OrcaReport(utilization, 0, 0, rps, eps, Map.of(), Map.of(), Map.of());
    }

    private static double weight(OrcaReport report, String... metrics) {
        return ReportedWeight.weight(report, new ClientSideWeightedRoundRobin(0, 1, 1, 1, List.of(metrics)));
    }

    private void reported(double rps, double utilization, long seconds) {
        memory.loadReported(report(rps, utilization, 0), SECONDS.toNanos(seconds));
    }

    private double refreshed(long seconds) {
        memory.refresh(SECONDS.toNanos(seconds));
        return memory.weight();
    }

    @Test
    void theWeightIsRequestsOverUtilizationAndErrors() {
        assertThat(weight(report(100, 0.5, 0))).isEqualTo(200);
        assertThat(weight(report(100, 0.5, 25))).isCloseTo(100 / 0.75, within(1e-9));
        ClientSideWeightedRoundRobin harsh = new ClientSideWeightedRoundRobin(0, 1, 1, 10, List.of());
        assertThat(ReportedWeight.weight(report(100, 0.5, 5), harsh)).isEqualTo(100);
        assertThat(weight(report(10, 0, 10))).as("errors alone are utilization enough").isEqualTo(10);
    }

    @Test
    void whatTheApplicationSaysComesBeforeTheProcessorAndNamedMetricsBeforeBoth() {
        OrcaReport report = new OrcaReport(0.5, 0.6, 0.25, 100, 0, Map.of("gpu", 0.8, "disk", 0.1),
                Map.of("row", 0.4), Map.of("queue", 0.2));
        assertThat(weight(report)).isEqualTo(400);
        assertThat(weight(report, "named_metrics.queue")).isEqualTo(500);
        assertThat(weight(report, "utilization.disk", "named_metrics.queue")).isEqualTo(500);
        assertThat(weight(report, "utilization.*")).isEqualTo(125);
        assertThat(weight(report, "request_cost.row")).isEqualTo(250);
        assertThat(weight(report, "mem_utilization", "cpu_utilization")).isCloseTo(100 / 0.6, within(1e-9));
        assertThat(weight(report, "named_metrics.none", "nonsense")).as("none of them is told").isEqualTo(400);
    }

    @Test
    void nonsenseGivesNoWeight() {
        double[] odd = {0, -1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
        for (double rps : odd) {
            assertThat(weight(report(rps, 0.5, 0))).as("rps " + rps).isEqualTo(ReportedWeight.NONE);
        }
        for (double utilization : odd) {
            assertThat(weight(report(100, utilization, 0))).as("utilization " + utilization)
                    .isEqualTo(ReportedWeight.NONE);
        }
        for (double eps : new double[]{-1, Double.NaN, Double.NEGATIVE_INFINITY}) {
            assertThat(weight(report(100, 0.5, eps))).as("eps " + eps).isEqualTo(200);
        }
        assertThat(weight(report(100, 0.5, Double.POSITIVE_INFINITY))).isEqualTo(ReportedWeight.NONE);
        assertThat(weight(report(Double.MAX_VALUE, Double.MIN_VALUE, 0))).isEqualTo(ReportedWeight.NONE);
        OrcaReport named = new OrcaReport(0.5, 0, 0, 100, 0, Map.of(), Map.of(), Map.of("q", Double.NaN));
        assertThat(weight(named, "named_metrics.q")).isEqualTo(200);
    }

    @Test
    void aWeightCountsOnlyAfterReportsForTheBlackoutPeriod() {
        reported(100, 0.5, 0);
        assertThat(refreshed(5)).isEqualTo(ReportedWeight.NONE);
        reported(100, 0.25, 9);
        assertThat(refreshed(9)).isEqualTo(ReportedWeight.NONE);
        assertThat(refreshed(10)).isEqualTo(400);
    }

    @Test
    void aWeightExpiresWithoutReportsAndThenBeginsAnew() {
        reported(100, 0.5, 0);
        assertThat(refreshed(20)).isEqualTo(200);
        assertThat(refreshed(179)).isEqualTo(200);
        assertThat(refreshed(180)).isEqualTo(ReportedWeight.NONE);
        reported(100, 0.5, 200);
        assertThat(refreshed(201)).as("the blackout period again").isEqualTo(ReportedWeight.NONE);
        assertThat(refreshed(210)).isEqualTo(200);
    }

    @Test
    void refreshTellsWhetherSomethingChanged() {
        assertThat(memory.refresh(0)).isFalse();
        reported(100, 0.5, 0);
        assertThat(memory.refresh(SECONDS.toNanos(10))).isTrue();
        assertThat(memory.refresh(SECONDS.toNanos(11))).isFalse();
        reported(100, 0.4, 12);
        assertThat(memory.refresh(SECONDS.toNanos(12))).isTrue();
    }

    @Test
    void aReportOfNonsenseLeavesTheLastGoodOne() {
        reported(100, 0.5, 0);
        reported(Double.NaN, 0.5, 15);
        reported(0, 0.5, 16);
        assertThat(refreshed(20)).isEqualTo(200);
    }
}
