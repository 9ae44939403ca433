package io.weir.core.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.weir.core.model.Announced;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.Balancing;
import io.weir.core.rule.EjectionSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.model.HealthFlag;
import io.weir.core.model.Host;
import io.weir.core.model.HostSet;
import io.weir.core.model.Locality;
import io.weir.core.model.LocalityRule;
import io.weir.core.model.Tiers;
import io.weir.core.stats.BalanceStats;
import io.weir.core.stats.Stats;
import io.weir.core.stats.SubsetStats;
import io.weir.core.tier.Locals;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class TierPickerTest {
    private static final long SEED = 11;
    private static final int PICKS = 40_000;
    private static final Locality A = new Locality("r", "a", "");
    private static final Locality B = new Locality("r", "b", "");
    private static final Locality C = new Locality("r", "c", "");

    private final List<Host> hosts = new ArrayList<>();
    private final Stats stats = new Stats();
    private final BalanceStats counts = new BalanceStats(stats.root());
    private final Pickers pickers = new Pickers(counts, () -> new SubsetStats(stats.root()), () -> 0);
    private Locals locals = Locals.NONE;

    private void add(int count, int priority, Announced announced, Locality locality, int weight) {
        for (int i = 0; i < count; i++) {
            hosts.add(new Host(Endpoint.of(Asked.address(hosts.size())).withPriority(priority)
                    .withAnnounced(announced).withLocality(locality, weight)));
        }
    }

    private void add(int priority, int healthy, int bad) {
        add(healthy, priority, Announced.HEALTHY, Locality.UNKNOWN, 0);
        add(bad, priority, Announced.UNHEALTHY, Locality.UNKNOWN, 0);
    }

    private Picker picker(Tiers tiers) {
        return pickers.build(HostSet.of(hosts), Balancing.DEFAULT.withTiers(tiers), locals, SEED);
    }

    private static <K> Map<K, Double> percents(Picker picker, Function<Host, K> by) {
        Map<K, Double> percents = new HashMap<>();
        Asked asked = new Asked(SEED);
        for (int i = 0; i < PICKS; i++) {
            if (picker.pick(asked) instanceof Pick.Chosen chosen) {
                percents.merge(by.apply(chosen.host()), 100.0 / PICKS, Double::sum);
            }
        }
        return percents;
    }

    private static int priority(Host host) {
        return host.endpoint().priority();
    }

    @Test
    void halfAPrioritySpillsThirtyPercentAndNeverToABadHost() {
        add(0, 5, 5);
        add(1, 5, 5);
        Map<Host, Double> percents = percents(picker(Tiers.DEFAULT), host -> host);
        assertThat(percents).hasSize(10);
        assertThat(percents.keySet()).allMatch(host -> host.endpoint().announced().healthy());
        assertThat(percents(picker(Tiers.DEFAULT), TierPickerTest::priority).get(0)).isEqualTo(70, within(1.0));
    }

    /** Percent of the picks by priority of a request that has been to a host, and leaves these priorities out. */
    private Map<Integer, Double> leavingOut(Picker picker, Integer... priorities) {
        var left = Set.of(priorities);
        Asked dice = new Asked(SEED);
        var repeated = new PickContext() {
            @Override
            public long hash() {
                return 0;
            }

            @Override
            public RandomGenerator random() {
                return dice.random();
            }

            @Override
            public long nowNanos() {
                return 0;
            }

            @Override
            public boolean repeated() {
                return true;
            }

            @Override
            public boolean excluded(int priority) {
                return left.contains(priority);
            }
        };
        Map<Integer, Double> percents = new HashMap<>();
        for (int i = 0; i < PICKS; i++) {
            if (picker.pick(repeated) instanceof Pick.Chosen chosen) {
                percents.merge(priority(chosen.host()), 100.0 / PICKS, Double::sum);
            }
        }
        return percents;
    }

    @Test
    void prioritiesThatARequestLeavesOutGetItOnlyWhereNoOtherCarriesIt() {
        add(0, 2, 0);
        add(1, 1, 1);
        add(2, 2, 0);
        Picker picker = picker(Tiers.DEFAULT);
        assertThat(leavingOut(picker)).containsOnlyKeys(0);
        var rest = leavingOut(picker, 0); // half of the second carries 70 %, the third all that is left
        assertThat(rest).containsOnlyKeys(1, 2);
        assertThat(rest.get(1)).isCloseTo(70, within(1.0));
        assertThat(leavingOut(picker, 0, 1)).containsOnlyKeys(2);
        assertThat(leavingOut(picker, 1, 2)).containsOnlyKeys(0);
        assertThat(leavingOut(picker, 0, 1, 2)).containsOnlyKeys(0); // as if none were left out
    }

    @Test
    void whereTheOtherPrioritiesHaveGoneDownTheOnesLeftOutAreAskedAfterAll() {
        add(0, 1, 0);
        add(1, 1, 0);
        Picker picker = picker(Tiers.DEFAULT);
        hosts.get(1).flag(HealthFlag.FAILED_OUTLIER_CHECK, true, "gone", 0);
        assertThat(leavingOut(picker, 0)).containsOnlyKeys(0);
    }

    @Test
    void inPanicEveryHostOfThePriorityIsUsedAndCounted() {
        add(0, 1, 3);
        add(1, 1, 3);
        Map<Host, Double> percents = percents(picker(Tiers.DEFAULT), host -> host);
        assertThat(percents).hasSize(8);
        assertThat(percents.values()).allSatisfy(percent -> assertThat(percent).isEqualTo(12.5, within(1.0)));
        assertThat(counts.healthyPanic().value()).isEqualTo(PICKS);
    }

    @Test
    void panicMayRefuseInstead() {
        add(0, 1, 3);
        assertThat(picker(Tiers.DEFAULT.withPanic(50, true)).pick(new Asked(SEED)))
                .isEqualTo(new Pick.Refused(Reason.NO_HEALTHY_HOST));
        assertThat(counts.healthyPanic().value()).isEqualTo(1);
    }

    @Test
    void withoutPanicOnlyHealthyHostsAreUsedAndNoneRefuses() {
        add(0, 1, 9);
        assertThat(percents(picker(Tiers.DEFAULT.withPanic(0, false)), host -> host)).hasSize(1);
        hosts.clear();
        add(0, 0, 4);
        assertThat(picker(Tiers.DEFAULT.withPanic(0, false)).pick(new Asked(SEED)))
                .isEqualTo(new Pick.Refused(Reason.NO_HEALTHY_HOST));
    }

    @Test
    void hostsThatRefuseConnectsAreAvoidedHoweverFewOthersThereAre() {
        add(0, 4, 0);
        hosts.subList(0, 3).forEach(host -> host.unreachable(EjectionSpec.DEFAULT, 0));
        assertThat(percents(picker(Tiers.DEFAULT), host -> host)).containsOnlyKeys(hosts.get(3));
        assertThat(counts.healthyPanic().value()).isZero();
    }

    @Test
    void degradedHostsTakeTheirPart() {
        add(5, 0, Announced.HEALTHY, Locality.UNKNOWN, 0);
        add(13, 0, Announced.DEGRADED, Locality.UNKNOWN, 0);
        add(2, 0, Announced.UNHEALTHY, Locality.UNKNOWN, 0);
        Map<Announced, Double> percents = percents(picker(Tiers.DEFAULT), host -> host.endpoint().announced());
        assertThat(percents).containsOnlyKeys(Announced.HEALTHY, Announced.DEGRADED);
        assertThat(percents.get(Announced.HEALTHY)).isEqualTo(35, within(1.0));
    }

    @Test
    void localitiesShareByWeightAndHealth() {
        add(5, 0, Announced.HEALTHY, A, 1);
        add(5, 0, Announced.UNHEALTHY, A, 1);
        add(10, 0, Announced.HEALTHY, B, 2);
        add(10, 0, Announced.HEALTHY, C, 0);
        Map<Locality, Double> percents = percents(picker(Tiers.DEFAULT.withLocality(new LocalityRule.Weighted())),
                host -> host.endpoint().locality());
        assertThat(percents).containsOnlyKeys(A, B);
        assertThat(percents.get(A)).isEqualTo(100 * 70 / 270.0, within(1.0));
    }

    /** Half of the hosts are well, the other half has not been checked yet. */
    private void addUnchecked(int count, int priority, Locality locality, int weight) {
        int from = hosts.size();
        add(count, priority, Announced.HEALTHY, locality, weight);
        hosts.subList(from + count / 2, from + count).forEach(host -> host.flags(
                Set.of(HealthFlag.FAILED_ACTIVE_HC, HealthFlag.PENDING_ACTIVE_HC), Set.of(), "new", 0));
    }

    @Test
    void hostsThatAreExcludedMakeTheirPriorityNoLessWellAlsoWhereHealthGoesByWeight() {
        addUnchecked(4, 0, Locality.UNKNOWN, 0);
        add(1, 2, 0);
        assertThat(percents(picker(Tiers.DEFAULT), TierPickerTest::priority)).containsOnlyKeys(0);
        assertThat(percents(picker(new Tiers(140, true, 50, false, new LocalityRule.Ignored(), List.of())),
                TierPickerTest::priority)).containsOnlyKeys(0);
    }

    @Test
    void hostsThatAreExcludedMakeTheirLocalityWeighNoLess() {
        addUnchecked(4, 0, A, 1);
        add(4, 0, Announced.HEALTHY, B, 1);
        Map<Locality, Double> percents = percents(picker(Tiers.DEFAULT.withLocality(new LocalityRule.Weighted())),
                host -> host.endpoint().locality());
        assertThat(percents.get(A)).isEqualTo(50, within(1.0));
    }

    @Test
    void aTableOverLocalitiesHeedsWhatPartOfItsWeightAHostHas() {
        add(2, 0, Announced.HEALTHY, A, 1);
        add(1, 0, Announced.HEALTHY, B, 1);
        hosts.getFirst().startFactor(0.1);
        Balancing balancing = Balancing.DEFAULT.withPolicy(BalancePolicy.Maglev.DEFAULT)
                .withTiers(Tiers.DEFAULT.withLocality(new LocalityRule.Weighted()));
        Map<Host, Double> percents = percents(pickers.build(HostSet.of(hosts), balancing, locals, SEED), host -> host);
        assertThat(percents.get(hosts.get(0))).isEqualTo(50 * 0.1 / 1.1, within(1.0));
        assertThat(percents.get(hosts.get(2))).isEqualTo(50, within(1.0));
    }

    @Test
    void localitiesWithoutAnyWeightDoNotCount() {
        add(1, 0, Announced.HEALTHY, A, 0);
        add(3, 0, Announced.HEALTHY, B, 0);
        Map<Locality, Double> percents = percents(picker(Tiers.DEFAULT.withLocality(new LocalityRule.Weighted())),
                host -> host.endpoint().locality());
        assertThat(percents.get(A)).isEqualTo(25, within(1.0));
    }

    @Test
    void zonesKeepWhatTheyCanAndCountIt() {
        add(5, 0, Announced.HEALTHY, A, 0);
        add(10, 0, Announced.HEALTHY, B, 0);
        add(5, 0, Announced.HEALTHY, C, 0);
        List<Host> callers = new ArrayList<>();
        for (Locality zone : List.of(A, A, A, A, B, B, B, B, C, C)) {
            callers.add(new Host(Endpoint.of(Asked.address(1000 + callers.size())).withLocality(zone, 0)));
        }
        locals = Locals.of(A, HostSet.of(callers), 50);
        Map<Locality, Double> percents = percents(
                picker(Tiers.DEFAULT.withLocality(LocalityRule.ZoneAware.DEFAULT)), host -> host.endpoint().locality());
        assertThat(percents.get(A)).isEqualTo(62.5, within(1.0));
        assertThat(percents.get(B)).isEqualTo(25, within(1.0));
        assertThat(percents.get(C)).isEqualTo(12.5, within(1.0));
        assertThat(counts.zoneRoutingSampled().value() + counts.zoneRoutingCrossZone().value()).isEqualTo(PICKS);
    }

    @Test
    void evenZonesStayAtHome() {
        add(5, 0, Announced.HEALTHY, A, 0);
        add(5, 0, Announced.HEALTHY, B, 0);
        List<Host> callers = List.of(new Host(Endpoint.of(Asked.address(1000)).withLocality(A, 0)),
                new Host(Endpoint.of(Asked.address(1001)).withLocality(B, 0)));
        locals = Locals.of(A, HostSet.of(callers), 50);
        Tiers tiers = Tiers.DEFAULT.withLocality(LocalityRule.ZoneAware.DEFAULT);
        assertThat(percents(picker(tiers), host -> host.endpoint().locality())).containsOnlyKeys(A);
        assertThat(counts.zoneRoutingAllDirectly().value()).isEqualTo(PICKS);
        hosts.removeLast();
        hosts.removeFirst();
        hosts.removeFirst();
        hosts.removeFirst();
        hosts.removeFirst();
        assertThat(percents(picker(tiers), host -> host.endpoint().locality())).containsOnlyKeys(A, B);
        assertThat(counts.zoneClusterTooSmall().value()).isEqualTo(1);
    }

    @Test
    void halfTheRequestsAreDroppedOnceButNotTheirRetries() {
        add(0, 1, 0);
        Picker picker = picker(Tiers.DEFAULT.withDrops(List.of(new Tiers.Drop("throttle", 500_000))));
        assertThat(percents(picker, host -> host).get(hosts.getFirst())).isEqualTo(50, within(1.0));
        assertThat(counts.dropOverload().value()).isCloseTo(PICKS / 2, within((long) PICKS / 50));
        Picker all = picker(Tiers.DEFAULT.withDrops(List.of(new Tiers.Drop("throttle", 1_000_000))));
        assertThat(all.pick(new Asked(SEED))).isEqualTo(new Pick.Refused(Reason.DROPPED));
    }

    @Test
    void aGroupThatStaysKeepsItsTurn() {
        add(0, 4, 0);
        add(1, 2, 0);
        Asked asked = new Asked(SEED);
        List<Host> turns = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            hosts.getLast().endpoint(hosts.getLast().endpoint().withWeight(i + 1));
            if (picker(Tiers.DEFAULT).pick(asked) instanceof Pick.Chosen chosen) {
                turns.add(chosen.host());
            }
        }
        assertThat(turns.subList(0, 4)).doesNotHaveDuplicates().isEqualTo(turns.subList(4, 8));
    }
}
