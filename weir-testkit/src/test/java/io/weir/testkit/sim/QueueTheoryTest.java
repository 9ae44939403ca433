package io.weir.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.weir.testkit.sim.engine.Result;
import org.junit.jupiter.api.Test;

/** What is known in closed form comes out of the engine: the servers, the arrivals and the percentiles are right. */
final class QueueTheoryTest {
    private static Result one(String service, String concurrency, int perSecond) {
        return Scenarios.only("""
                seed: 5
                duration: 400s
                warmup: 10s
                hosts: { service: %s, concurrency: %s, queue: 100000 }
                network: { inside: 0s }
                arrivals: { poisson: %s }
                policies: round_robin
                """.formatted(service, concurrency, perSecond));
    }

    /** M/M/1: time in the system is exponential with mean 1 / (mu - lambda). */
    @Test
    void oneServerAtHalfLoadHasTheExponentialTimesOfTheory() {
        Result result = one("{ exponential: 10ms }", "1", 50);
        assertThat(Scenarios.millis(result.latency().p50Nanos())).as("seed 5").isCloseTo(20 * Math.log(2),
                within(1.0));
        assertThat(Scenarios.millis(result.latency().p99Nanos())).as("seed 5").isCloseTo(20 * Math.log(100),
                within(9.0));
    }

    /** M/G/1 with processor sharing: the mean depends on the mean of the work alone, as with M/M/1. */
    @Test
    void sharedCoresMakeALongRequestNoHindranceToAShortOne() {
        Result sharing = one("{ percentiles: { 0: 2ms, 90: 2ms, 90.0001: 80ms, 100: 80ms } }", "1000, cores: 1", 50);
        Result queueing = one("{ percentiles: { 0: 2ms, 90: 2ms, 90.0001: 80ms, 100: 80ms } }", "1", 50);
        assertThat(Scenarios.millis(sharing.latency().p50Nanos())).as("seed 5").isLessThan(5);
        assertThat(queueing.latency().p90Nanos()).as("seed 5").isGreaterThan(3 * sharing.latency().p50Nanos());
    }

    /** Erlang's loss formula, M/M/c/c: with c = 4 and a load of 4, B = 0.3107. */
    @Test
    void aServerWithoutAQueueLosesWhatErlangSays() {
        Result result = Scenarios.only("""
                seed: 5
                duration: 400s
                hosts: { service: { exponential: 10ms }, concurrency: 4, queue: 0 }
                arrivals: { poisson: 400 }
                calls: { retries: 0 }
                policies: random
                """);
        assertThat((double) result.errors() / result.requests()).as("seed 5").isCloseTo(0.3107, within(0.01));
    }

    @Test
    void theRateIsTheRateThatWasAskedFor() {
        for (String arrivals : new String[]{"poisson: 200", "steady: 200", "bursts: { rate: 200, size: 10 }",
                "trace: { at: [0ms, 1ms], every: 10ms }", "closed: { users: 2, think: 5ms }"}) {
            Result result = Scenarios.only("""
                    seed: 3
                    duration: 100s
                    warmup: 0s
                    hosts: { count: 4, service: 4800us }
                    arrivals: { %s }
                    policies: round_robin
                    """.formatted(arrivals));
            assertThat((double) result.requests()).as(arrivals + ", seed 3").isCloseTo(20_000, within(900.0));
        }
    }
}
