package io.weir.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.model.BalancePolicy;
import io.weir.core.rule.EjectionSpec;
import io.weir.core.model.Host;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PeakEwmaTest {
    private static final long SEED = 1999;
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private static List<Host> equal(int count) {
        int[] weights = new int[count];
        Arrays.fill(weights, 1);
        return Asked.hosts(weights);
    }

    private static Chooser chooser(List<Host> hosts) {
        return PeakEwma.build(new Group(hosts), BalancePolicy.PeakEwma.DEFAULT, SEED, null);
    }

    private static void answered(Host host, long millis, long now) {
        host.balanceTracker().answered(200, millis * MILLI, now);
    }

    @Test
    void theFasterOfTwoIsTaken() {
        List<Host> hosts = equal(2);
        Chooser chooser = chooser(hosts);
        answered(hosts.get(0), 30, 0);
        answered(hosts.get(1), 10, 0);
        assertThat(Asked.counts(chooser, new Asked(SEED), 100).of(hosts.get(1))).isEqualTo(100);
        // two more in flight: three times ten is as much as thirty, one more and it loses
        for (int i = 0; i < 3; i++) {
            hosts.get(1).requestStarted();
        }
        assertThat(Asked.counts(chooser, new Asked(SEED), 100).of(hosts.get(0))).isEqualTo(100);
    }

    @Test
    void hostsOfWhichNothingIsKnownShareEvenly() {
        List<Host> hosts = equal(10);
        Tally counts = Asked.counts(chooser(hosts), new Asked(SEED), 50_000);
        assertThat(counts.values()).as("seed " + SEED).allSatisfy(n -> assertThat(n).isBetween(4_665, 5_335));
    }

    @Test
    void aBusyHostThatHasNeverAnsweredWaits() {
        List<Host> hosts = equal(2);
        Chooser chooser = chooser(hosts);
        answered(hosts.get(0), 400, 0);
        assertThat(Asked.host(chooser, new Asked(SEED))).as("a new host counts as 10 ms").isSameAs(hosts.get(1));
        hosts.get(1).requestStarted();
        assertThat(Asked.host(chooser, new Asked(SEED))).as("until it has one to answer").isSameAs(hosts.get(0));
    }

    @Test
    void aFailingHostIsLeftAloneThoughItFailsFast() {
        List<Host> hosts = equal(3);
        Chooser chooser = chooser(hosts);
        hosts.forEach(host -> answered(host, 20, 0));
        hosts.get(2).balanceTracker().answered(503, MILLI, 0);
        assertThat(Asked.counts(chooser, new Asked(SEED), 1000).of(hosts.get(2))).isZero();
    }

    @Test
    void weightsOfIdleHostsGiveShares() {
        int[] weights = new int[50];
        Arrays.fill(weights, 1);
        weights[4] = 3;
        List<Host> hosts = Asked.hosts(weights);
        Tally counts = Asked.counts(chooser(hosts), new Asked(SEED), 52_000);
        assertThat(counts.of(hosts.get(4))).as("seed " + SEED).isBetween(2_700, 3_300);
    }

    @Test
    void ejectedAndExcludedHostsAreAvoidedHoweverFast() {
        List<Host> hosts = equal(4);
        Chooser chooser = chooser(hosts);
        hosts.forEach(host -> answered(host, 500, 0));
        Asked asked = new Asked(SEED);
        hosts.get(0).unreachable(EjectionSpec.DEFAULT, 0);
        asked.tried().add(hosts.get(1));
        Tally counts = Asked.counts(chooser, asked, 300);
        assertThat(counts.of(hosts.get(0)) + counts.of(hosts.get(1))).isZero();
        hosts.get(2).unreachable(EjectionSpec.DEFAULT, 0);
        hosts.get(3).unreachable(EjectionSpec.DEFAULT, 0);
        assertThat(Asked.host(chooser, asked)).isSameAs(hosts.get(1));
        hosts.get(1).unreachable(EjectionSpec.DEFAULT, 0);
        assertThat(chooser.choose(asked)).isNull();
    }

    @Test
    void aHostThatBecomesSlowLosesItsShareAtOnceAndGetsItBack() {
        Queueing queueing = new Queueing(equal(10), SEED);
        Chooser chooser = chooser(queueing.hosts());
        Host slow = queueing.hosts().getFirst();
        queueing.run(chooser, 3, _ -> 5);
        Tally before = queueing.run(chooser, 3, _ -> 5);
        Tally during = queueing.run(chooser, 5, host -> host == slow ? 55 : 5);
        queueing.run(chooser, 60, _ -> 5);
        Tally after = queueing.run(chooser, 5, _ -> 5);
        assertThat((double) before.of(slow) / before.sum()).as("seed " + SEED).isBetween(0.07, 0.13);
        assertThat((double) during.of(slow) / during.sum()).as("seed " + SEED).isLessThan(0.03);
        assertThat((double) after.of(slow) / after.sum()).as("seed " + SEED).isBetween(0.06, 0.14);
    }

    @Test
    void oneHostNeedsNoMemory() {
        assertThat(chooser(equal(1))).isInstanceOf(Single.class);
    }
}
