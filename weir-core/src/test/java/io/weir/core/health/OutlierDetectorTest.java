package io.weir.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.health.OutlierEvent.Action;
import io.weir.core.model.Endpoint;
import io.weir.core.model.HealthFlag;
import io.weir.core.model.Host;
import io.weir.core.model.HostTracker.Failure;
import io.weir.core.rule.OutlierSpec;
import io.weir.core.rule.OutlierSpec.Consecutive;
import io.weir.core.rule.OutlierSpec.Ejection;
import io.weir.core.rule.OutlierSpec.FailurePercentage;
import io.weir.core.rule.OutlierSpec.Latency;
import io.weir.core.rule.OutlierSpec.Soft;
import io.weir.core.rule.OutlierSpec.SuccessRate;
import io.weir.core.stats.Metric;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Stats;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Outliers by Envoy's rules and Weir's own, on simulated time. */
class OutlierDetectorTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final Ejection ANY_NUMBER = new Ejection(30 * SECOND, 300 * SECOND, 0, 100, false);
    private static final OutlierSpec BASE = OutlierSpec.DEFAULT.withEjection(ANY_NUMBER);

    private final Stats stats = new Stats();
    private final List<OutlierEvent> events = new ArrayList<>();
    private final List<Host> hosts = IntStream.range(0, 10)
            .mapToObj(i -> new Host(Endpoint.of(InetSocketAddress.createUnresolved("h", 1000 + i)))).toList();
    private int woken;
    private long now;

    private OutlierDetector detector(OutlierSpec spec, int size) {
        OutlierDetector detector = new OutlierDetector(spec, "web",
                new Surroundings(new SplittableRandom(7), () -> woken++, _ -> {
                }, events::add, Prober.NOBODY, _ -> {
                }), stats.root(), now);
        detector.hosts(hosts.subList(0, size));
        return detector;
    }

    private void answers(int host, int status, int times) {
        for (int i = 0; i < times; i++) {
            hosts.get(host).healthTracker().answered(status, TimeUnit.MILLISECONDS.toNanos(1), now);
        }
    }

    private boolean out(int host) {
        return hosts.get(host).is(HealthFlag.FAILED_OUTLIER_CHECK);
    }

    private long count(String name) {
        for (Metric metric : stats.sorted()) {
            if (metric instanceof Counter counter && counter.name().equals("outlier_detection." + name)) {
                return counter.value();
            }
        }
        throw new AssertionError("no counter " + name);
    }

    @Test
    void fiveServerErrorsInARowEjectForThirtySecondsAndFourDoNot() {
        OutlierDetector detector = detector(BASE, 3);
        answers(0, 500, 4);
        answers(0, 200, 1);
        answers(0, 500, 4);
        assertThat(detector.tick(now)).isEmpty();
        assertThat(woken).isZero();
        answers(0, 500, 1);
        assertThat(woken).isOne();
        assertThat(detector.tick(now)).isNotEmpty();
        assertThat(out(0)).isTrue();
        assertThat(hosts.getFirst().down()).isTrue();
        assertThat(hosts.getFirst().healthReason()).isEqualTo("consecutive_5xx: 5 in a row");
        now = 30 * SECOND - 1;
        assertThat(detector.tick(now)).isEmpty();
        now = 30 * SECOND;
        assertThat(detector.tick(now)).isNotEmpty();
        assertThat(out(0)).isFalse();
        assertThat(hosts.getFirst().healthReason()).isEqualTo("back: the time of its ejection is over");
        assertThat(events).extracting(OutlierEvent::action).containsExactly(Action.EJECT, Action.UNEJECT);
        assertThat(events.getLast().sinceNanos()).isEqualTo(30 * SECOND);
        assertThat(count("ejections_enforced_consecutive_5xx")).isOne();
        assertThat(count("ejections_enforced_total")).isOne();
    }

    @Test
    void gatewayFailuresAreDetectedAndByDefaultNotEnforced() {
        OutlierDetector detector = detector(BASE.withConsecutive(new Consecutive(100, 100), new Consecutive(3, 0),
                new Consecutive(5, 100), false), 3);
        answers(0, 503, 3);
        assertThat(detector.tick(now)).isEmpty();
        assertThat(out(0)).isFalse();
        assertThat(count("ejections_detected_consecutive_gateway_failure")).isOne();
        assertThat(events.getFirst().enforced()).isFalse();
        answers(0, 500, 1);
        answers(0, 503, 2);
        detector.tick(now);
        assertThat(count("ejections_detected_consecutive_gateway_failure")).as("a 500 ends the run").isOne();
    }

    @Test
    void failuresOnOurSideCountAsAnswersUnlessTheyAreToldApart() {
        OutlierDetector together = detector(BASE, 3);
        hosts.getFirst().healthTracker().failed(Failure.UNREACHABLE, 0, now);
        answers(0, 500, 3);
        hosts.getFirst().healthTracker().failed(Failure.TIMED_OUT, 0, now);
        together.tick(now);
        assertThat(out(0)).isTrue();
        together.end(now);
        assertThat(out(0)).isFalse();
        OutlierDetector broken = detector(BASE, 3);
        answers(0, 500, 4);
        hosts.getFirst().healthTracker().failed(Failure.RESET, 0, now);
        broken.tick(now);
        assertThat(out(0)).as("as if the answer were 503").isTrue();
        broken.end(now);

        OutlierDetector apart = detector(BASE.withConsecutive(new Consecutive(5, 100), new Consecutive(5, 0),
                new Consecutive(2, 100), true), 3);
        hosts.getFirst().healthTracker().failed(Failure.TIMED_OUT, 0, now);
        answers(0, 500, 4);
        hosts.getFirst().healthTracker().failed(Failure.UNREACHABLE, 0, now);
        apart.tick(now);
        assertThat(out(0)).as("an answer between ends the run").isFalse();
        hosts.getFirst().healthTracker().failed(Failure.UNREACHABLE, 0, now);
        apart.tick(now);
        assertThat(hosts.getFirst().healthReason()).isEqualTo("consecutive_local_origin_failure: 2 in a row");
        now = 30 * SECOND;
        apart.tick(now);
        hosts.getFirst().healthTracker().failed(Failure.RESET, 0, now);
        hosts.getFirst().healthTracker().failed(Failure.UNREACHABLE, 0, now);
        apart.tick(now);
        assertThat(out(0)).as("a connection that breaks before the answer is no answer").isTrue();
    }

    @Test
    void aHostThatAcceptsAndBreaksEveryConnectionIsFoundByItsOwnRuleWhereAnswersAreNotEnforced() {
        OutlierDetector apart = detector(BASE.withConsecutive(new Consecutive(5, 0), new Consecutive(5, 0),
                new Consecutive(5, 100), true), 3);
        for (int i = 0; i < 5; i++) {
            hosts.getFirst().healthTracker().failed(Failure.RESET, 0, now);
        }
        apart.tick(now);
        assertThat(hosts.getFirst().healthReason()).isEqualTo("consecutive_local_origin_failure: 5 in a row");
        assertThat(count("ejections_detected_consecutive_5xx")).isZero();
    }

    @Test
    void noMoreThanAPartOfTheHostsIsEjectedAndOneOnlyIfThatIsWanted() {
        OutlierDetector none = detector(OutlierSpec.DEFAULT, 3);
        answers(0, 500, 5);
        none.tick(now);
        assertThat(out(0)).as("one of three is more than 10 %").isFalse();
        assertThat(count("ejections_overflow")).isOne();
        none.end(now);
        OutlierDetector one = detector(
                OutlierSpec.DEFAULT.withEjection(new Ejection(SECOND, SECOND, 0, 10, true)), 3);
        answers(0, 500, 5);
        answers(1, 500, 5);
        one.tick(now);
        assertThat(out(0)).isTrue();
        assertThat(out(1)).isFalse();
    }

    @Test
    void eachEjectionLastsOneBaseTimeLongerUpToTheMaximumAndGoodIntervalsTakeOneOff() {
        Ejection rule = new Ejection(30 * SECOND, 75 * SECOND, 0, 100, false);
        OutlierDetector detector = detector(OutlierSpec.DEFAULT.withEjection(rule), 3);
        List<Long> lasted = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            lasted.add(ejection(detector));
        }
        assertThat(lasted).containsExactly(30L, 60L, 75L, 75L);
        for (int i = 0; i < 30; i++) {
            now += SECOND;
            detector.tick(now);
        }
        assertThat(ejection(detector)).as("three steps down of four, one up").isLessThan(75L);
    }

    @Test
    void aFirstEjectionOfTwoSecondsLastsTwoSecondsToTheNanosecond() {
        Ejection rule = new Ejection(2 * SECOND, 300 * SECOND, 0, 100, false);
        OutlierDetector detector = detector(OutlierSpec.DEFAULT.withEjection(rule), 3);
        answers(0, 500, 5);
        detector.tick(now);
        long began = now;
        for (long after : new long[]{SECOND / 2, SECOND, 2 * SECOND - 1}) {
            now = began + after;
            detector.tick(now);
            assertThat(out(0)).as("%d ns later", after).isTrue();
        }
        now = began + 2 * SECOND;
        detector.tick(now);
        assertThat(out(0)).as("2 s later").isFalse();
    }

    private long ejection(OutlierDetector detector) {
        answers(0, 500, 5);
        detector.tick(now);
        assertThat(out(0)).isTrue();
        long began = now;
        while (out(0)) {
            now += SECOND;
            detector.tick(now);
        }
        return (now - began) / SECOND;
    }

    @Test
    void jitterMakesAnEjectionLongerByAtMostItself() {
        OutlierDetector detector = detector(
                OutlierSpec.DEFAULT.withEjection(new Ejection(SECOND, 100 * SECOND, 20 * SECOND, 100, false)), 3);
        assertThat(ejection(detector)).isBetween(1L, 22L);
    }

    @Test
    void aSuccessRateFarBelowTheMeanIsAnOutlierAsInEnvoysExample() {
        OutlierDetector detector = detector(BASE.withRates(new SuccessRate(5, 100, 1900, 100, 100),
                FailurePercentage.DEFAULT), 5);
        for (int i = 1; i < 5; i++) {
            answers(i, 200, 100);
        }
        for (int i = 0; i < 50; i++) {
            answers(0, 200, 1);
            answers(0, 400 + 100, 1);
        }
        now = 10 * SECOND;
        detector.tick(now);
        assertThat(out(0)).isTrue();
        assertThat(events.getFirst()).satisfies(event -> {
            assertThat(event.average()).isEqualTo(90);
            assertThat(event.threshold()).isEqualTo(52);
            assertThat(event.hostRate()).isEqualTo(50);
        });
        assertThat(OutlierDetector.successRate(hosts.get(0))).isEqualTo("50");
        assertThat(OutlierDetector.successRate(hosts.get(1))).isEqualTo("100");
    }

    @Test
    void tooFewRequestsOrHostsAreNotCompared() {
        OutlierDetector detector = detector(BASE, 5);
        for (int i = 0; i < 4; i++) {
            answers(i, 200, 100);
        }
        answers(4, 200, 50);
        answers(4, 500, 4);
        answers(4, 200, 45);
        now = 10 * SECOND;
        assertThat(detector.tick(now)).isEmpty();
        assertThat(count("ejections_detected_success_rate")).isZero();
    }

    @Test
    void aFailurePercentageEjectsWhatThePeersDoNotwithstanding() {
        OutlierDetector detector = detector(BASE.withConsecutive(new Consecutive(1000, 0), new Consecutive(1000, 0),
                new Consecutive(1000, 0), false).withRates(SuccessRate.DEFAULT,
                        new FailurePercentage(85, 5, 50, 100, 0)),
                5);
        for (int i = 0; i < 5; i++) {
            answers(i, 500, 90);
            answers(i, 200, 10);
        }
        now = 10 * SECOND;
        detector.tick(now);
        assertThat(IntStream.range(0, 5).filter(this::out).count()).isEqualTo(5);
        assertThat(hosts.getFirst().healthReason()).isEqualTo("failure_percentage: 90.0 % fail, at least 85 %");
    }

    private void slow(int host, long millis, int times) {
        for (int i = 0; i < times; i++) {
            hosts.get(host).healthTracker().answered(200, TimeUnit.MILLISECONDS.toNanos(millis), now);
        }
    }

    @Test
    void aHostFarSlowerThanItsPeersIsEjectedAndOneThatIsAlittleSlowerIsNot() {
        OutlierDetector detector = detector(BASE.withOwn(Latency.DEFAULT, null), 4);
        slow(0, 10, 50);
        slow(1, 11, 50);
        slow(2, 25, 50);
        slow(3, 100, 50);
        now = 10 * SECOND;
        detector.tick(now);
        assertThat(IntStream.range(0, 4).filter(this::out)).containsExactly(3);
        assertThat(hosts.get(3).healthReason()).startsWith("latency: p50 is ").contains("median of its peers");
    }

    @Test
    void inSoftModeAWeightIsCutByTheDifferenceAndComesBackByAStepEachInterval() {
        OutlierDetector detector = detector(BASE.withOwn(Latency.DEFAULT, new Soft(0.1, 0.25)), 4);
        for (int i = 0; i < 3; i++) {
            slow(i, 10, 50);
        }
        slow(3, 40, 50);
        now = 10 * SECOND;
        assertThat(detector.tick(now)).isNotEmpty();
        assertThat(out(3)).isFalse();
        assertThat(hosts.get(3).trustFactor()).isBetween(0.22, 0.28);
        assertThat(hosts.get(3).healthReason()).matches("latency: p50 is .* \\(median of its peers .*\\); "
                + "it has 2[0-9] % of its weight");
        assertThat(hosts.get(0).trustFactor()).isEqualTo(1);
        for (int i = 2; i < 5; i++) {
            now = SECOND * 10 * i;
            assertThat(detector.tick(now)).isNotEmpty();
        }
        assertThat(hosts.get(3).trustFactor()).isEqualTo(1);
        assertThat(hosts.get(3).healthReason())
                .isEqualTo("trusted again: nothing found in this interval; it has 100 % of its weight");
        assertThat(events).extracting(OutlierEvent::action).containsExactly(Action.CUT_WEIGHT, Action.RESTORE_WEIGHT,
                Action.RESTORE_WEIGHT, Action.RESTORE_WEIGHT);
        assertThat(events).allSatisfy(event -> {
            assertThat(event.type()).isEqualTo(OutlierType.LATENCY);
            assertThat(event.reason()).endsWith(" % of its weight");
        });
        assertThat(events).extracting(OutlierEvent::sinceNanos).containsExactly(-1L, 10 * SECOND, 10 * SECOND,
                10 * SECOND);
        assertThat(events.getLast().share()).isEqualTo(1);
        now = 60 * SECOND;
        assertThat(detector.tick(now)).isEmpty();
    }

    @Test
    void aSuccessfulHealthCheckEndsAnEjection() {
        OutlierDetector detector = detector(BASE, 3);
        answers(0, 500, 5);
        detector.tick(now);
        assertThat(detector.checkSucceeded(hosts.get(1), now)).isFalse();
        assertThat(detector.checkSucceeded(hosts.get(0), now)).isTrue();
        assertThat(out(0)).isFalse();
    }

    @Test
    void aHostThatIsOutForAnotherReasonKeepsItWhileItsWeightIsCut() {
        OutlierDetector detector = detector(BASE.withOwn(Latency.DEFAULT, new Soft(0.1, 0.25)), 4);
        for (int i = 0; i < 3; i++) {
            slow(i, 10, 50);
        }
        slow(3, 40, 50);
        hosts.get(3).flag(HealthFlag.FAILED_ACTIVE_HC, true, "its checks fail", now);
        now = 10 * SECOND;
        detector.tick(now);
        assertThat(hosts.get(3).trustFactor()).isLessThan(1);
        assertThat(hosts.get(3).healthReason()).isEqualTo("its checks fail");
        hosts.get(3).flag(HealthFlag.FAILED_ACTIVE_HC, false, "they succeed", now);
        detector.end(now);
        assertThat(hosts.get(3).trustFactor()).isEqualTo(1);
        assertThat(hosts.get(3).healthReason()).isEqualTo("outlier detection was turned off");
    }
}
