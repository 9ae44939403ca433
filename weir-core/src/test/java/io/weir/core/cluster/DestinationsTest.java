package io.weir.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.balance.Pick;
import io.weir.core.balance.PickContext;
import io.weir.core.balance.Reason;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.DiscoveryType;
import io.weir.core.model.Host;
import io.weir.core.stats.Stats;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DestinationsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final InetSocketAddress A = new InetSocketAddress("10.0.0.1", 80);

    private record Request(@Nullable SocketAddress destination, RandomGenerator random) implements PickContext {
        Request(@Nullable SocketAddress destination) {
            this(destination, new SplittableRandom(1));
        }

        @Override
        public long hash() {
            return 0;
        }

        @Override
        public long nowNanos() {
            return 0;
        }
    }

    private final Cluster cluster = new Cluster(
            ClusterSpec.of("dst", List.of()).withType(DiscoveryType.ORIGINAL_DST), new Stats());

    private Host pick(SocketAddress address) {
        if (cluster.view().picker().pick(new Request(address)) instanceof Pick.Chosen chosen) {
            return chosen.host();
        }
        throw new AssertionError("refused");
    }

    @Test
    void anAddressIsAHostFromTheFirstRequestOnAndStaysTheSame() {
        assertThat(cluster.warmed()).isTrue();
        Host host = pick(A);
        assertThat(host.addressText()).isEqualTo("10.0.0.1:80");
        assertThat(pick(new InetSocketAddress("10.0.0.1", 80))).isSameAs(host);
        assertThat(pick(new InetSocketAddress("10.0.0.1", 81))).isNotSameAs(host);
        cluster.tick(SECOND);
        assertThat(cluster.view().hosts().all()).hasSize(2).contains(host);
        assertThat(pick(A)).isSameAs(host);
    }

    @Test
    void aHostIsAMemberBeforeATickShowsItAndNoLongerWhenItIsForgotten() {
        Cluster impatient = new Cluster(
                ClusterSpec.of("dst", List.of()).withType(DiscoveryType.ORIGINAL_DST).withExtensions(
                        Map.of(ClusterSpec.OriginalDst.KEY, new ClusterSpec.OriginalDst(null, null, 0, 1))),
                new Stats());
        Host host = ((Pick.Chosen) impatient.view().picker().pick(new Request(A))).host();
        assertThat(impatient.has(host)).isTrue();
        assertThat(impatient.has(pick(A))).as("another cluster's of the same address").isFalse();
        impatient.tick(SECOND);
        assertThat(impatient.view().hosts().all()).containsExactly(host);
        impatient.tick(2 * SECOND);
        impatient.tick(3 * SECOND);
        assertThat(impatient.view().hosts().all()).isEmpty();
        assertThat(impatient.has(host)).isFalse();
    }

    @Test
    void aHostThatCannotBeReachedBeforeItsFirstTickIsOutInItsFirstViewAndComesBack() {
        Host host = pick(A);
        cluster.unreachable(host, SECOND);
        assertThat(host.ejected()).isTrue();
        cluster.tick(SECOND);
        assertThat(cluster.view().hosts().all()).containsExactly(host);
        assertThat(cluster.view().hosts().healthyCount()).isZero();
        assertThat(cluster.stats().ejectionsActive().value()).isOne();
        cluster.tick(2 * SECOND);
        assertThat(host.ejected()).as("its 250 ms are over").isFalse();
        assertThat(cluster.view().hosts().healthyCount()).isOne();
        assertThat(cluster.stats().ejectionsActive().value()).isZero();
    }

    @Test
    void aRequestThatSaysNowhereIsRefused() {
        assertThat(cluster.view().picker().pick(new Request(null))).isEqualTo(new Pick.Refused(Reason.NO_HOST));
    }

    @Test
    void aHostThatNobodyUsesIsForgottenAndOneInUseIsNot() {
        Host used = pick(A);
        pick(new InetSocketAddress("10.0.0.2", 80));
        cluster.began(used, 0);
        for (int second = 10; second <= 40; second += 10) {
            cluster.tick(second * SECOND);
        }
        assertThat(cluster.view().hosts().all()).containsExactly(used);
        cluster.left(used);
        cluster.tick(60 * SECOND);
        assertThat(cluster.view().hosts().all()).isEmpty();
        assertThat(pick(A)).isNotSameAs(used);
    }

    @Test
    void whoAsksForManyAddressesFillsNoMemory() {
        for (int i = 0; i < Destinations.HOSTS_MAX; i++) {
            pick(new InetSocketAddress("10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255), 80));
        }
        assertThat(cluster.view().picker().pick(new Request(new InetSocketAddress("10.9.9.9", 80))))
                .isEqualTo(new Pick.Refused(Reason.NO_HOST));
    }
}
