package io.weir.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.weir.core.model.Announced;
import io.weir.core.model.Balancing;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.DiscoveryType;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.model.SlowStart;
import io.weir.core.stats.Stats;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SlowStartTest {
    private static final SlowStart RULE = new SlowStart(TimeUnit.SECONDS.toNanos(10), 1, 10);

    private final Cluster cluster = new Cluster(ClusterSpec.of("web", List.of()).withType(DiscoveryType.STRICT_DNS)
            .withBalancing(Balancing.DEFAULT.withSlowStart(RULE)), new Stats());

    private static Endpoint at(int last) {
        return Endpoint.of(new InetSocketAddress("10.0.0." + last, 80));
    }

    private static long seconds(double seconds) {
        return (long) (seconds * 1e9);
    }

    private Host host(int index) {
        return cluster.view().hosts().all().get(index);
    }

    @Test
    void theFactorGrowsWithTheClockFromTheMinimum() {
        assertThat(RULE.factor(0)).isEqualTo(0.1);
        assertThat(RULE.factor(seconds(0.5))).isEqualTo(0.1);
        assertThat(RULE.factor(seconds(5))).isEqualTo(0.5);
        assertThat(RULE.factor(seconds(10))).isEqualTo(1);
        SlowStart fast = new SlowStart(RULE.windowNanos(), 2, 10);
        assertThat(fast.factor(seconds(2.5))).isEqualTo(0.5);
    }

    @Test
    void theFirstHostsOfAClusterShareAtOnce() {
        cluster.endpoints(List.of(at(1), at(2)), 0);
        assertThat(host(0).startFactor()).isEqualTo(1);
    }

    @Test
    void aNewHostComesToItsShareOverTheWindow() {
        cluster.endpoints(List.of(at(1)), 0);
        cluster.endpoints(List.of(at(1), at(2)), seconds(1));
        assertThat(host(0).startFactor()).isEqualTo(1);
        assertThat(host(1).startFactor()).isEqualTo(0.1);
        cluster.tick(seconds(6));
        assertThat(host(1).startFactor()).isEqualTo(0.5, within(1e-9));
        cluster.tick(seconds(11));
        assertThat(host(1).startFactor()).isEqualTo(1);
    }

    @Test
    void aHostThatComesBackStartsSlowlyToo() {
        cluster.endpoints(List.of(at(1), at(2)), 0);
        cluster.unreachable(host(1), seconds(1));
        cluster.tick(seconds(1.1));
        cluster.tick(seconds(2));
        assertThat(host(1).down()).isFalse();
        assertThat(host(1).startFactor()).isEqualTo(0.1);
    }

    @Test
    void aHostThatIsFoundDegradedWhileItStartsHasItsWholePartAgain() {
        cluster.endpoints(List.of(at(1)), 0);
        cluster.endpoints(List.of(at(1), at(2)), seconds(1));
        cluster.endpoints(List.of(at(1), at(2).withAnnounced(Announced.DEGRADED)), seconds(2));
        cluster.tick(seconds(60));
        assertThat(host(1).startFactor()).isEqualTo(1);
        cluster.endpoints(List.of(at(1), at(2)), seconds(61));
        assertThat(host(1).startFactor()).as("it starts anew").isEqualTo(0.1);
    }

    @Test
    void viewsAreMadeInStepsAndNotAtEveryTick() {
        cluster.endpoints(List.of(at(1)), 0);
        cluster.endpoints(List.of(at(1), at(2)), seconds(1));
        int[] views = {0};
        cluster.onChange(view -> views[0]++);
        for (int i = 0; i < 1_000; i++) {
            cluster.tick(seconds(1 + i / 50.0));
        }
        assertThat(views[0]).isBetween(25, 33);
    }
}
