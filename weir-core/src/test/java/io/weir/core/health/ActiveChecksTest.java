package io.weir.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.balance.Pick;
import io.weir.core.balance.PickContext;
import io.weir.core.cluster.Cluster;
import io.weir.core.health.CheckResult.Failed;
import io.weir.core.health.CheckResult.Failure;
import io.weir.core.health.CheckResult.Passed;
import io.weir.core.model.Balancing;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.DiscoveryType;
import io.weir.core.model.Endpoint;
import io.weir.core.model.HealthFlag;
import io.weir.core.model.Host;
import io.weir.core.rule.CheckProtocol;
import io.weir.core.rule.CheckSpec;
import io.weir.core.rule.CheckSpec.Events;
import io.weir.core.rule.CheckSpec.Handling;
import io.weir.core.rule.CheckSpec.Timing;
import io.weir.core.rule.HealthRules;
import io.weir.core.rule.OutlierSpec;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Active checks of a cluster's hosts, on simulated time: the test answers every check. */
class ActiveChecksTest extends CheckedCluster {
    private static final CheckProtocol HTTP = () -> "HTTP";
    private static final Timing TIMING = Timing.every(10 * SECOND, SECOND).withEdges(5 * SECOND, 2 * SECOND, 3 * SECOND)
            .withNoTraffic(60 * SECOND, 90 * SECOND);
    private static final CheckSpec SPEC = CheckSpec.of(HTTP, TIMING, 3, 2);
    private static final Failed RETRIABLE = Failed.of(Failure.RETRIABLE, "429");
    private static final Failed REFUSED = Failed.of(Failure.NETWORK, "connection refused");

    private Cluster cluster(CheckSpec spec, int hosts) {
        return cluster(ClusterSpec.of("c", endpoints(0, hosts)).withHealth(rules(spec)));
    }

    @Test
    void aNewHostIsOutUntilItsFirstCheckHasSucceededWhichOneSuccessDoes() {
        Cluster cluster = cluster(SPEC, 2);
        assertThat(cluster.warmed()).isFalse();
        assertThat(cluster.view().hosts().healthyCount()).isZero();
        assertThat(host(cluster, 0).healthReason()).isEqualTo("new: not checked yet");
        answer(cluster, host(cluster, 0), PASSED);
        assertThat(cluster.warmed()).isFalse();
        assertThat(cluster.view().hosts().healthyCount()).isEqualTo(1);
        answer(cluster, host(cluster, 1), REFUSED);
        assertThat(cluster.warmed()).as("a failure is an answer").isTrue();
        assertThat(woken).as("somebody waits for the last first check").isEqualTo(1);
        assertThat(host(cluster, 1).down()).isTrue();
        assertThat(host(cluster, 1).healthReason()).isEqualTo("health check failed: connection refused");
        assertThat(number("healthy")).isEqualTo(1);
        assertThat(events).extracting(CheckEvent::kind).containsExactly(CheckEvent.Kind.ADDED,
                CheckEvent.Kind.FAILED);
        assertThat(events).allMatch(CheckEvent::first);
    }

    @Test
    void anAnswerThatIsWrongForGoodCountsAtOnceOthersOnlyThreeTimesInARow() {
        Cluster cluster = started(SPEC, 2);
        Host first = host(cluster, 0);
        Host second = host(cluster, 1);
        checkAll(cluster, 10 * SECOND, SICK, RETRIABLE);
        assertThat(first.down()).isTrue();
        assertThat(first.healthReason()).isEqualTo("health check failed: 503");
        assertThat(second.down()).isFalse();
        pass(cluster, 10 * SECOND);
        answer(cluster, second, PASSED);
        for (CheckResult result : List.of(RETRIABLE, REFUSED)) {
            pass(cluster, 10 * SECOND);
            answer(cluster, second, result);
            assertThat(second.down()).isFalse();
        }
        pass(cluster, 10 * SECOND);
        answer(cluster, second, Failed.of(Failure.NETWORK_TIMEOUT, "no answer in 1000 ms"));
        assertThat(second.down()).isTrue();
        assertThat(second.is(HealthFlag.ACTIVE_HC_TIMEOUT)).isTrue();
        assertThat(second.healthReason())
                .isEqualTo("health check failed 3 times in a row: no answer in 1000 ms");
        assertThat(number("network_failure")).isEqualTo(2);
    }

    @Test
    void aHostIsBackAfterTwoSuccessesInARow() {
        Cluster cluster = started(SPEC, 1);
        Host host = host(cluster, 0);
        pass(cluster, 10 * SECOND);
        answer(cluster, host, SICK);
        for (CheckResult result : List.of(PASSED, SICK, PASSED)) {
            pass(cluster, 5 * SECOND);
            answer(cluster, host, result);
            assertThat(host.down()).isTrue();
        }
        pass(cluster, 3 * SECOND);
        answer(cluster, host, PASSED);
        assertThat(host.down()).isFalse();
        assertThat(cluster.view().hosts().healthyCount()).isEqualTo(1);
        assertThat(host.healthReason()).isEqualTo("its health checks succeed again: 2 in a row");
    }

    @Test
    void theIntervalIsThatOfTheHostsStateAndTheEdgeOnesStandBetweenChecksThatAreAboutToChangeIt() {
        Cluster cluster = started(SPEC, 1);
        Host host = host(cluster, 0);
        assertNextAfter(cluster, host, 10 * SECOND, PASSED);
        assertNextAfter(cluster, host, 10 * SECOND, REFUSED);
        assertNextAfter(cluster, host, 2 * SECOND, REFUSED);
        assertNextAfter(cluster, host, 2 * SECOND, REFUSED);
        assertThat(host.down()).isTrue();
        assertNextAfter(cluster, host, 5 * SECOND, PASSED);
        assertNextAfter(cluster, host, 3 * SECOND, REFUSED);
        assertNextAfter(cluster, host, 5 * SECOND, PASSED);
        assertNextAfter(cluster, host, 3 * SECOND, PASSED);
        assertThat(host.down()).isFalse();
        assertNextAfter(cluster, host, 10 * SECOND, SICK);
        assertNextAfter(cluster, host, 5 * SECOND, PASSED);
    }

    @Test
    void aClusterWithoutTrafficIsCheckedRarelyAndTheFirstRequestEndsThat() {
        Cluster cluster = cluster(SPEC, 2);
        Host well = host(cluster, 0);
        Host sick = host(cluster, 1);
        answer(cluster, well, PASSED);
        answer(cluster, sick, SICK);
        pass(cluster, 59 * SECOND);
        assertThat(prober.underWay()).isZero();
        pass(cluster, SECOND);
        assertThat(prober.asks(sick)).isTrue();
        assertThat(prober.asks(well)).as("the healthy one waits for longer").isFalse();
        traffic(cluster);
        pass(cluster, 10 * SECOND);
        assertThat(prober.asks(well)).as("its interval is the usual one from now on").isTrue();
    }

    @Test
    void jitterPutsChecksOffByNoMoreThanItSays() {
        CheckSpec spec = SPEC.withTiming(TIMING.withJitter(4 * SECOND, SECOND, 50));
        Cluster cluster = cluster(spec, 100);
        assertThat(prober.underWay()).isLessThan(10);
        pass(cluster, 2 * SECOND);
        assertThat(prober.underWay()).isBetween(30, 70);
        pass(cluster, 2 * SECOND);
        assertThat(prober.underWay()).isEqualTo(100);
        traffic(cluster);
        cluster.view().hosts().all().forEach(host -> prober.answer(host, PASSED, now));
        pass(cluster, 10 * SECOND - 1);
        assertThat(prober.underWay()).isZero();
        pass(cluster, 3 * SECOND);
        assertThat(prober.underWay()).isBetween(30, 70);
        pass(cluster, 3 * SECOND + 1);
        assertThat(prober.underWay()).isEqualTo(100);
    }

    @Test
    void anAlarmIsAskedForWhenTheNextCheckIsDue() {
        Cluster cluster = started(SPEC, 1);
        alarms.clear();
        pass(cluster, 10 * SECOND);
        answer(cluster, host(cluster, 0), PASSED);
        assertThat(alarms).contains(10 * SECOND);
        now += 10 * SECOND;
        cluster.check(now);
        assertThat(prober.asks(host(cluster, 0))).isTrue();
    }

    @Test
    void aHostThatAsksToBeLeftAloneIsOutAtOnceAndIsNotCounted() {
        Cluster cluster = started(SPEC, 3);
        Host host = host(cluster, 0);
        cluster.askedOut(host, now);
        assertThat(host.down()).as("before any tick").isTrue();
        cluster.askedOut(host, now);
        pass(cluster, 0);
        assertThat(cluster.view().hosts().excludedCount()).isEqualTo(1);
        assertThat(number("passive_failure")).isEqualTo(1);
        assertThat(events.getLast().failure()).isEqualTo(Failure.PASSIVE);
        pass(cluster, 5 * SECOND);
        answer(cluster, host, SICK);
        assertThat(host.excluded()).as("it is still leaving").isTrue();
        pass(cluster, 5 * SECOND);
        answer(cluster, host, PASSED);
        assertThat(host.excluded()).isTrue();
        assertThat(host.down()).as("two successes are needed").isTrue();
        pass(cluster, 3 * SECOND);
        answer(cluster, host, PASSED);
        assertThat(host.excluded()).isFalse();
        assertThat(host.down()).isFalse();
    }

    @Test
    void aCheckMayFindAHostDegraded() {
        Cluster cluster = started(SPEC, 1);
        Host host = host(cluster, 0);
        pass(cluster, 10 * SECOND);
        answer(cluster, host, new Passed(true));
        assertThat(cluster.view().hosts().degradedCount()).isEqualTo(1);
        assertThat(number("degraded")).isEqualTo(1);
        pass(cluster, 10 * SECOND);
        answer(cluster, host, PASSED);
        assertThat(host.degraded()).isFalse();
        assertThat(events).extracting(CheckEvent::kind).endsWith(CheckEvent.Kind.DEGRADED,
                CheckEvent.Kind.NO_LONGER_DEGRADED);
    }

    @Test
    void aNewHostMayBeLeftOutOfAllCountsUntilItsFirstCheck() {
        CheckSpec spec = SPEC.withHandling(new Handling(true, true));
        Cluster cluster = cluster(spec, 4);
        assertThat(cluster.view().hosts().excludedCount()).isEqualTo(4);
        cluster.view().hosts().all().forEach(host -> prober.answer(host, PASSED, now));
        cluster.tick(now);
        assertThat(cluster.view().hosts().excludedCount()).isZero();
        assertThat(cluster.view().hosts().healthyCount()).isEqualTo(4);
    }

    @Test
    void hostsThatWereThereBeforeChecksStayInUntilOneFails() {
        Cluster cluster = cluster(ClusterSpec.of("c", endpoints(0, 2)));
        assertThat(cluster.view().hosts().healthyCount()).isEqualTo(2);
        cluster.update(cluster.spec().withHealth(rules(SPEC)), now);
        assertThat(cluster.view().hosts().healthyCount()).isEqualTo(2);
        pass(cluster, 0);
        answer(cluster, host(cluster, 0), RETRIABLE);
        assertThat(host(cluster, 0).down()).as("the first check decides").isTrue();
        cluster.update(cluster.spec().withHealth(HealthRules.DEFAULT), now);
        assertThat(cluster.view().hosts().healthyCount()).isEqualTo(2);
        assertThat(prober.underWay()).isZero();
    }

    @Test
    void otherRulesTakeOverWhatTheLastOnesFoundOut() {
        Cluster cluster = started(SPEC, 2);
        pass(cluster, 10 * SECOND);
        answer(cluster, host(cluster, 0), SICK);
        cluster.update(cluster.spec().withHealth(rules(SPEC.withTiming(Timing.every(SECOND, SECOND)))), now);
        assertThat(host(cluster, 0).down()).isTrue();
        assertThat(host(cluster, 1).down()).isFalse();
        pass(cluster, 0);
        assertThat(prober.underWay()).isEqualTo(2);
        answer(cluster, host(cluster, 1), RETRIABLE);
        assertThat(host(cluster, 1).down()).as("it is not the host's first check").isFalse();
    }

    @Test
    void aHostThatItsSourceDropsStaysUntilACheckFails() {
        Cluster cluster = cluster(ClusterSpec.of("c", List.of()).withType(DiscoveryType.STRICT_DNS)
                .withHealth(rules(SPEC)));
        cluster.endpoints(endpoints(0, 2), now);
        assertThat(cluster.warmed()).isFalse();
        pass(cluster, 0);
        List.copyOf(cluster.view().hosts().all()).forEach(host -> prober.answer(host, PASSED, now));
        traffic(cluster);
        Host dropped = host(cluster, 0);
        cluster.endpoints(endpoints(1, 3), now);
        assertThat(cluster.view().hosts().all()).hasSize(3).contains(dropped);
        assertThat(dropped.is(HealthFlag.PENDING_DYNAMIC_REMOVAL)).isTrue();
        pass(cluster, 10 * SECOND);
        answer(cluster, dropped, SICK);
        assertThat(cluster.view().hosts().all()).hasSize(2).doesNotContain(dropped);
        assertThat(prober.asks(dropped)).isFalse();
    }

    @Test
    void anEndpointMayBeCheckedElsewhereOrNotAtAll() {
        var other = new Endpoint.Check(null, 8081, "other.example", false);
        var never = new Endpoint.Check(null, 0, "", true);
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 80);
        Cluster cluster = cluster(ClusterSpec.of("c", List.of(Endpoint.of(address).withCheck(other),
                endpoints(7, 8).getFirst().withCheck(never))).withHealth(rules(SPEC)));
        assertThat(host(cluster, 1).down()).isFalse();
        assertThat(prober.targets).singleElement().satisfies(target -> {
            assertThat(target.address()).isEqualTo(new InetSocketAddress(InetAddress.getLoopbackAddress(), 8081));
            assertThat(target.hostname()).isEqualTo("other.example");
            assertThat(target.cluster()).isEqualTo("c");
        });
        cluster.askedOut(host(cluster, 1), now);
        assertThat(host(cluster, 1).down()).as("nobody would ever let it back").isFalse();
    }

    @Test
    void aCheckIsSkippedWhileTrafficProvesTheHost() {
        CheckSpec spec = SPEC.withTiming(TIMING.withFresh(8 * SECOND));
        Cluster cluster = started(spec, 1);
        Host host = host(cluster, 0);
        pass(cluster, 5 * SECOND);
        cluster.answered(host, 200, 1, now);
        pass(cluster, 5 * SECOND);
        assertThat(prober.underWay()).isZero();
        assertThat(number("skipped")).isEqualTo(1);
        cluster.answered(host, 500, 1, now);
        pass(cluster, 10 * SECOND);
        assertThat(prober.asks(host)).as("an answer of 500 proves nothing").isTrue();
    }

    @Test
    void aSuccessfulCheckEndsAnEjectionUnlessThatIsNotWanted() {
        OutlierSpec outliers = OutlierSpec.DEFAULT
                .withEjection(new OutlierSpec.Ejection(300 * SECOND, 300 * SECOND, 0, 100, false));
        Cluster cluster = cluster(ClusterSpec.of("c", endpoints(0, 1)).withHealth(rules(SPEC).withOutliers(outliers)));
        Host host = host(cluster, 0);
        answer(cluster, host, PASSED);
        traffic(cluster);
        for (int i = 0; i < 5; i++) {
            cluster.answered(host, 500, 1, now);
        }
        pass(cluster, 0);
        assertThat(host.is(HealthFlag.FAILED_OUTLIER_CHECK)).isTrue();
        pass(cluster, 10 * SECOND);
        answer(cluster, host, PASSED);
        assertThat(host.down()).isFalse();
    }

    @Test
    void everyResultIsToldWhereThatIsWanted() {
        Cluster cluster = started(SPEC.withEvents(new Events(List.of(), true, true)), 1);
        events.clear();
        for (CheckResult result : List.of(PASSED, RETRIABLE, RETRIABLE, SICK)) {
            pass(cluster, 10 * SECOND);
            answer(cluster, host(cluster, 0), result);
        }
        assertThat(events).extracting(CheckEvent::kind).containsExactly(CheckEvent.Kind.SUCCEEDED,
                CheckEvent.Kind.FAILED, CheckEvent.Kind.FAILED, CheckEvent.Kind.FAILED, CheckEvent.Kind.EJECTED);
    }

    @Test
    void noMoreThanSoManyChecksAreUnderWayAtOnce() {
        Cluster cluster = cluster(SPEC, ActiveChecks.UNDER_WAY_MAX + 10);
        assertThat(prober.underWay()).isEqualTo(ActiveChecks.UNDER_WAY_MAX);
        Host first = host(cluster, 0);
        prober.answer(first, PASSED, now);
        assertThat(prober.underWay()).isEqualTo(ActiveChecks.UNDER_WAY_MAX);
    }

    @Test
    void whateverAFlappingHostAnswersItIsOutOrInForOneReasonAndItsNumbersAddUp() {
        long seed = System.nanoTime();
        SplittableRandom dice = new SplittableRandom(seed);
        Cluster cluster = started(SPEC, 3);
        List<CheckResult> results = List.of(PASSED, SICK, RETRIABLE, REFUSED, new Passed(true),
                new Failed(Failure.ACTIVE, true, false, "asked"));
        long answered = 6;
        for (int i = 0; i < 3000; i++) {
            pass(cluster, SECOND);
            for (Host host : cluster.view().hosts().all()) {
                if (prober.asks(host)) {
                    answer(cluster, host, results.get(dice.nextInt(results.size())));
                    answered++;
                    assertThat(host.healthReason()).as("seed %d", seed).isNotEmpty();
                    assertThat(host.down()).as("seed %d", seed).isEqualTo(host.is(HealthFlag.FAILED_ACTIVE_HC));
                    assertThat(!host.excluded() || host.down()).as("seed %d", seed).isTrue();
                }
            }
            long in = cluster.view().hosts().all().stream().filter(host -> !host.down()).count();
            assertThat(number("healthy")).as("seed %d", seed).isEqualTo(in);
            assertThat(cluster.view().hosts().healthyCount() + cluster.view().hosts().degradedCount())
                    .as("seed %d", seed).isEqualTo((int) in);
        }
        assertThat(number("success") + number("failure")).as("seed %d", seed).isEqualTo(answered);
    }

    private final PickContext context = new PickContext() {
        private final SplittableRandom random = new SplittableRandom(11);

        @Override
        public long hash() {
            return 0;
        }

        @Override
        public RandomGenerator random() {
            return random;
        }

        @Override
        public long nowNanos() {
            return now;
        }
    };

    @Test
    void oneHostAloneIsUsedInPanicWhenItsChecksFailAndNotWherePanicIsOff() {
        for (int panicPercent : new int[]{50, 0}) {
            ClusterSpec spec = ClusterSpec.of("c", endpoints(0, 1)).withHealth(rules(SPEC));
            Balancing balancing = spec.balancing();
            Cluster cluster = cluster(spec.withBalancing(balancing.withTiers(balancing.tiers()
                    .withPanic(panicPercent, false))));
            answer(cluster, host(cluster, 0), SICK);
            Pick pick = cluster.view().picker().pick(context);
            assertThat(pick instanceof Pick.Chosen).as("panic at %d %%", panicPercent).isEqualTo(panicPercent > 0);
        }
    }

    @Test
    void anAddressThatStandsTwiceIsCheckedOnce() {
        List<Endpoint> twice = new ArrayList<>(endpoints(0, 2));
        twice.addAll(endpoints(0, 2));
        Cluster cluster = cluster(ClusterSpec.of("c", twice).withHealth(rules(SPEC)));
        assertThat(prober.underWay()).isEqualTo(2);
        assertThat(number("attempt")).isEqualTo(2);
        assertThat(cluster.view().hosts().all()).hasSize(2);
    }

    /** A cluster with traffic whose hosts have passed their first check. */
    private Cluster started(CheckSpec spec, int hosts) {
        Cluster cluster = cluster(spec, hosts);
        traffic(cluster);
        for (Host host : cluster.view().hosts().all()) {
            answer(cluster, host, PASSED);
        }
        pass(cluster, 10 * SECOND);
        for (Host host : cluster.view().hosts().all()) {
            answer(cluster, host, PASSED);
        }
        return cluster;
    }

    private void checkAll(Cluster cluster, long after, CheckResult... results) {
        pass(cluster, after);
        for (int i = 0; i < results.length; i++) {
            answer(cluster, host(cluster, i), results[i]);
        }
    }

    private void assertNextAfter(Cluster cluster, Host host, long nanos, CheckResult then) {
        pass(cluster, nanos - 1);
        assertThat(prober.asks(host)).isFalse();
        pass(cluster, 1);
        assertThat(prober.asks(host)).isTrue();
        answer(cluster, host, then);
    }
}
