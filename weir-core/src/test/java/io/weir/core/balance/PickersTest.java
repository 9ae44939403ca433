package io.weir.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.weir.core.model.Announced;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.Balancing;
import io.weir.core.rule.EjectionSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.model.HostSet;
import io.weir.core.stats.BalanceStats;
import io.weir.core.stats.Stats;
import io.weir.core.stats.SubsetStats;
import io.weir.core.tier.Locals;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PickersTest {
    private static final long SEED = 5;
    private final Stats stats = new Stats();
    private final BalanceStats counts = new BalanceStats(stats.root());

    private Picker picker(BalancePolicy policy, List<Host> hosts) {
        return new Pickers(counts, () -> new SubsetStats(stats.root()), () -> 0).build(HostSet.of(hosts),
                Balancing.DEFAULT.withPolicy(policy), Locals.NONE, SEED);
    }

    private static Host host(int index, int priority, Announced announced) {
        return new Host(Endpoint.of(Asked.address(index)).withPriority(priority).withAnnounced(announced));
    }

    private static Host picked(Picker picker, PickContext context) {
        return switch (picker.pick(context)) {
            case Pick.Chosen chosen -> chosen.host();
            case Pick.Refused refused -> throw new AssertionError("refused: " + refused.reason());
        };
    }

    private static Set<Host> reached(Picker picker, PickContext context) {
        Set<Host> reached = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            reached.add(picked(picker, context));
        }
        return reached;
    }

    @Test
    void aClusterWithoutHostsRefuses() {
        assertThat(picker(new BalancePolicy.RoundRobin(), List.of()).pick(new Asked(SEED)))
                .isEqualTo(new Pick.Refused(Reason.NO_HOST));
    }

    @Test
    void hostsAnnouncedAsBadArePickedInPanicOnly() {
        List<Host> hosts = new ArrayList<>(List.of(host(0, 0, Announced.UNHEALTHY), host(1, 0, Announced.DRAINING),
                host(2, 0, Announced.TIMEOUT)));
        assertThat(reached(picker(new BalancePolicy.Random(), hosts), new Asked(SEED)))
                .containsExactlyInAnyOrderElementsOf(hosts);
        List<Host> good = List.of(host(3, 0, Announced.HEALTHY), host(4, 0, Announced.HEALTHY),
                host(5, 0, Announced.UNKNOWN));
        hosts.addAll(good);
        assertThat(reached(picker(new BalancePolicy.Random(), hosts), new Asked(SEED)))
                .containsExactlyInAnyOrderElementsOf(good);
    }

    @Test
    void degradedHostsWaitUntilNoHealthyOneIsLeft() {
        Host healthy = host(0, 1, Announced.UNKNOWN);
        Host degraded = host(1, 0, Announced.DEGRADED);
        Picker picker = picker(new BalancePolicy.RoundRobin(), List.of(degraded, healthy));
        assertThat(reached(picker, new Asked(SEED))).containsExactly(healthy);
        healthy.unreachable(EjectionSpec.DEFAULT, 0);
        assertThat(reached(picker, new Asked(SEED))).containsExactly(degraded);
    }

    @Test
    void aLowerPriorityServesAsSoonAsTheHigherIsEjected() {
        Host first = host(0, 0, Announced.HEALTHY);
        Host second = host(1, 1, Announced.HEALTHY);
        Host third = host(2, 2, Announced.HEALTHY);
        Picker picker = picker(BalancePolicy.LeastRequest.DEFAULT, List.of(third, second, first));
        assertThat(reached(picker, new Asked(SEED))).containsExactly(first);
        first.unreachable(EjectionSpec.DEFAULT, 0);
        assertThat(reached(picker, new Asked(SEED))).containsExactly(second);
        assertThat(counts.healthyPanic().value()).isZero();
    }

    @Test
    void whenAllAreEjectedAllOfTheFirstPriorityAreUsedAndCounted() {
        List<Host> hosts = List.of(host(0, 0, Announced.HEALTHY), host(1, 0, Announced.HEALTHY),
                host(2, 1, Announced.HEALTHY));
        Picker before = picker(new BalancePolicy.RoundRobin(), hosts);
        hosts.forEach(host -> host.unreachable(EjectionSpec.DEFAULT, 0));
        Picker after = picker(new BalancePolicy.RoundRobin(), hosts);
        for (Picker picker : List.of(before, after)) {
            assertThat(reached(picker, new Asked(SEED))).containsExactlyInAnyOrder(hosts.get(0), hosts.get(1));
        }
        assertThat(counts.healthyPanic().value()).isEqualTo(400);
    }

    @Test
    void inPanicAHostNotYetTriedIsPreferred() {
        List<Host> hosts = Asked.hosts(1, 1);
        Picker picker = picker(new BalancePolicy.RoundRobin(), hosts);
        hosts.forEach(host -> host.unreachable(EjectionSpec.DEFAULT, 0));
        Asked asked = new Asked(SEED);
        asked.tried().add(hosts.get(0));
        assertThat(reached(picker, asked)).containsExactly(hosts.get(1));
        asked.tried().add(hosts.get(1));
        assertThat(reached(picker, asked)).containsExactlyInAnyOrderElementsOf(hosts);
    }

    @Test
    void differentSeedsStartWithDifferentHosts() {
        List<Host> hosts = Asked.hosts(1, 1, 1, 1, 1, 1, 1, 1);
        Set<Host> first = new HashSet<>();
        for (long seed = 0; seed < 64; seed++) {
            Picker picker = Pickers.build(HostSet.of(hosts), new BalancePolicy.RoundRobin(),
                    seed * 0x9e3779b97f4a7c15L);
            first.add(picked(picker, new Asked(SEED)));
        }
        assertThat(first).hasSize(8);
    }

    @Test
    void pickingAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        List<BalancePolicy> policies = List.of(new BalancePolicy.RoundRobin(), new BalancePolicy.Random(),
                BalancePolicy.LeastRequest.DEFAULT, new BalancePolicy.LeastRequest(2, 1, true),
                BalancePolicy.PeakEwma.DEFAULT, BalancePolicy.HotCold.DEFAULT,
                BalancePolicy.ClientSideWeightedRoundRobin.DEFAULT, BalancePolicy.RingHash.DEFAULT,
                BalancePolicy.Maglev.DEFAULT, new BalancePolicy.Maglev(1009, false, 150));
        for (boolean weighted : new boolean[]{false, true}) {
            int[] weights = IntStream.range(0, 50).map(i -> weighted ? 1 + i % 3 : 1).toArray();
            for (BalancePolicy policy : policies) {
                List<Host> hosts = Asked.hosts(weights);
                hosts.get(7).unreachable(EjectionSpec.DEFAULT, 0);
                Picker picker = picker(policy, hosts);
                Asked asked = new Asked(SEED);
                long least = Long.MAX_VALUE;
                for (int round = 0; round < 20 && least > 0; round++) {
                    long before = threads.getCurrentThreadAllocatedBytes();
                    for (int i = 0; i < 5_000; i++) {
                        picker.pick(asked);
                    }
                    least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
                }
                assertThat(least).as("bytes in 5,000 picks of " + policy).isLessThan(5_000);
            }
        }
    }
}
