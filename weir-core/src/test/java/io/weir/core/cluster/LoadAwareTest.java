package io.weir.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;

import io.weir.core.balance.Pick;
import io.weir.core.balance.PickContext;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.model.Locality;
import io.weir.core.model.LocalityRule.LoadAware;
import io.weir.core.model.OrcaReport;
import io.weir.core.stats.Stats;
import io.weir.core.tier.Locals;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** A cluster whose localities share the traffic by what their hosts report. */
class LoadAwareTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int PICKS = 20_000;
    private static final Locality HOME = new Locality("r", "a", "");
    private static final Locality AWAY = new Locality("r", "b", "");

    private record Request(RandomGenerator random) implements PickContext {
        @Override
        public long hash() {
            return 0;
        }

        @Override
        public long nowNanos() {
            return 0;
        }
    }

    private final Cluster cluster = new Cluster(spec(), new Stats());
    private long now = 100 * SECOND;

    private static ClusterSpec spec() {
        List<Endpoint> endpoints = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            endpoints.add(Endpoint.of(new InetSocketAddress("10.0.0." + i, 80)).withLocality(i <= 2 ? HOME : AWAY, 0));
        }
        ClusterSpec spec = ClusterSpec.of("c", endpoints);
        return spec.withBalancing(
                spec.balancing().withTiers(spec.balancing().tiers().withLocality(LoadAware.DEFAULT)));
    }

    private double homePercent() {
        Request request = new Request(new SplittableRandom(1));
        int home = 0;
        for (int i = 0; i < PICKS; i++) {
            if (cluster.view().picker().pick(request) instanceof Pick.Chosen chosen) {
                home += isHome(chosen.host()) ? 1 : 0;
            }
        }
        return 100.0 * home / PICKS;
    }

    private static boolean isHome(Host host) {
        return host.endpoint().locality().equals(HOME);
    }

    private void reports(double home, double away) {
        for (Host host : cluster.view().hosts().all()) {
            host.loadTracker().loadReported(new OrcaReport(0, 0, isHome(host) ? home : away, 1, 0, Map.of(), Map.of(),
                    Map.of()), now);
        }
        now += SECOND;
        cluster.tick(now);
    }

    @Test
    void trafficStaysAtHomeGoesAwayAsHomeGetsBusyAndComesBack() {
        cluster.locals(Locals.at(HOME));
        cluster.tick(now);
        assertThat(homePercent()).as("nothing known").isCloseTo(97, offset(1.0));
        reports(0.9, 0.1);
        assertThat(homePercent()).as("0.1 of 1.0 of the headroom").isCloseTo(10, offset(1.0));
        for (int i = 0; i < 30; i++) {
            reports(0.4, 0.4);
        }
        assertThat(homePercent()).as("about as busy").isCloseTo(97, offset(1.0));
    }

    @Test
    void aTickWithinThePeriodMakesNoView() {
        cluster.tick(now);
        ClusterView view = cluster.view();
        cluster.tick(now + SECOND / 2);
        assertThat(cluster.view()).isSameAs(view);
        cluster.tick(now + SECOND);
        assertThat(cluster.view()).isNotSameAs(view);
    }

    /** A request with this hash. */
    private record Keyed(long hash, RandomGenerator random) implements PickContext {
        @Override
        public boolean hashed() {
            return true;
        }

        @Override
        public long nowNanos() {
            return 0;
        }
    }

    @Test
    void aRequestsHashGoesToOneHostOfAllLocalitiesAndSharesStayAsTheyAre() {
        for (BalancePolicy policy : List.of(BalancePolicy.Maglev.DEFAULT, BalancePolicy.RingHash.DEFAULT)) {
            Cluster hashing = new Cluster(spec().withBalancing(spec().balancing().withPolicy(policy)), new Stats());
            // nobody stands anywhere: each locality has its half
            hashing.tick(now);
            SplittableRandom random = new SplittableRandom(7);
            Map<Host, Integer> counts = new HashMap<>();
            for (int i = 0; i < 2_000; i++) {
                Keyed keyed = new Keyed(random.nextLong(), random);
                Pick first = hashing.view().picker().pick(keyed);
                for (int again = 0; again < 3; again++) {
                    assertThat(hashing.view().picker().pick(keyed)).as("%s, seed 7", policy).isEqualTo(first);
                }
                counts.merge(((Pick.Chosen) first).host(), 1, Integer::sum);
            }
            assertThat(counts).hasSize(4);
            assertThat(counts.entrySet().stream().filter(entry -> isHome(entry.getKey()))
                    .mapToInt(Map.Entry::getValue).sum()).as("%s", policy).isCloseTo(1_000, within(100));
            // the hash itself chooses the host within a locality: both of them are to be had
            assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(300, 700));
        }
    }
}
