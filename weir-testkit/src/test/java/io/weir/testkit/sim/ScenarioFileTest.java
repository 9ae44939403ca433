package io.weir.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.sim.engine.Simulation;
import io.weir.testkit.sim.file.ScenarioFile;
import io.weir.testkit.sim.fleet.Arrivals;
import io.weir.testkit.sim.fleet.Clients;
import io.weir.testkit.sim.fleet.Scenario;
import io.weir.testkit.sim.fleet.ServiceTime;
import io.weir.xds.resource.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ScenarioFileTest {
    private static final String GOOD = """
            hosts: { count: 2, service: 5ms }
            arrivals: { poisson: 10 }
            policies: [ round_robin ]
            """;

    @Test
    void whatIsNotWrittenHasItsDefault() {
        Scenario scenario = Scenarios.of(GOOD);
        assertThat(scenario.seed()).isEqualTo(1);
        assertThat(scenario.durationNanos()).isEqualTo(30_000_000_000L);
        assertThat(scenario.warmupNanos()).isEqualTo(5_000_000_000L);
        assertThat(scenario.hosts().getFirst().service()).isEqualTo(new ServiceTime.Constant(5_000_000));
        assertThat(scenario.arrivals()).isEqualTo(new Arrivals.Poisson(10));
        assertThat(scenario.clients()).isEqualTo(new Clients(1, 1, List.of(), Clients.Counts.SHARED));
    }

    static Stream<List<String>> broken() {
        return Stream.of(List.of("x.yaml:1:1: hosts: hosts is missing", "arrivals: { poisson: 1 }\npolicies: random"),
                List.of("x.yaml:4:1: durations: a scenario has no such key; did you mean \"duration\"?",
                        GOOD + "durations: 5s"),
                List.of("x.yaml:4:11: duration: this is no length of time (5 sec); write a number with ns",
                        GOOD + "duration: 5 sec"),
                List.of("x.yaml:4:11: policies: there is no such policy (rand); did you mean",
                        GOOD.replace("policies: [ round_robin ]", "\npolicies: rand")),
                List.of("x.yaml:3:14: policies[0]: there is no such policy (round_robbin); did you mean"
                        + " \"round_robin\"?", GOOD.replace("[ round_robin", "[  round_robbin")),
                List.of("x.yaml:1:17: hosts.count: this is out of range (0); write a whole number from 1 to 100000",
                        GOOD.replace("count: 2", "count: 0")),
                List.of("x.yaml:4:22: troubles.hosts: these are no hosts of the scenario (2); hosts are counted from"
                        + " 0 to 1", GOOD + "troubles: { hosts:   2, dead: true }"),
                List.of("x.yaml:4:11: troubles: what happens is one thing, and here are dead and slow",
                        GOOD + "troubles: { hosts: 1, dead: true, slow: 2 }"),
                List.of("x.yaml:2:22: arrivals.poisson: this makes 30000000000 requests, more than 20000000",
                        GOOD.replace("poisson: 10", "poisson: 1e9")),
                List.of("clients.counts: nobody counts like that (alone); write shared",
                        GOOD + "clients: { counts: alone }"),
                List.of("warmup: the warm-up is no shorter than the duration", GOOD + "warmup: 1h"),
                List.of("percentiles rise from 0 to 100",
                        GOOD.replace("5ms", "{ percentiles: { 50: 5ms, 40: 6ms } }")),
                List.of("another policy is called round_robin too", GOOD.replace("[ ", "[ round_robin, ")),
                List.of("policies.aperture: hosts are chosen by a subset already (20); keep one of subset and aperture",
                        with("subset: 20, aperture: 20")),
                List.of("policies.subset: this is out of range (0); write a whole number from 1 to 100000",
                        with("subset: 0")),
                List.of("policies.localities: there is no such rule of localities (near); write one of ignored,"
                        + " weighted, zone_aware", with("localities: near")),
                List.of("policies.outlier_detection.consecutive_5x: outlier_detection has no such key; did you mean"
                        + " \"consecutive_5xx\"?", with("outlier_detection: { consecutive_5x: 3 }")),
                List.of("policies.outlier_detection.max_ejection_time: this is less than base_ejection_time (1s)",
                        with("outlier_detection: { max_ejection_time: 1s, base_ejection_time: 2s }")),
                List.of("policies.slow_start.window: window is missing; write window: 10s", with("slow_start: {}")),
                List.of("policies.health_checks.fails: this is out of range (0)", with("health_checks: { fails: 0 }")),
                List.of("policies.ejection: this is no rule of ejection (always); write never",
                        with("ejection: always")),
                List.of("x.yaml:1:1: a scenario is a mapping", "5"));
    }

    private static String with(String rule) {
        return GOOD.replace("[ round_robin ]", "{ round_robin: {}, " + rule + " }");
    }

    @ParameterizedTest
    @MethodSource("broken")
    void whatIsWrongIsToldWithPlacePathValueAndCure(List<String> messageAndText) {
        ScenarioFile.Read read = ScenarioFile.parse("x.yaml", messageAndText.get(1));
        assertThat(read.scenario()).isNull();
        assertThat(read.problems()).extracting(Problem::toString).anyMatch(
                problem -> problem.contains(messageAndText.get(0)));
        assertThat(read.problems()).allSatisfy(problem -> {
            assertThat(problem.at()).isNotNull();
            assertThat(problem.cure()).isNotEmpty();
        });
    }

    @Test
    void aFileThatIsNotThereIsAProblemToo() {
        assertThat(ScenarioFile.read(Path.of("no-such.yaml")).problems()).singleElement().asString()
                .startsWith("no-such.yaml:1:1: the file cannot be read");
    }

    @Test
    void everyExampleRuns() throws Exception {
        try (Stream<Path> files = Files.list(Scenarios.FOLDER)) {
            List<Path> scenarios = files.sorted().toList();
            assertThat(scenarios).isNotEmpty();
            for (Path file : scenarios) {
                Scenario scenario = Scenarios.accepted(ScenarioFile.read(file));
                assertThat(scenario.about()).as(file.toString()).isNotEmpty();
                assertThat(Simulation.run(scenario, scenario.contenders().getFirst()).requests()).as(file.toString())
                        .isPositive();
            }
        }
    }

    @Test
    void distributionsHaveTheirMeansAndMedians() {
        SplittableRandom dice = new SplittableRandom(9);
        assertThat(mean(new ServiceTime.Exponential(1_000_000), dice)).as("seed 9").isBetween(0.98, 1.02);
        assertThat(mean(new ServiceTime.Pareto(500_000, 3), dice)).as("seed 9").isBetween(0.73, 0.77);
        assertThat(mean(new ServiceTime.LogNormal(1_000_000, 0.5), dice)).as("seed 9").isBetween(1.11, 1.16);
        assertThat(mean(new ServiceTime.Empirical(List.of(new ServiceTime.Point(0, 0),
                new ServiceTime.Point(50, 1_000_000), new ServiceTime.Point(100, 3_000_000))), dice)).as("seed 9")
                .isBetween(1.23, 1.27);
    }

    private static double mean(ServiceTime time, SplittableRandom dice) {
        double sum = 0;
        for (int i = 0; i < 100_000; i++) {
            sum += time.nanos(dice) / 1e6;
        }
        return sum / 100_000;
    }
}
