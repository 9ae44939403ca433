package io.weir.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.weir.testkit.sim.engine.Percentiles;
import io.weir.testkit.sim.engine.Result;
import org.junit.jupiter.api.Test;

final class TroubleTest {
    private static final String FLEET = """
            seed: 2
            duration: 20s
            warmup: 0s
            hosts: { count: 4, service: { exponential: 5ms }, concurrency: 32 }
            arrivals: { poisson: 400 }
            troubles: { hosts: 1, from: 5s, until: 15s, %s }
            calls: { retries: %s, timeout: 1s }
            policies: { %s: {}%s }
            """;

    @Test
    void aDeadHostCostsRequestsOnlyWhereNothingIsTriedAgain() {
        Result retried = Scenarios.only(FLEET.formatted("dead: true", 2, "round_robin", ""));
        assertThat(retried.errors()).as("seed 2").isZero();
        assertThat(retried.ejections()).as("seed 2").isPositive();
        Result once = Scenarios.only(FLEET.formatted("dead: true", 0, "round_robin", ", ejection: never"));
        assertThat((double) once.errors()).as("seed 2: a quarter of ten seconds").isCloseTo(1000, within(100.0));
        assertThat(once.ejections()).isZero();
    }

    @Test
    void ejectionsAreSeenWhileTheyLast() {
        Result result = Scenarios.only(FLEET.formatted("dead: true", 2, "round_robin", ""));
        assertThat(result.moments().get(10).ejected()).as("seed 2, before").isZero();
        assertThat(result.moments().subList(20, 44)).as("seed 2, during").anySatisfy(
                moment -> assertThat(moment.ejected()).isEqualTo(1));
        assertThat(result.moments().getLast().ejected()).as("seed 2, after").isZero();
    }

    @Test
    void aHostThatHangsAnswersLateAndATimeoutEndsTheWait() {
        Result result = Scenarios.only(FLEET.formatted("hangs: true", 2, "random", ", ejection: never"));
        assertThat((double) result.errors()).as("seed 2: a quarter of nine seconds").isCloseTo(900, within(120.0));
        assertThat(result.latency().p99Nanos()).isEqualTo(Percentiles.NEVER_NANOS);
    }

    @Test
    void aShareOfErrorsIsThatShareOfTheHostsAnswers() {
        Result result = Scenarios.only(FLEET.formatted("errors: 50%", 2, "round_robin", ", ejection: never"));
        assertThat((double) result.errors()).as("seed 2").isCloseTo(500, within(70.0));
    }

    @Test
    void theHostThatFailsFastDrawsWorkToItselfUnderLeastRequest() {
        Result turns = Scenarios.only(FLEET.formatted("errors: 100%", 0, "round_robin", ", ejection: never"));
        Result least = Scenarios.only(FLEET.formatted("errors: 100%", 0, "least_request", ", ejection: never"));
        assertThat(least.errors()).as("seed 2").isGreaterThan(turns.errors() * 11 / 10);
    }

    @Test
    void slowHostsFlappingHostsAndNeighboursAreFelt() {
        Result well = Scenarios.only(FLEET.formatted("slow: 1", 2, "round_robin", ", ejection: never"));
        assertThat(well.errors()).isZero();
        for (String trouble : new String[]{"slow: 10",
                "antagonist: { slow: 8, works: { exponential: 1s }, rests: { exponential: 1s } }"}) {
            Result result = Scenarios.only(FLEET.formatted(trouble, 2, "round_robin", ", ejection: never"));
            assertThat(result.latency().p99Nanos()).as(trouble + ", seed 2")
                    .isGreaterThan(well.latency().p99Nanos() * 3 / 2);
        }
    }

    @Test
    void aFlappingHostIsTriedAndLeftForAnother() {
        Result result = Scenarios.only(
                FLEET.formatted("flapping: { dead: 500ms, well: 500ms }", 2, "round_robin", ", ejection: never"));
        assertThat(result.errors()).as("seed 2").isZero();
        assertThat((double) result.retries()).as("seed 2: a quarter of five seconds").isCloseTo(500, within(80.0));
    }

    @Test
    void aDistantZoneIsFartherAway() {
        Result result = Scenarios.only("""
                seed: 4
                duration: 10s
                hosts: { count: 2, service: 1ms, zone: far }
                network: { inside: 100us, pairs: [ { between: [here, far], takes: 7ms } ] }
                clients: { count: 3, zones: [here] }
                arrivals: { steady: 100 }
                policies: random
                """);
        assertThat(Scenarios.millis(result.latency().p50Nanos())).isEqualTo(15);
        assertThat(result.connections()).isEqualTo(6);
    }
}
