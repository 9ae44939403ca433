package io.weir.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.weir.core.balance.Pick;
import io.weir.core.balance.PickContext;
import io.weir.core.model.Announced;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.ClusterSpec.Members;
import io.weir.core.model.DiscoveryType;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.model.OrcaReport;
import io.weir.core.stats.Stats;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Clusters that stand for others: how traffic goes on from one to the next, and to which of their hosts. */
class AggregateTest {
    private static final int PICKS = 20_000;

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

    private final Stats stats = new Stats();
    private final Clusters clusters = new Clusters();

    /** A cluster whose hosts, priority by priority, are so many well and so many not: {2, 2} is half of four. */
    private Cluster cluster(String name, int[]... priorities) {
        Cluster cluster = new Cluster(ClusterSpec.of(name, endpoints(name, priorities)), stats);
        clusters.put(cluster);
        return cluster;
    }

    private static List<Endpoint> endpoints(String name, int[]... priorities) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (int priority = 0; priority < priorities.length; priority++) {
            int well = priorities[priority][0];
            for (int i = 0; i < well + priorities[priority][1]; i++) {
                var address = new InetSocketAddress("10." + name.charAt(0) % 100 + "." + priority + "." + i, 80);
                endpoints.add(Endpoint.of(address).withPriority(priority)
                        .withAnnounced(i < well ? Announced.HEALTHY : Announced.UNHEALTHY));
            }
        }
        return endpoints;
    }

    private Aggregate of(String... members) {
        Cluster cluster = new Cluster(ClusterSpec.of("all" + members.length, List.of())
                .withType(DiscoveryType.AGGREGATE)
                .withExtensions(Map.of(Members.KEY, new Members(List.of(members)))), stats);
        clusters.put(cluster);
        assertThat(cluster.warmed()).isTrue();
        Aggregate aggregate = cluster.choices().aggregate();
        if (aggregate == null) {
            throw new AssertionError("no aggregate");
        }
        aggregate.gather(clusters);
        return aggregate;
    }

    /** Percent of the picks by cluster and the health announced of the host. */
    private static Map<String, Double> percents(Aggregate aggregate) {
        Map<String, Double> percents = new HashMap<>();
        Request request = new Request(new SplittableRandom(1));
        for (int i = 0; i < PICKS; i++) {
            Choice choice = aggregate.choose(request.random);
            if (choice == null) {
                throw new AssertionError("nobody");
            }
            String to = choice.cluster().name();
            if (choice.picker().pick(request) instanceof Pick.Chosen chosen) {
                Host host = chosen.host();
                to += host.endpoint().priority() + (host.endpoint().announced().healthy() ? "" : " unwell");
            }
            percents.merge(to, 100.0 / PICKS, Double::sum);
        }
        return percents;
    }

    @Test
    void theFirstTakesAllWhileItIsWell() {
        cluster("a", new int[]{3, 1});
        cluster("b", new int[]{4, 0});
        assertThat(percents(of("a", "b"))).containsOnlyKeys("a0");
    }

    @Test
    void whatAHalfCannotCarryGoesOnToTheNext() {
        cluster("a", new int[]{2, 2});
        cluster("b", new int[]{4, 0});
        Map<String, Double> percents = percents(of("a", "b"));
        assertThat(percents).containsOnlyKeys("a0", "b0");
        assertThat(percents.get("a0")).isCloseTo(70, offset(1.5));
    }

    @Test
    void aClusterThatAloneWouldPanicUsesItsGoodHostsOnlyWhileOthersCarryTheRest() {
        cluster("a", new int[]{1, 3});
        cluster("b", new int[]{4, 0});
        Map<String, Double> percents = percents(of("a", "b"));
        assertThat(percents).containsOnlyKeys("a0", "b0");
        assertThat(percents.get("a0")).isCloseTo(35, offset(1.5));
    }

    @Test
    void prioritiesOfTheFirstComeBeforeTheNextCluster() {
        cluster("a", new int[]{1, 1}, new int[]{2, 0});
        cluster("b", new int[]{4, 0});
        Map<String, Double> percents = percents(of("a", "b"));
        assertThat(percents).containsOnlyKeys("a0", "a1");
        assertThat(percents.get("a0")).isCloseTo(70, offset(1.5));
    }

    @Test
    void whenAllTogetherAreTooFewHealthIsNotBelieved() {
        cluster("a", new int[]{1, 9});
        cluster("b", new int[]{1, 9});
        Map<String, Double> percents = percents(of("a", "b"));
        assertThat(percents.getOrDefault("a0 unwell", 0.0) + percents.getOrDefault("a0", 0.0)).isCloseTo(50,
                offset(1.5));
        assertThat(percents.getOrDefault("a0 unwell", 0.0)).isCloseTo(45, offset(1.5));
    }

    @Test
    void aMemberThatHasNoHostsIsPassedOverAndNobodyIsChosenOfNone() {
        cluster("a");
        cluster("b", new int[]{1, 0});
        assertThat(percents(of("a", "none", "b"))).containsOnlyKeys("b0");
        assertThat(of("a").choose(new SplittableRandom(1))).isNull();
    }

    @Test
    void membersOfMembersStandInTheirPlaceAndCirclesEnd() {
        cluster("a", new int[]{2, 2});
        cluster("b", new int[]{1, 0});
        of("a", "all3");
        Map<String, Double> percents = percents(of("all2", "b", "all3"));
        assertThat(percents).containsOnlyKeys("a0", "b0");
        assertThat(percents.get("a0")).isCloseTo(70, offset(1.5));
    }

    @Test
    void whenAMembersViewChangesTheSharesFollow() {
        Cluster a = cluster("a", new int[]{4, 0});
        cluster("b", new int[]{4, 0});
        Aggregate aggregate = of("a", "b");
        assertThat(percents(aggregate)).containsOnlyKeys("a0");
        a.endpoints(endpoints("a", new int[]{0, 4}), 1);
        aggregate.gather(clusters);
        assertThat(percents(aggregate)).containsOnlyKeys("b0");
    }

    @Test
    void weightsByReportsMoveOnInAnAggregateToo() {
        Cluster a = new Cluster(ClusterSpec.of("a", endpoints("a", new int[]{2, 2})).withPolicy(
                new BalancePolicy.ClientSideWeightedRoundRobin(0, Long.MAX_VALUE, 1, 1, List.of())), stats);
        clusters.put(a);
        cluster("b", new int[]{4, 0});
        Aggregate aggregate = of("a", "b");
        a.onChange(_ -> aggregate.gather(clusters));
        List<Host> well = a.view().hosts().priorities().getFirst().healthy();
        for (int round = 1; round <= 2; round++) {
            for (int i = 0; i < 2; i++) {
                // as many requests at a third of the load: the first host, then the second
                double load = i + 1 == round ? 0.2 : 0.6;
                well.get(i).balanceTracker().loadReported(
                        new OrcaReport(load, 0, 0, 100, 0, Map.of(), Map.of(), Map.of()), round);
            }
            a.tick(1_000_000_000L * round);
            Map<Host, Double> percents = new HashMap<>();
            Request request = new Request(new SplittableRandom(1));
            for (int i = 0; i < PICKS; i++) {
                Choice choice = aggregate.choose(request.random);
                if (choice != null && choice.picker().pick(request) instanceof Pick.Chosen chosen) {
                    percents.merge(chosen.host(), 100.0 / PICKS, Double::sum);
                }
            }
            double light = percents.getOrDefault(well.get(round - 1), 0.0);
            double heavy = percents.getOrDefault(well.get(2 - round), 0.0);
            assertThat(light / heavy).as("round %d", round).isCloseTo(3, offset(0.2));
        }
    }

    @Test
    void aMemberWhoseViewHasNotChangedKeepsItsPicker() {
        Cluster a = cluster("a", new int[]{1, 1});
        Cluster b = cluster("b", new int[]{4, 0});
        Aggregate aggregate = of("a", "b");
        Choice before = aggregate.other(b, _ -> true);
        a.endpoints(endpoints("a", new int[]{1, 1}), 1);
        b.endpoints(endpoints("b", new int[]{3, 0}), 1);
        aggregate.gather(clusters);
        assertThat(aggregate.other(b, _ -> true)).isNotEqualTo(before);
        before = aggregate.other(b, _ -> true);
        b.endpoints(endpoints("b", new int[]{4, 0}), 2);
        aggregate.gather(clusters);
        assertThat(aggregate.other(b, _ -> true)).isEqualTo(before);
    }

    @Test
    void anotherThanTheOneThatFailedIsTheFirstThatCanCarryAnything() {
        Cluster a = cluster("a", new int[]{1, 0});
        cluster("b", new int[]{0, 1});
        Cluster c = cluster("c", new int[]{1, 0});
        Aggregate aggregate = of("a", "b", "c");
        Choice other = aggregate.other(a, _ -> true);
        assertThat(other == null ? null : other.cluster()).isSameAs(c);
        Choice back = aggregate.other(c, _ -> true);
        assertThat(back == null ? null : back.cluster()).isSameAs(a);
        assertThat(aggregate.other(a, cluster -> cluster == c)).isEqualTo(other); // as far as any is preferred
        assertThat(aggregate.other(a, _ -> false)).isEqualTo(other);
        assertThat(of("a").other(a, _ -> true)).isNull();
    }

    @Test
    void whatGoesToAClusterGoesToItItselfWhereItStandsForNoneThatHasAHost() {
        RandomGenerator random = new SplittableRandom(1);
        Cluster a = cluster("a", new int[]{1, 0});
        Cluster empty = new Cluster(ClusterSpec.of("empty", List.of()).withType(DiscoveryType.STRICT_DNS), stats);
        clusters.put(empty);
        of("empty");
        of("a", "empty");
        assertThat(clusters.choose("a", random)).isEqualTo(new Choice(a, null));
        assertThat(a.choices().other(a, _ -> true)).isNull();
        assertThat(clusters.choose("all1", random)).isEqualTo(new Choice(require("all1"), null));
        assertThat(clusters.choose("all2", random)).extracting(Choice::cluster).isEqualTo(a);
        assertThat(clusters.choose("nowhere", random)).isNull();
    }

    private Cluster require(String name) {
        return Objects.requireNonNull(clusters.find(name));
    }
}
