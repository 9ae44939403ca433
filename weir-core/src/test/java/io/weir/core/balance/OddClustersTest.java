package io.weir.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.aperture.ApertureRule;
import io.weir.core.aperture.ApertureRule.Self;
import io.weir.core.hash.HashFunction;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.Balancing;
import io.weir.core.rule.EjectionSpec;
import io.weir.core.model.Host;
import io.weir.core.model.HostSet;
import io.weir.core.stats.BalanceStats;
import io.weir.core.stats.Stats;
import io.weir.core.stats.SubsetStats;
import io.weir.core.tier.Locals;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Clusters at the edges of what there can be, by every policy. */
class OddClustersTest {
    private static final long SEED = 3;
    private static final int PICKS = 4_000;

    private final Stats stats = new Stats();
    private final Pickers pickers = new Pickers(new BalanceStats(stats.root()), () -> new SubsetStats(stats.root()),
            () -> 0);

    static List<BalancePolicy> policies() {
        return List.of(new BalancePolicy.RoundRobin(), new BalancePolicy.Random(), BalancePolicy.LeastRequest.DEFAULT,
                new BalancePolicy.LeastRequest(2, 1, true), BalancePolicy.PeakEwma.DEFAULT,
                BalancePolicy.HotCold.DEFAULT, BalancePolicy.ClientSideWeightedRoundRobin.DEFAULT,
                BalancePolicy.RingHash.DEFAULT, BalancePolicy.Maglev.DEFAULT,
                new BalancePolicy.RingHash(1, 4, HashFunction.XX_HASH, false, 0), new BalancePolicy.Maglev(5, false, 0),
                new BalancePolicy.Maglev(5, false, 125));
    }

    private Picker picker(List<Host> hosts, BalancePolicy policy) {
        return pickers.build(HostSet.of(hosts), Balancing.DEFAULT.withPolicy(policy), Locals.NONE, SEED);
    }

    private static Set<Host> reached(Picker picker) {
        Set<Host> reached = new HashSet<>();
        Asked asked = new Asked(SEED);
        for (int i = 0; i < PICKS; i++) {
            if (picker.pick(asked) instanceof Pick.Chosen chosen) {
                reached.add(chosen.host());
            } else {
                throw new AssertionError("refused");
            }
        }
        return reached;
    }

    @ParameterizedTest
    @MethodSource("policies")
    void theOnlyHostGetsEverything(BalancePolicy policy) {
        List<Host> hosts = Asked.hosts(7);
        assertThat(reached(picker(hosts, policy))).containsExactlyElementsOf(hosts);
    }

    @ParameterizedTest
    @MethodSource("policies")
    void theOnlyHostIsTriedThoughItCannotBeReached(BalancePolicy policy) {
        List<Host> hosts = Asked.hosts(1);
        hosts.getFirst().unreachable(EjectionSpec.DEFAULT, 0);
        assertThat(reached(picker(hosts, policy))).containsExactlyElementsOf(hosts);
    }

    @ParameterizedTest
    @MethodSource("policies")
    void theGreatestWeightsThereAreOverflowNothing(BalancePolicy policy) {
        List<Host> hosts = Asked.hosts(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);
        assertThat(reached(picker(hosts, policy))).containsExactlyInAnyOrderElementsOf(hosts);
    }

    @ParameterizedTest
    @MethodSource("policies")
    void aTableSmallerThanItsHostsStillServesAndFindsTheRestWhenItsOwnHostsAreGone(BalancePolicy policy) {
        List<Host> hosts = Asked.hosts(1, 1, 1, 1, 1, 1, 1, 1);
        Picker picker = picker(hosts, policy);
        Set<Host> first = reached(picker);
        if (first.size() == hosts.size()) {
            return; // the table is large enough
        }
        assertThat(first).hasSizeLessThanOrEqualTo(5);
        first.forEach(host -> host.unreachable(EjectionSpec.DEFAULT, 0));
        assertThat(reached(picker)).isNotEmpty().doesNotContainAnyElementsOf(first);
    }

    @Test
    void anApertureUsesItsHostsOnlyAndAnotherProxyOthers() {
        List<Host> hosts = Asked.hosts(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
        var balancing = Balancing.DEFAULT.withAperture(new ApertureRule.Deterministic(5, -1, 0));
        Set<Host> all = new HashSet<>();
        for (int proxy = 0; proxy < 4; proxy++) {
            Set<Host> used = reached(pickers.build(HostSet.of(hosts), balancing,
                    Locals.NONE.as(new Self(proxy, proxy, 4)), SEED));
            assertThat(used).hasSize(5);
            all.addAll(used);
        }
        assertThat(all).hasSize(20);
        assertThat(reached(picker(hosts, new BalancePolicy.RoundRobin()))).as("without one, all").hasSize(20);
        assertThat(hosts).allMatch(host -> host.shareFactor() == 1);
    }

    @Test
    void aHostAtTheEndOfAnArcGetsItsPart() {
        List<Host> hosts = Asked.hosts(1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
        // four arcs of 2.5 hosts: two whole ones and a half
        Picker picker = pickers.build(HostSet.of(hosts),
                Balancing.DEFAULT.withAperture(new ApertureRule.Deterministic(2, 0, 4)), Locals.NONE, SEED);
        Tally tally = new Tally();
        Asked asked = new Asked(SEED);
        for (int i = 0; i < 5_000; i++) {
            if (picker.pick(asked) instanceof Pick.Chosen chosen) {
                tally.add(chosen.host(), 1);
            }
        }
        assertThat(hosts.stream().map(tally::of).filter(n -> n > 0).sorted().toList()).containsExactly(1000, 2000,
                2000);
    }
}
