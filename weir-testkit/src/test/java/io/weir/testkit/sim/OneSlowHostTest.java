package io.weir.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.sim.engine.Result;
import io.weir.testkit.sim.fleet.Clients;
import io.weir.testkit.sim.fleet.Scenario;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One of ten hosts is ten times slower: what that costs, beside the same fleet without it. */
final class OneSlowHostTest {
    private static final Scenario TEN = Scenarios.file("one-slow-host.yaml");
    private static final Scenario NINE = TEN.withHosts(List.of(TEN.hosts().getFirst()));
    private static final double NEAR = 1.5;

    @Test
    void leastRequestKeepsP99NearThatOfNineHealthyHostsAndTurnsDoNot() {
        Map<String, Result> ten = Scenarios.run(TEN);
        long nine = p99(Scenarios.run(NINE), "least_request");
        assertThat((double) p99(ten, "least_request") / nine).as("least_request, seed 1").isLessThan(NEAR);
        assertThat((double) p99(ten, "round_robin") / nine).as("round_robin, seed 1").isGreaterThan(4);
        assertThat((double) p99(ten, "random") / nine).as("random, seed 1").isGreaterThan(4);
    }

    @Test
    void eightWorkersDoAsWellAsOneAndBetterThanEachByItself() {
        Scenario one = Scenarios.file("few-requests-many-workers.yaml")
                .withClients(new Clients(1, 1, List.of(), Clients.Counts.SHARED));
        Map<String, Result> eight = Scenarios.run(Scenarios.file("few-requests-many-workers.yaml"));
        Map<String, Result> single = Scenarios.run(one);
        for (String policy : List.of("least_request", "least_request full scan")) {
            double ratio = (double) p99(eight, policy) / p99(single, policy);
            assertThat(ratio).as(policy + ", seed 1").isBetween(0.85, 1.15);
        }
        assertThat((double) p99(eight, "least_request per worker") / p99(eight, "least_request")).as("seed 1")
                .isGreaterThan(1.25);
        assertThat((double) p99(eight, "full scan per worker") / p99(eight, "least_request full scan"))
                .as("seed 1").isGreaterThan(1.4);
    }

    private static long p99(Map<String, Result> results, String label) {
        return Scenarios.of(results, label).latency().p99Nanos();
    }
}
