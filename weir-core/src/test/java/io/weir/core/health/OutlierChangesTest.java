package io.weir.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.health.OutlierEvent.Action;
import io.weir.core.model.Endpoint;
import io.weir.core.model.HealthFlag;
import io.weir.core.model.Host;
import io.weir.core.model.HostTracker.Failure;
import io.weir.core.rule.HealthRules;
import io.weir.core.rule.OutlierSpec;
import io.weir.core.rule.OutlierSpec.Consecutive;
import io.weir.core.rule.OutlierSpec.Ejection;
import io.weir.core.rule.OutlierSpec.Latency;
import io.weir.core.rule.OutlierSpec.Soft;
import io.weir.core.stats.Stats;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Rules of outlier detection that change while hosts are out, have their weight cut or are about to be. */
class OutlierChangesTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final OutlierSpec BASE = OutlierSpec.DEFAULT
            .withEjection(new Ejection(30 * SECOND, 300 * SECOND, 0, 100, false));
    /** What an operator reaches for in an incident. */
    private static final OutlierSpec FEWER = OutlierSpec.DEFAULT
            .withEjection(new Ejection(30 * SECOND, 300 * SECOND, 0, 50, false));
    private static final OutlierSpec SOFT = BASE.withOwn(Latency.DEFAULT, new Soft(0.1, 0.25));

    private final List<OutlierEvent> events = new ArrayList<>();
    private final List<Host> hosts = IntStream.range(0, 4)
            .mapToObj(i -> new Host(Endpoint.of(InetSocketAddress.createUnresolved("h", 1000 + i)))).toList();
    private final Host host = hosts.getFirst();
    private final HealthKeeper keeper = new HealthKeeper("web", new Stats().root(), () -> true);
    private long now;

    private void surroundings() {
        keeper.around(new Surroundings(new SplittableRandom(7), () -> {
        }, _ -> {
        }, events::add, Prober.NOBODY, _ -> {
        }), now);
    }

    private void rules(OutlierSpec spec) {
        keeper.keep(HealthRules.DEFAULT.withOutliers(spec), hosts, _ -> true, now);
    }

    private void began(OutlierSpec spec) {
        surroundings();
        rules(spec);
    }

    private void answers(Host from, int status, long latencyNanos, int times) {
        for (int i = 0; i < times; i++) {
            from.healthTracker().answered(status, latencyNanos, now);
        }
    }

    private void tickAt(long seconds) {
        now = seconds * SECOND;
        keeper.tick(now);
    }

    private boolean out() {
        return host.is(HealthFlag.FAILED_OUTLIER_CHECK);
    }

    private void ejected() {
        answers(host, 500, MILLI, 5);
        keeper.tick(now);
        assertThat(out()).isTrue();
    }

    /** The first host is four times as slow as the others, and its weight is cut. */
    private void cut() {
        began(SOFT);
        answers(host, 200, 40 * MILLI, 50);
        hosts.subList(1, 4).forEach(other -> answers(other, 200, 10 * MILLI, 50));
        tickAt(10);
        assertThat(host.trustFactor()).isLessThan(1);
    }

    @Test
    void whoIsOutStaysOutForItsTimeWhenTheRulesChange() {
        began(BASE);
        ejected();
        now = 10 * SECOND;
        rules(FEWER);
        assertThat(out()).isTrue();
        assertThat(events).extracting(OutlierEvent::action).containsExactly(Action.EJECT);
        tickAt(29);
        assertThat(out()).isTrue();
        tickAt(30);
        assertThat(out()).isFalse();
        assertThat(events).extracting(OutlierEvent::action).containsExactly(Action.EJECT, Action.UNEJECT);
        assertThat(events.getLast().sinceNanos()).isEqualTo(30 * SECOND);
        assertThat(events.getLast().ejections()).isOne();
    }

    @Test
    void whoIsOutStaysOutWhenOthersHearOfEvents() {
        began(BASE);
        ejected();
        surroundings();
        assertThat(out()).isTrue();
        tickAt(30);
        assertThat(events).extracting(OutlierEvent::action).containsExactly(Action.EJECT, Action.UNEJECT);
    }

    @Test
    void theTimeOfAnEjectionIsThatOfTheRulesOfNow() {
        began(BASE);
        ejected();
        rules(BASE.withEjection(new Ejection(5 * SECOND, 300 * SECOND, 0, 100, false)));
        tickAt(4);
        assertThat(out()).isTrue();
        tickAt(5);
        assertThat(out()).isFalse();
    }

    @Test
    void runsAndBackOffLiveOnWhenTheRulesChange() {
        began(BASE);
        ejected();
        tickAt(30);
        answers(host, 500, MILLI, 4);
        rules(FEWER);
        answers(host, 500, MILLI, 1);
        keeper.tick(now);
        assertThat(out()).as("four before and one after are five in a row").isTrue();
        assertThat(events.getLast().ejections()).isEqualTo(2);
        assertThat(events.getLast().sinceNanos()).as("it has just been back").isZero();
        tickAt(89);
        assertThat(out()).as("its second ejection lasts twice as long").isTrue();
        tickAt(90);
        assertThat(out()).isFalse();
    }

    @Test
    void aRunCountsByTheRulesOfNowHoweverLongItIsAlready() {
        OutlierSpec three = BASE.withConsecutive(new Consecutive(3, 100), new Consecutive(5, 0),
                new Consecutive(5, 100), false);
        began(BASE);
        answers(host, 500, MILLI, 4);
        rules(three);
        keeper.tick(now);
        assertThat(host.healthReason()).isEqualTo("consecutive_5xx: 3 in a row");
        tickAt(30);
        answers(host, 500, MILLI, 3);
        rules(BASE);
        keeper.tick(now);
        assertThat(out()).as("three are not enough any more").isFalse();
        answers(host, 500, MILLI, 2);
        keeper.tick(now);
        assertThat(out()).isTrue();
    }

    @Test
    void aRunOfNothingIsLongEnoughForNoRule() {
        began(BASE);
        rules(BASE.withConsecutive(new Consecutive(0, 100), new Consecutive(0, 100), new Consecutive(0, 100), true));
        keeper.tick(now);
        assertThat(events).isEmpty();
    }

    @Test
    void failuresOnOurSideThatNobodyToldApartMeanwhileDoNotCountLater() {
        OutlierSpec apart = BASE.withConsecutive(new Consecutive(5, 100), new Consecutive(5, 0),
                new Consecutive(2, 100), true);
        began(apart);
        host.healthTracker().failed(Failure.UNREACHABLE, 0, now);
        rules(BASE);
        rules(apart);
        host.healthTracker().failed(Failure.UNREACHABLE, 0, now);
        keeper.tick(now);
        assertThat(out()).isFalse();
    }

    @Test
    void aShorterIntervalCountsFromTheEndOfTheLastOne() {
        began(BASE.withOwn(Latency.DEFAULT, null));
        answers(host, 200, 40 * MILLI, 50);
        hosts.subList(1, 4).forEach(other -> answers(other, 200, 10 * MILLI, 50));
        tickAt(4);
        rules(new OutlierSpec(3 * SECOND, BASE.ejection(), BASE.serverErrors(), BASE.gatewayFailures(),
                BASE.localFailures(), false, BASE.successRate(), BASE.failurePercentage(), true, Latency.DEFAULT,
                null));
        keeper.tick(now);
        assertThat(host.healthReason()).startsWith("latency: p50 is ");
    }

    @Test
    void aHostIsNotJudgedByTheFewLatenciesSinceSomebodyLooksAtThem() {
        began(BASE);
        hosts.forEach(one -> answers(one, 200, 10 * MILLI, 50));
        rules(BASE.withOwn(Latency.DEFAULT, null));
        answers(host, 200, 10 * MILLI, 1);
        tickAt(10);
        assertThat(out()).as("one answer is not enough to judge by").isFalse();
    }

    @Test
    void whoseDetectionIsTakenAwayIsBackAndTheLogSaysWhy() {
        began(BASE);
        ejected();
        now = 10 * SECOND;
        keeper.keep(HealthRules.DEFAULT, hosts, _ -> true, now);
        assertThat(out()).isFalse();
        OutlierEvent last = events.getLast();
        assertThat(events).extracting(OutlierEvent::action).containsExactly(Action.EJECT, Action.UNEJECT);
        assertThat(last.address()).isEqualTo(host.addressText());
        assertThat(last.type()).isEqualTo(OutlierType.CONSECUTIVE_5XX);
        assertThat(last.sinceNanos()).isEqualTo(10 * SECOND);
        assertThat(last.reason()).isEqualTo("outlier detection was turned off");
        assertThat(host.healthReason()).isEqualTo(last.reason());
    }

    @Test
    void aWeightIsWholeAgainWhenDetectionIsTakenAwayAndTheLogSaysWhy() {
        cut();
        keeper.keep(HealthRules.DEFAULT, hosts, _ -> true, now);
        assertThat(host.trustFactor()).isEqualTo(1);
        assertThat(events).extracting(OutlierEvent::action).containsExactly(Action.CUT_WEIGHT, Action.RESTORE_WEIGHT);
        assertThat(events.getLast().share()).isEqualTo(1);
        assertThat(events.getLast().reason()).isEqualTo("outlier detection was turned off");
    }

    @Test
    void aCutWeightStaysWhenTheRulesChangeUnlessWeightsAreCutNoMore() {
        cut();
        double before = host.trustFactor();
        rules(SOFT.withEjection(FEWER.ejection()));
        assertThat(host.trustFactor()).isEqualTo(before);
        assertThat(events).extracting(OutlierEvent::action).containsExactly(Action.CUT_WEIGHT);
        rules(BASE.withOwn(Latency.DEFAULT, null));
        assertThat(host.trustFactor()).isEqualTo(1);
        assertThat(events).extracting(OutlierEvent::action).containsExactly(Action.CUT_WEIGHT, Action.RESTORE_WEIGHT);
        assertThat(events.getLast().reason()).isEqualTo("the soft mode was turned off");
    }
}
