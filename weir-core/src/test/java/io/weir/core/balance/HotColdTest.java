package io.weir.core.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.weir.core.model.BalancePolicy;
import io.weir.core.rule.EjectionSpec;
import io.weir.core.model.Host;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HotColdTest {
    private static final long SEED = 2024;
    private static final long MILLI = 1_000_000;
    private static final long DECAY = 10_000 * MILLI;

    private static List<Host> equal(int count) {
        int[] weights = new int[count];
        Arrays.fill(weights, 1);
        return Asked.hosts(weights);
    }

    private static Chooser chooser(List<Host> hosts, int choices, double quantile) {
        return HotCold.build(new Group(hosts), new BalancePolicy.HotCold(choices, quantile, DECAY), SEED, null);
    }

    private static void busy(Host host, int requests) {
        for (int i = 0; i < requests; i++) {
            host.requestStarted();
        }
    }

    private static void answered(Host host, long millis, int inFlight) {
        host.balanceTracker().answered(200, millis * MILLI, inFlight, 0);
    }

    @Test
    void ofColdHostsTheFastestIsTakenHoweverBusy() {
        List<Host> hosts = equal(3);
        Chooser chooser = chooser(hosts, 3, 1);
        busy(hosts.get(1), 4);
        answered(hosts.get(0), 20, 1);
        answered(hosts.get(1), 10, 5);
        answered(hosts.get(2), 30, 1);
        assertThat(Asked.counts(chooser, new Asked(SEED), 100).of(hosts.get(1))).isEqualTo(100);
    }

    @Test
    void aHotHostIsNotTakenHoweverFast() {
        List<Host> hosts = equal(5);
        Chooser chooser = chooser(hosts, 5, 0.8);
        busy(hosts.get(1), 4);
        hosts.forEach(host -> answered(host, 50, 1));
        answered(hosts.get(1), 1, 5);
        assertThat(Asked.counts(chooser, new Asked(SEED), 200).of(hosts.get(1))).isZero();
    }

    @Test
    void ofHotHostsTheLeastBusyIsTaken() {
        List<Host> hosts = equal(4);
        Chooser chooser = chooser(hosts, 4, 0);
        for (int i = 0; i < 4; i++) {
            busy(hosts.get(i), 9 - i);
            answered(hosts.get(i), 10 + i * 10, 9 - i);
        }
        assertThat(Asked.counts(chooser, new Asked(SEED), 100).of(hosts.get(3))).isEqualTo(100);
    }

    @Test
    void anUnknownHostIsTriedUntilItIsHot() {
        List<Host> hosts = equal(2);
        Chooser chooser = chooser(hosts, 2, 0.5);
        answered(hosts.get(0), 1, 1);
        assertThat(Asked.host(chooser, new Asked(SEED))).isSameAs(hosts.get(1));
        hosts.get(1).requestStarted();
        assertThat(Asked.host(chooser, new Asked(SEED))).isSameAs(hosts.get(0));
    }

    @Test
    void theQuantileFollowsTheLoadInTime() {
        Queueing queueing = new Queueing(equal(100), SEED);
        Chooser chooser = chooser(queueing.hosts(), 3, 0.84);
        Tally counts = queueing.run(chooser, 20, _ -> 40);
        // 20 in flight among 100 hosts: nobody has many
        assertThat(counts.values()).as("seed " + SEED).allSatisfy(n -> assertThat(n).isBetween(30, 250));
        assertThat(queueing.hosts()).allSatisfy(host -> assertThat(host.requestsActive()).isLessThan(5));
    }

    @Test
    void oneOfTenTenTimesSlowerIsHardlyAsked() {
        Queueing queueing = new Queueing(equal(10), SEED);
        Chooser chooser = chooser(queueing.hosts(), 3, 0.84);
        Host slow = queueing.hosts().get(4);
        queueing.run(chooser, 5, host -> host == slow ? 100 : 10);
        Tally counts = queueing.run(chooser, 20, host -> host == slow ? 100 : 10);
        assertThat((double) counts.of(slow) / counts.sum()).as("seed " + SEED).isLessThan(0.01);
        assertThat(queueing.percentileMillis(0.99)).as("seed " + SEED).isLessThanOrEqualTo(15);
    }

    @Test
    void ejectedAndExcludedHostsAreAvoided() {
        List<Host> hosts = equal(4);
        Chooser chooser = chooser(hosts, 3, 0.84);
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
        assertThat(chooser(equal(1), 2, 0.5)).isInstanceOf(Single.class);
    }

    @Test
    void heavyHostsAreHotLater() {
        List<Host> hosts = Asked.hosts(1, 1, 1, 5);
        Chooser chooser = chooser(hosts, 4, 0.75);
        // each has one request for one of its weight
        busy(hosts.get(0), 1);
        busy(hosts.get(1), 1);
        busy(hosts.get(2), 1);
        busy(hosts.get(3), 5);
        hosts.forEach(host -> answered(host, 10, 1));
        answered(hosts.get(3), 1, 6);
        Tally counts = Asked.counts(chooser, new Asked(SEED), 1000);
        assertThat(counts.of(hosts.get(3))).as("seed " + SEED).isGreaterThan(900);
    }

    @Test
    void aPolicyThatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> new BalancePolicy.HotCold(1, 0.5, 1)).hasMessageContaining("choices 1");
        assertThatThrownBy(() -> new BalancePolicy.HotCold(2, Double.NaN, 1)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> new BalancePolicy.HotCold(2, 0.5, 0)).hasMessageContaining("decayNanos");
    }

    @Test
    void pickingAllocatesNothingWhileTheQuantileIsFoundAgainAndAgain() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int[] weights = IntStream.range(0, 200).map(i -> 1 + i % 4).toArray();
        List<Host> hosts = Asked.hosts(weights);
        hosts.forEach(host -> busy(host, host.endpoint().weight() * 7 % 5));
        Chooser chooser = chooser(hosts, 3, 0.84);
        SplittableRandom dice = new SplittableRandom(SEED);
        long[] now = {0};
        PickContext context = new PickContext() {
            @Override
            public long hash() {
                return 0;
            }

            @Override
            public RandomGenerator random() {
                return dice;
            }

            @Override
            public long nowNanos() {
                now[0] += MILLI;
                return now[0];
            }
        };
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20 && least > 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 5_000; i++) {
                chooser.choose(context);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).as("bytes of 5,000 picks").isZero();
    }
}
