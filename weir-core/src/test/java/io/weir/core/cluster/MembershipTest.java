package io.weir.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.balance.Pick;
import io.weir.core.balance.PickContext;
import io.weir.core.balance.Picker;
import io.weir.core.balance.Pickers;
import io.weir.core.model.Announced;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.Balancing;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.DiscoveryType;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.model.HostSet;
import io.weir.core.stats.Stats;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Announcements of which little differs make the views that a look at everything would make. */
final class MembershipTest {
    private static final int ROUNDS = 300;
    private static final int PICKS = 40;

    private record Asking(RandomGenerator random) implements PickContext {
        @Override
        public long hash() {
            return 0;
        }

        @Override
        public long nowNanos() {
            return 0;
        }
    }

    private static Endpoint endpoint(int number) {
        return Endpoint.of(new InetSocketAddress("10.0." + (number >> 8) + '.' + (number & 255), 80));
    }

    private static Cluster cluster(BalancePolicy policy) {
        return new Cluster(ClusterSpec.of("c", List.of()).withType(DiscoveryType.STRICT_DNS)
                .withBalancing(Balancing.DEFAULT.withPolicy(policy)), new Stats());
    }

    @Test
    void viewsMadeFromTheLastOnesAreThoseMadeFromNothing() {
        List<BalancePolicy> policies = List.of(new BalancePolicy.Random(), BalancePolicy.LeastRequest.DEFAULT,
                BalancePolicy.PeakEwma.DEFAULT, BalancePolicy.HotCold.DEFAULT, new BalancePolicy.Maglev(251, false, 0));
        for (long seed = 1; seed <= 10; seed++) {
            SplittableRandom dice = new SplittableRandom(seed);
            BalancePolicy policy = policies.get((int) (seed % policies.size()));
            Cluster cluster = cluster(policy);
            List<Endpoint> announced = new ArrayList<>();
            IntStream.range(0, 40).forEach(i -> announced.add(endpoint(i)));
            Map<Object, Host> known = new HashMap<>();
            for (int round = 0; round < ROUNDS; round++) {
                String where = "seed " + seed + " round " + round;
                int changes = dice.nextInt(4);
                for (int n = 0; n < changes; n++) {
                    change(announced, dice);
                }
                cluster.endpoints(List.copyOf(announced), round);
                HostSet set = cluster.view().hosts();
                assertThat(set.all().stream().map(Host::endpoint)).as(where).containsExactlyElementsOf(
                        firsts(announced));
                HostSet scratch = HostSet.of(List.copyOf(set.all()));
                assertThat(set.priorities()).as(where).isEqualTo(scratch.priorities());
                assertThat(set.out()).as(where).isEqualTo(scratch.out());
                set.all().forEach(host -> assertThat(known.getOrDefault(host.address(), host)).as(where)
                        .isSameAs(host));
                known.clear();
                set.all().forEach(host -> known.put(host.address(), host));
                same(cluster.view().picker(), Pickers.build(scratch, policy, 0), seed + round, where);
                if (!set.all().isEmpty() && dice.nextInt(8) == 0) {
                    cluster.unreachable(set.all().get(dice.nextInt(set.all().size())), round);
                    cluster.tick(round);
                }
            }
        }
    }

    /** Of those with the same address the first. */
    private static List<Endpoint> firsts(List<Endpoint> announced) {
        Set<Object> seen = new HashSet<>();
        return announced.stream().filter(endpoint -> seen.add(endpoint.address())).toList();
    }

    private static void change(List<Endpoint> announced, SplittableRandom dice) {
        int size = announced.size();
        int at = size == 0 ? 0 : dice.nextInt(size);
        switch (size == 0 ? 0 : dice.nextInt(10)) {
            case 0, 1 -> announced.add(at, endpoint(dice.nextInt(60)));
            case 2, 3 -> announced.remove(at);
            case 4 -> announced.set(at, announced.get(at).withWeight(1 + dice.nextInt(3)));
            case 5 -> announced.set(at, announced.get(at).withAnnounced(
                    Announced.values()[dice.nextInt(Announced.values().length)]));
            case 6 -> announced.set(at, announced.get(at).withPriority(dice.nextInt(3)));
            case 7 -> announced.set(at, endpoint(dice.nextInt(60)));
            case 8 -> announced.add(dice.nextInt(size), announced.remove(at));
            default -> announced.set(at, announced.get(at).withAddress(announced.get(at).address()));
        }
    }

    private static void same(Picker one, Picker other, long seed, String where) {
        Asking asking = new Asking(new SplittableRandom(seed));
        Asking again = new Asking(new SplittableRandom(seed));
        for (int i = 0; i < PICKS; i++) {
            Pick pick = one.pick(asking);
            assertThat(pick).as(where).isEqualTo(other.pick(again));
        }
    }

    @Test
    void aChangeOfOneTouchesOne() {
        Membership membership = new Membership();
        List<Endpoint> endpoints = new ArrayList<>(IntStream.range(0, 1000).mapToObj(MembershipTest::endpoint)
                .toList());
        assertThat(membership.announce(endpoints, host -> false).touched()).as("all are new").isNull();
        Host before = membership.hosts().get(500);
        endpoints.set(500, endpoints.get(500).withWeight(3));
        assertThat(membership.announce(endpoints, host -> false).touched()).containsExactly(before);
        endpoints.remove(500);
        assertThat(membership.announce(endpoints, host -> false))
                .isEqualTo(new Membership.Change(List.of(before), true, false));
        endpoints.add(200, endpoint(5000));
        assertThat(membership.announce(endpoints, host -> false).touched())
                .containsExactly(membership.hosts().get(200));
        endpoints.set(7, endpoint(6000));
        assertThat(membership.announce(endpoints, host -> false).touched()).hasSize(2);
        assertThat(membership.announce(endpoints, host -> false))
                .isEqualTo(new Membership.Change(List.of(), false, false));
        // the same as other objects: looked at, and nothing is different
        List<Endpoint> copies = new ArrayList<>(endpoints);
        copies.set(3, endpoint(3));
        assertThat(membership.announce(copies, host -> false).touched()).isEmpty();
    }
}
