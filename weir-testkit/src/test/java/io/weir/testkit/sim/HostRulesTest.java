package io.weir.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.sim.engine.Result;
import io.weir.testkit.sim.engine.Result.Moment;
import io.weir.testkit.sim.fleet.Calls;
import io.weir.testkit.sim.fleet.Scenario;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What rules about hosts are good for that stand beside the policy. */
final class HostRulesTest {
    private static final long SECOND_NANOS = 1_000_000_000L;

    /** From 5 s to 15 s one of ten hosts answers 503 at once; here nothing is tried again that would hide it. */
    @Test
    void moreThan99OfAHundredRequestsSucceedAgainWithinASecondOnceErrorsEjectAndWithoutThatNineInTenAtMost() {
        Scenario fast = Scenarios.file("failing-fast.yaml");
        Map<String, Result> once = Scenarios.run(fast.withCalls(new Calls(fast.calls().timeoutNanos(), 0, false, 0)));
        for (String policy : List.of("turns and ejection", "least and ejection")) {
            assertThat(success(Scenarios.of(once, policy))).as(policy + ", seed 1").isGreaterThan(0.99);
        }
        assertThat(success(Scenarios.of(once, "round_robin"))).as("seed 1").isBetween(0.88, 0.92);
        assertThat(success(Scenarios.of(once, "least_request"))).as("an idle host draws more, seed 1").isLessThan(0.85);
    }

    private static double success(Result result) {
        List<Moment> during = result.moments().stream().filter(
                moment -> moment.fromNanos() >= 6 * SECOND_NANOS && moment.fromNanos() < 14.5 * SECOND_NANOS).toList();
        double errors = during.stream().mapToLong(Moment::errors).sum();
        return 1 - errors / during.stream().mapToLong(Moment::requests).sum();
    }

    @Test
    void checksFindTheHostThatNeverAnswers() {
        Map<String, Result> hanging = Scenarios.byLabel("hanging-host.yaml");
        Result blind = Scenarios.of(hanging, "round_robin");
        Result checked = Scenarios.of(hanging, "turns and checks");
        assertThat(blind.errors()).as("an eighth of nine seconds, seed 1").isBetween(800L, 1_000L);
        // two failed checks 0.7 s apart, the first up to 0.7 s after it began
        assertThat(checked.errors()).as("seed 1").isBetween(20L, 180L);
        assertThat(checked.moments()).as("seed 1").anySatisfy(
                moment -> assertThat(moment.ejected()).isEqualTo(1));
        assertThat(checked.moments().getLast().ejected()).as("it is back").isZero();
    }

    @Test
    void aHostThatComesBackColdIsNotDrownedWhereItStartsSlowly() {
        Map<String, Result> cold = Scenarios.byLabel("cold-host.yaml");
        assertThat(Scenarios.of(cold, "round_robin").errors()).as("seed 1").isGreaterThan(1_000);
        assertThat(Scenarios.of(cold, "turns and slow start").errors()).as("seed 1").isZero();
        assertThat(Scenarios.of(cold, "least and slow start").latency().p999Nanos()).as("seed 1")
                .isLessThan(Scenarios.of(cold, "least_request").latency().p999Nanos());
    }

    /** Zone c has a fifth of the hosts and a third of the requests: two fifths of its requests go elsewhere. */
    @Test
    void requestsStayInTheirZoneAsFarAsItHasItsShareOfTheHosts() {
        Map<String, Result> zones = Scenarios.byLabel("zones.yaml");
        Result near = Scenarios.of(zones, "zone-aware");
        assertThat(near.latency().p50Nanos()).as("seed 1")
                .isLessThan(Scenarios.of(zones, "least_request").latency().p50Nanos() * 6 / 10);
        assertThat(near.maxOverMean()).as("no zone is loaded more than another, seed 1").isLessThan(1.1);
        // the two proxies of zones a and b know six hosts each, those of c all fifteen
        assertThat(near.clientConnections()).as("seed 1").containsExactly(6, 6, 15, 6, 6, 15);
        assertThat(Scenarios.of(zones, "least_request").clientConnections()).containsOnly(15);
    }
}
