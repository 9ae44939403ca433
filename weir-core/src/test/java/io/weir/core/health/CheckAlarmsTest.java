package io.weir.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.cluster.Cluster;
import io.weir.core.health.CheckResult.Passed;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.rule.CheckSpec;
import io.weir.core.rule.CheckSpec.Timing;
import io.weir.core.rule.HealthRules;
import io.weir.core.stats.Stats;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The alarms that a cluster's checks ask for, which nobody can take back. */
class CheckAlarmsTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(100);

    private final ScriptedProber prober = new ScriptedProber();
    private final PriorityQueue<Long> alarms = new PriorityQueue<>();
    private long now;

    @Test
    void asManyWaitAfterAnHourAsAfterAMinuteHoweverOftenTheConductorComesBy() {
        Timing timing = Timing.every(5 * SECOND, SECOND).withNoTraffic(5 * SECOND, 5 * SECOND).withJitter(0, SECOND, 0);
        List<Endpoint> endpoints = IntStream.range(0, 3)
                .mapToObj(i -> Endpoint.of(InetSocketAddress.createUnresolved("h", 1000 + i))).toList();
        Cluster cluster = new Cluster(ClusterSpec.of("c", endpoints)
                .withHealth(HealthRules.DEFAULT.withChecks(CheckSpec.of(() -> "HTTP", timing, 3, 2))), new Stats());
        cluster.surroundings(new Surroundings(new SplittableRandom(3), () -> {
        }, nanos -> alarms.add(now + nanos), _ -> {
        }, prober, _ -> {
        }), now);
        int most = 0;
        long rung = 0;
        for (; now < 3_600 * SECOND; now += TICK) {
            cluster.tick(now);
            while (!alarms.isEmpty() && alarms.peek() <= now) {
                alarms.remove();
                rung++;
                cluster.check(now);
            }
            for (Host host : cluster.view().hosts().all()) {
                if (prober.asks(host)) {
                    prober.answer(host, new Passed(false), now);
                }
            }
            most = Math.max(most, alarms.size());
        }
        int checks = cluster.view().hosts().all().stream().mapToInt(prober::begun).sum();
        assertThat(checks).as("checks of an hour").isGreaterThan(1_500);
        assertThat(most).as("alarms that wait").isLessThanOrEqualTo(6);
        assertThat(rung).as("alarms of an hour").isLessThan(4L * checks);
    }
}
