package io.weir.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.weir.testkit.sim.engine.Result;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who is connected to whom where each of many proxies uses a part of many hosts. */
final class ConnectionsTest {
    private static final Map<String, Result> THOUSANDS = Scenarios.byLabel("many-clients.yaml");

    @Test
    void ofAThousandProxiesAndHostsEachHasExactlyTwentyOfTheOthersWithDeterministicAperture() {
        Result aperture = Scenarios.of(THOUSANDS, "aperture of 20");
        assertThat(aperture.clientConnections()).as("seed 1").hasSize(1000).containsOnly(20);
        assertThat(aperture.hostConnections()).as("seed 1").hasSize(1000).containsOnly(20);
        assertThat(aperture.connections()).isEqualTo(20_000);
    }

    /** A host is in each proxy's subset with a chance of one in fifty: a binomial distribution, so sigma is 4.43. */
    @Test
    void withRandomSubsetsEachProxyHasTwentyHostsAndHostsHaveAsManyProxiesAsChanceSays() {
        Result random = Scenarios.of(THOUSANDS, "random subset of 20");
        assertThat(random.clientConnections()).as("seed 1").hasSize(1000).containsOnly(20);
        double variance = random.hostConnections().stream().mapToDouble(hosts -> (hosts - 20.0) * (hosts - 20.0))
                .average().orElseThrow();
        assertThat(Math.sqrt(variance)).as("seed 1").isCloseTo(Math.sqrt(1000 * 0.02 * 0.98), within(0.4));
        assertThat(random.hostConnections()).as("seed 1; five sigma").allSatisfy(
                proxies -> assertThat(proxies).isBetween(1, 43));
        assertThat(random.maxOverMean()).as("the busiest host, seed 1").isGreaterThan(1.5);
        assertThat(Scenarios.of(THOUSANDS, "aperture of 20").maxOverMean()).as("seed 1").isLessThan(1.15);
    }

    @Test
    void withoutEitherAThousandProxiesAreConnectedToWhateverTheyHaveEverSentTo() {
        Result all = Scenarios.of(THOUSANDS, "all hosts");
        assertThat(all.connections()).as("each request went to another host, seed 1").isEqualTo(all.requests());
    }

    @Test
    void hostsGetTheSameAlsoWhereArcsEndInTheMiddleOfAHost() {
        Result uneven = Scenarios.only("""
                seed: 1
                duration: 10s
                warmup: 0s
                hosts: { count: 40, service: 1ms }
                arrivals: { steady: 6000 }
                clients: { count: 7 }
                policies: { round_robin: {}, aperture: 10 }
                """);
        // two arcs of a seventh of the ring are 11.43 hosts wide
        assertThat(uneven.clientConnections()).as("seed 1").allSatisfy(
                hosts -> assertThat(hosts).isBetween(12, 13));
        assertThat(uneven.hostConnections()).as("seed 1").allSatisfy(
                proxies -> assertThat(proxies).isBetween(2, 3));
        // clients get requests at random, so their hosts differ by as much
        assertThat(uneven.hostLoads()).as("seed 1").allSatisfy(
                load -> assertThat((double) load).isCloseTo(1500, within(60.0)));
    }
}
