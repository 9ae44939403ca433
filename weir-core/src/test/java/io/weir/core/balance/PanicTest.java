package io.weir.core.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.weir.core.model.Announced;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.Endpoint;
import io.weir.core.model.HealthFlag;
import io.weir.core.model.Host;
import io.weir.core.model.HostList;
import io.weir.core.model.HostSet;
import io.weir.core.model.Tiers;
import io.weir.core.model.Balancing;
import io.weir.core.rule.EjectionSpec;
import io.weir.core.stats.BalanceStats;
import io.weir.core.stats.Stats;
import io.weir.core.stats.SubsetStats;
import io.weir.core.tier.Locals;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who gets what when too few hosts are well for their health to be believed. */
class PanicTest {
    private static final long SEED = 20261128;
    private static final int PICKS = 40_000;

    private final List<Host> hosts = new ArrayList<>();
    private final Stats stats = new Stats();

    /** A request with a hash of its own at each pick. */
    private record Hashing(RandomGenerator random) implements PickContext {
        @Override
        public boolean hashed() {
            return true;
        }

        @Override
        public long hash() {
            return random.nextLong();
        }

        @Override
        public long nowNanos() {
            return 0;
        }
    }

    private enum State {
        WELL, DEGRADED, FAILED, UNREACHABLE
    }

    private void add(int count, int priority, State state) {
        for (int i = 0; i < count; i++) {
            Host host = new Host(Endpoint.of(Asked.address(hosts.size())).withPriority(priority)
                    .withAnnounced(state == State.DEGRADED ? Announced.DEGRADED : Announced.HEALTHY));
            hosts.add(host);
            if (state == State.FAILED) {
                failed(host);
            } else if (state == State.UNREACHABLE) {
                host.unreachable(EjectionSpec.DEFAULT, 0);
            }
        }
    }

    private static void failed(Host host) {
        host.flags(Set.of(HealthFlag.FAILED_ACTIVE_HC), Set.of(), "its checks fail", 0);
    }

    private Picker picker(BalancePolicy policy, Tiers tiers) {
        return new Pickers(new BalanceStats(stats.root()), () -> new SubsetStats(stats.root()), () -> 0)
                .build(HostSet.of(hosts), Balancing.DEFAULT.withPolicy(policy).withTiers(tiers), Locals.NONE, SEED);
    }

    private static Tally tally(Picker picker, PickContext context) {
        Tally tally = new Tally();
        for (int i = 0; i < PICKS; i++) {
            if (picker.pick(context) instanceof Pick.Chosen chosen) {
                tally.add(chosen.host(), 1);
            }
        }
        return tally;
    }

    private double percent(Tally tally, int from, int to) {
        return hosts.subList(from, to).stream().mapToInt(tally::of).sum() * 100.0 / PICKS;
    }

    @Test
    void aPriorityInPanicCarriesItsDegradedHostsPartTooByAllItsHosts() {
        // healthy: 14 and 70 percent; degraded: 14 of the first; 98 in all, and 2 are left over for the first
        add(1, 0, State.WELL);
        add(1, 0, State.DEGRADED);
        add(8, 0, State.FAILED);
        add(5, 1, State.WELL);
        add(5, 1, State.FAILED);
        Tally tally = tally(picker(new BalancePolicy.RoundRobin(), Tiers.DEFAULT), new Asked(SEED));
        assertThat(tally.sum()).isEqualTo(PICKS);
        assertThat(percent(tally, 0, 10)).isEqualTo(29, within(1.0));
        assertThat(percent(tally, 0, 1)).as("all of the first share alike").isEqualTo(2.9, within(0.5));
        assertThat(percent(tally, 10, 15)).as("the second is not in panic").isEqualTo(71, within(1.0));
    }

    @Test
    void aPriorityInPanicWithDegradedHostsAloneIsUsedByAllItsHosts() {
        add(1, 0, State.DEGRADED);
        add(9, 0, State.FAILED);
        add(5, 1, State.WELL);
        add(5, 1, State.FAILED);
        Tally tally = tally(picker(new BalancePolicy.RoundRobin(), Tiers.DEFAULT), new Asked(SEED));
        assertThat(tally.sum()).isEqualTo(PICKS);
        assertThat(percent(tally, 0, 10)).isBetween(14.0, 18.0);
        assertThat(percent(tally, 0, 1)).isBetween(1.0, 2.5);
    }

    @Test
    void whateverTheHostsStandingsEveryPickOfEveryPolicyHasAnAnswerAndAHostWhileOneIsWell() {
        SplittableRandom dice = new SplittableRandom(SEED);
        List<BalancePolicy> policies = OddClustersTest.policies();
        for (int round = 0; round < 3_000; round++) {
            hosts.clear();
            int priorities = 1 + dice.nextInt(4);
            int most = 1 + dice.nextInt(4);
            for (int priority = 0; priority < priorities; priority++) {
                int count = dice.nextInt(dice.nextInt(20) == 0 ? 300 : 12);
                for (int i = 0; i < count; i++) {
                    add(1, priority, State.values()[dice.nextInt(most)]);
                }
            }
            Collections.shuffle(hosts, new java.util.Random(dice.nextLong()));
            Tiers tiers = new Tiers(1 + dice.nextInt(300), dice.nextBoolean(), dice.nextInt(101),
                    false, Tiers.DEFAULT.locality(), List.of());
            BalancePolicy policy = policies.get(dice.nextInt(policies.size()));
            boolean some = hosts.stream().anyMatch(host -> !host.down());
            Picker picker = picker(policy, tiers);
            PickContext context = new Hashing(dice.split());
            for (int pick = 0; pick < 100; pick++) {
                assertThat(picker.pick(context) instanceof Pick.Chosen || !some)
                        .as("seed %d, round %d, %s, %s", SEED, round, policy, tiers).isTrue();
            }
        }
    }

    static List<BalancePolicy> policies() {
        return List.of(new BalancePolicy.RoundRobin(), BalancePolicy.LeastRequest.DEFAULT,
                new BalancePolicy.LeastRequest(2, 1, true), new BalancePolicy.Random(), BalancePolicy.PeakEwma.DEFAULT,
                BalancePolicy.HotCold.DEFAULT, BalancePolicy.RingHash.DEFAULT, BalancePolicy.Maglev.DEFAULT,
                new BalancePolicy.Maglev(65_537, false, 150));
    }

    /** A ring is not even among so few hosts: its shares are within a factor of two or so, others within a tenth. */
    private static double percentMax(BalancePolicy policy) {
        return policy instanceof BalancePolicy.RingHash ? 20 : 13;
    }

    @ParameterizedTest
    @MethodSource("policies")
    void manyAdjacentHostsThatRefuseConnectsLeaveAllOthersTheSameShareInPanic(BalancePolicy policy) {
        add(90, 0, State.UNREACHABLE);
        add(6, 0, State.FAILED);
        add(4, 0, State.WELL);
        Tally tally = tally(picker(policy, Tiers.DEFAULT), new Hashing(new SplittableRandom(SEED)));
        assertThat(tally.sum()).as("seed %d", SEED).isEqualTo(PICKS);
        assertThat(percent(tally, 0, 90)).isZero();
        for (int i = 90; i < 100; i++) {
            assertThat(percent(tally, i, i + 1)).as("seed %d, host %d", SEED, i).isBetween(3.0, percentMax(policy));
        }
    }

    @ParameterizedTest
    @MethodSource("policies")
    void adjacentHostsThatGoDownSinceTheViewWasMadeLeaveAllOthersTheSameShare(BalancePolicy policy) {
        add(100, 0, State.WELL);
        Picker picker = picker(policy, Tiers.DEFAULT);
        hosts.subList(0, 90).forEach(host -> host.unreachable(EjectionSpec.DEFAULT, 0));
        Tally tally = tally(picker, new Hashing(new SplittableRandom(SEED)));
        assertThat(tally.sum()).as("seed %d", SEED).isEqualTo(PICKS);
        for (int i = 90; i < 100; i++) {
            assertThat(percent(tally, i, i + 1)).as("seed %d, host %d", SEED, i).isBetween(3.0, percentMax(policy));
        }
    }

    @ParameterizedTest
    @MethodSource("policies")
    void whenEveryHostOfAPanickingPriorityRefusesConnectsItsHostsAreTriedStill(BalancePolicy policy) {
        add(10, 0, State.UNREACHABLE);
        assertThat(tally(picker(policy, Tiers.DEFAULT), new Hashing(new SplittableRandom(SEED))).sum())
                .isEqualTo(PICKS);
    }

    @Test
    void inPanicEachViewHasTheHostsThatRefuseNoConnectsAndNoOthersHoweverTheyComeAndGo() {
        add(6, 0, State.FAILED);
        add(4, 0, State.WELL);
        Pickers pickers = new Pickers(new BalanceStats(stats.root()), () -> new SubsetStats(stats.root()), () -> 0);
        SplittableRandom dice = new SplittableRandom(SEED);
        HostSet set = HostSet.of(hosts);
        for (int round = 0; round < 500; round++) {
            Host one = hosts.get(dice.nextInt(hosts.size()));
            if (one.ejected()) {
                one.tick(EjectionSpec.DEFAULT, TimeUnit.HOURS.toNanos(round + 1L));
            } else {
                one.unreachable(EjectionSpec.DEFAULT, TimeUnit.HOURS.toNanos(round));
            }
            set = set.after(HostList.copyOf(hosts), List.of(one));
            Picker picker = pickers.build(set, Balancing.DEFAULT, Locals.NONE, SEED + round);
            Asked asked = new Asked(SEED);
            Set<Host> reached = new HashSet<>();
            for (int pick = 0; pick < 100; pick++) {
                if (picker.pick(asked) instanceof Pick.Chosen chosen) {
                    reached.add(chosen.host());
                }
            }
            List<Host> expected = hosts.stream().filter(host -> !host.ejected()).toList();
            assertThat(reached).as("seed %d, round %d", SEED, round)
                    .containsExactlyInAnyOrderElementsOf(expected.isEmpty() ? hosts : expected);
        }
    }

    @Test
    void theOnlyHostThatIsWellIsFoundThoughItsPrioritysHealthIsRoundedDownToNothing() {
        add(200, 0, State.FAILED);
        add(1, 1, State.WELL);
        add(199, 1, State.UNREACHABLE);
        Tally tally = tally(picker(new BalancePolicy.RoundRobin(), Tiers.DEFAULT), new Asked(SEED));
        assertThat(percent(tally, 200, 201)).isEqualTo(100);
        hosts.subList(0, 200).clear();
        assertThat(tally(picker(new BalancePolicy.RoundRobin(), Tiers.DEFAULT.withPanic(0, false)), new Asked(SEED))
                .sum()).as("without panic").isEqualTo(PICKS);
    }
}
