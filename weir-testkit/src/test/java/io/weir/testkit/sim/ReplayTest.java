package io.weir.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.sim.engine.Result;
import io.weir.testkit.sim.engine.Simulation;
import io.weir.testkit.sim.fleet.Scenario;
import io.weir.testkit.sim.page.TextTable;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReplayTest {
    private static final Scenario SCENARIO = Scenarios.of("""
            seed: 11
            duration: 5s
            warmup: 1s
            hosts: { count: 6, service: { log_normal: { median: 4ms, sigma: 1 } }, concurrency: 8, cores: 4 }
            troubles:
              - { hosts: 0-2, antagonist: { slow: 4, works: { pareto: { least: 100ms, shape: 2 } }, rests: 300ms } }
              - { hosts: 4, flapping: { dead: 300ms, well: 700ms } }
              - { hosts: 5, errors: 10% }
            arrivals: { bursts: { rate: 800, size: 4 } }
            clients: { count: 3, workers: 4 }
            calls: { retry_errors: true }
            policies: [ round_robin, random, least_request ]
            """);

    @Test
    void oneSeedReplaysARunBitForBit() {
        List<Result> first = Simulation.compare(SCENARIO);
        assertThat(Simulation.compare(SCENARIO)).isEqualTo(first);
        assertThat(TextTable.of(Simulation.compare(SCENARIO))).isEqualTo(TextTable.of(first));
    }

    @Test
    void anotherSeedIsAnotherRun() {
        assertThat(Simulation.compare(SCENARIO.withSeed(12))).isNotEqualTo(Simulation.compare(SCENARIO));
    }

    @Test
    void everyContenderMeetsTheSameRequests() {
        assertThat(Simulation.compare(SCENARIO)).extracting(Result::requests).containsOnly(
                Simulation.run(SCENARIO, SCENARIO.contenders().getFirst()).requests());
    }

    @Test
    void aTableHasALineForEachContenderAndLinesUp() {
        List<String> lines = TextTable.of(Simulation.compare(SCENARIO)).lines().toList();
        assertThat(lines).hasSize(4);
        assertThat(lines.getFirst()).startsWith("policy").contains("p99.9", "max/mean load", "ejections");
        assertThat(lines).extracting(String::length).containsOnly(lines.getFirst().length());
    }
}
