package io.weir.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.weir.testkit.sim.engine.Result;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Requests that belong to hosts by their keys, through the whole core: what the tables promise arrives. */
final class HashingTest {
    private static final int HOSTS = 50;
    private static final int REQUESTS = 50_000;

    /** Chance alone makes the fullest of 50 hosts 1.08 of the mean with a thousand requests each. */
    @Test
    void aRingOfMorePointsIsMoreEvenAndMaglevIsEven() {
        Map<String, Result> results = Scenarios.run(Scenarios.of("""
                seed: 6
                duration: 10s
                warmup: 0s
                hosts: { count: 50, service: 1ms, concurrency: 1000 }
                arrivals: { steady: 5000 }
                keys: { count: 1000000 }
                policies:
                  - { ring_hash: { ring_size: 500 }, label: ten points each }
                  - { ring_hash: { ring_size: 50000 }, label: a thousand each }
                  - { maglev: {}, label: maglev }
                  - { maglev: { table_size: 251 }, label: small maglev }
                """));
        assertThat(Scenarios.of(results, "ten points each").maxOverMean()).as("seed 6").isBetween(1.5, 2.2);
        assertThat(Scenarios.of(results, "a thousand each").maxOverMean()).as("seed 6").isBetween(1.03, 1.2);
        assertThat(Scenarios.of(results, "maglev").maxOverMean()).as("seed 6").isLessThan(1.12);
        // 251 slots are five for each host and six for one: a fifth more than the mean, and chance
        assertThat(Scenarios.of(results, "small maglev").maxOverMean()).as("seed 6").isBetween(1.08, 1.32);
    }

    /**
     * Mirrokni, Thorup and Zadimoghaddam, "Consistent Hashing with Bounded Loads", 2016: no host has more than the
     * factor times the mean, whatever the keys. Requests that never end make the cap visible.
     */
    @Test
    void noHostHasMoreThanItsCapHoweverUnequalTheKeys() {
        Map<String, Result> results = Scenarios.run(Scenarios.of("""
                seed: 6
                duration: 10s
                warmup: 0s
                hosts: { count: 50, service: 1h, concurrency: 100000 }
                arrivals: { steady: 2000 }
                keys: { count: 1000, skew: 1 }
                calls: { timeout: 1h, retries: 0 }
                policies:
                  - { maglev: {}, label: unbound, requests_max: 100000 }
                  - { maglev: { balance_factor: 150 }, label: "150", requests_max: 100000 }
                  - { maglev: { balance_factor: 110 }, label: "110", requests_max: 100000 }
                  - { ring_hash: { balance_factor: 125 }, label: "125", requests_max: 100000 }
                """));
        double mean = 20_000.0 / HOSTS;
        assertThat(fullest(results, "unbound")).as("seed 6: one key in seven belongs to one host")
                .isGreaterThan(5 * mean);
        for (int factor : new int[]{150, 125, 110}) {
            assertThat(fullest(results, String.valueOf(factor))).as("seed 6").isBetween(mean,
                    Math.ceil(mean * factor / 100) + 1);
        }
    }

    /** With few keys too many, the bound moves few: where load is even, nearly all stay where they belong. */
    @Test
    void theBoundLeavesEvenTrafficWhereItBelongs() {
        Map<String, Result> results = Scenarios.run(Scenarios.of("""
                seed: 6
                duration: 10s
                warmup: 0s
                hosts: { count: 10, service: { exponential: 20ms }, concurrency: 1000 }
                arrivals: { poisson: 5000 }
                keys: { count: 10000 }
                policies:
                  - { maglev: {}, label: unbound }
                  - { maglev: { balance_factor: 200 }, label: bound }
                """));
        Result unbound = Scenarios.of(results, "unbound");
        Result bound = Scenarios.of(results, "bound");
        long moved = 0;
        for (int i = 0; i < unbound.hostLoads().size(); i++) {
            moved += Math.abs(unbound.hostLoads().get(i) - bound.hostLoads().get(i));
        }
        assertThat((double) moved / REQUESTS).as("seed 6").isCloseTo(0, within(0.03));
    }

    private static double fullest(Map<String, Result> results, String label) {
        return Scenarios.of(results, label).mostAtOnceAnywhere();
    }
}
