package io.weir.core.balance;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.cluster.Cluster;
import io.weir.core.model.BalancePolicy.ClientSideWeightedRoundRobin;
import io.weir.core.model.BalancePolicy.RoundRobin;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.model.HostTracker;
import io.weir.core.model.OrcaReport;
import io.weir.core.stats.Stats;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReportedTest {
    private static final long SEED = 58;
    private static final ClusterSpec SPEC = ClusterSpec
            .of("web", IntStream.range(0, 4).mapToObj(i -> Endpoint.of(Asked.address(i))).toList())
            .withPolicy(ClientSideWeightedRoundRobin.DEFAULT);
    private final Cluster cluster = new Cluster(SPEC, new Stats());

    private List<Host> hosts() {
        return cluster.view().hosts().all();
    }

    private Tally picked(int picks) {
        Tally tally = new Tally();
        Asked asked = new Asked(SEED);
        for (int i = 0; i < picks; i++) {
            if (cluster.view().picker().pick(asked) instanceof Pick.Chosen chosen) {
                tally.add(chosen.host(), 1);
            }
        }
        return tally;
    }

    private void report(int host, double rps, double utilization, long seconds) {
        hosts().get(host).balanceTracker().loadReported(
                new OrcaReport(utilization, 0, 0, rps, 0, Map.of(), Map.of(), Map.of()), SECONDS.toNanos(seconds));
    }

    @Test
    void sharesFollowReportsAtTheNextUpdate() {
        report(0, 100, 1, 0);
        report(1, 100, 0.5, 0);
        report(2, 100, 0.25, 0);
        report(3, 100, 1, 0);
        cluster.tick(SECONDS.toNanos(9));
        assertThat(picked(800).values()).as("blackout").containsOnly(200);
        cluster.tick(SECONDS.toNanos(10));
        Tally tally = picked(8000);
        assertThat(hosts().stream().map(tally::of)).containsExactly(1000, 2000, 4000, 1000);
    }

    @Test
    void aHostWithoutReportsGetsTheMean() {
        report(0, 100, 1, 0);
        report(1, 100, 0.25, 0);
        report(2, Double.NaN, 0.5, 0);
        cluster.tick(SECONDS.toNanos(10));
        Tally tally = picked(10_000);
        assertThat(hosts().stream().map(tally::of)).containsExactly(1000, 4000, 2500, 2500);
    }

    @Test
    void oneReportAloneChangesNothing() {
        report(2, 100, 0.01, 0);
        cluster.tick(SECONDS.toNanos(10));
        assertThat(picked(800).values()).containsOnly(200);
    }

    @Test
    void noHostIsForgottenHoweverSmallItsWeight() {
        report(0, 1, 1, 0);
        report(1, 1e9, 0.01, 0);
        cluster.tick(SECONDS.toNanos(10));
        Tally tally = picked(4000);
        assertThat(tally.of(hosts().get(0))).isPositive();
        assertThat(tally.of(hosts().get(1))).isGreaterThan(1800);
    }

    @Test
    void anotherPolicyForgetsWhatThisOneRemembered() {
        assertThat(hosts().getFirst().balanceTracker().heedsLoadReports()).isTrue();
        cluster.update(SPEC.withPolicy(new RoundRobin()), 0);
        assertThat(hosts()).allSatisfy(host -> assertThat(host.balanceTracker()).isSameAs(HostTracker.NONE));
    }

    @Test
    void viewsAreRebuiltOnlyWhenAWeightChanged() {
        report(0, 100, 1, 0);
        report(1, 100, 0.5, 0);
        cluster.tick(SECONDS.toNanos(10));
        Object view = cluster.view();
        cluster.tick(SECONDS.toNanos(11));
        assertThat(cluster.view()).isSameAs(view);
        report(1, 100, 0.7, 11);
        cluster.tick(SECONDS.toNanos(11) + 1);
        assertThat(cluster.view()).as("not before the update period is over").isSameAs(view);
        cluster.tick(SECONDS.toNanos(12));
        assertThat(cluster.view()).isNotSameAs(view);
    }
}
