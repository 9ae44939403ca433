package io.weir.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.sim.engine.Result;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Hosts that are not alike: for a while, as neighbours take their CPU, or for good. */
final class UnlikeHostsTest {
    /**
     * Prequal against weights by reported load, which is what it replaced: its paper (Wydrowski et al., NSDI 2024,
     * section 5) has tails several times shorter where neighbours take CPU, as weights follow seconds too late.
     */
    @Test
    void whereNeighboursTakeCpuPrequalHasAFractionOfTheTailThatWeightsHave() {
        Map<String, Result> results = Scenarios.run(Scenarios.file("neighbours.yaml"));
        double prequal = p99(results, "prequal");
        assertThat(p99(results, "client_side_wrr") / prequal).as("seed 1").isBetween(4.0, 25.0);
        assertThat(p99(results, "round_robin") / prequal).as("seed 1").isGreaterThan(5.0);
        // counts in flight are shared here: the paper's are each client's own, and least request is far worse there
        assertThat(p99(results, "least_request") / prequal).as("seed 1").isBetween(1.0, 2.0);
    }

    /** Half of the hosts are three times slower: by reports they get a third. */
    @Test
    void reportedLoadGivesHostsWhatTheyCanDo() {
        Map<String, Result> results = Scenarios.run(Scenarios.file("unlike-hosts.yaml"));
        Result byReports = Scenarios.of(results, "client_side_wrr");
        long fast = byReports.hostLoads().subList(0, 5).stream().mapToLong(Long::longValue).sum();
        long slow = byReports.hostLoads().subList(5, 10).stream().mapToLong(Long::longValue).sum();
        assertThat((double) fast / slow).as("seed 1").isBetween(2.7, 3.3);
        assertThat(byReports.errors()).as("seed 1").isZero();
        Result turns = Scenarios.of(results, "round_robin");
        assertThat((double) turns.errors() / turns.requests()).as("turns drown the slow half, seed 1")
                .isGreaterThan(0.2);
    }

    /** The host of the hottest key works on twice the mean; a bound takes that off it and leaves the rest in place. */
    @Test
    void aBoundTakesFromTheHostOfTheHottestKeyWhatItCannotDo() {
        Map<String, Result> results = Scenarios.run(Scenarios.file("hot-keys.yaml"));
        Result unbound = Scenarios.of(results, "maglev");
        Result bound = Scenarios.of(results, "maglev bound 150");
        assertThat(unbound.maxOverMean()).as("seed 2").isGreaterThan(2);
        assertThat(bound.maxOverMean()).as("seed 2").isLessThan(0.8 * unbound.maxOverMean());
        assertThat(bound.mostAtOnceAnywhere()).as("seed 2").isLessThan(unbound.mostAtOnceAnywhere() / 3);
        assertThat(p99(results, "maglev bound 150")).as("seed 2").isLessThan(p99(results, "maglev"));
    }

    private static double p99(Map<String, Result> results, String label) {
        return Scenarios.of(results, label).latency().p99Nanos();
    }
}
