package io.weir.core.health;

import io.weir.core.cluster.Cluster;
import io.weir.core.health.CheckResult.Failed;
import io.weir.core.health.CheckResult.Failure;
import io.weir.core.health.CheckResult.Passed;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.rule.CheckSpec;
import io.weir.core.rule.EjectionSpec;
import io.weir.core.rule.HealthRules;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Gauge;
import io.weir.core.stats.Metric;
import io.weir.core.stats.Stats;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** A cluster whose hosts are checked, on simulated time: its tests answer every check. */
class CheckedCluster {
    static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    static final Passed PASSED = new Passed(false);
    static final Failed SICK = Failed.of(Failure.ACTIVE, "503");

    final Stats stats = new Stats();
    final ScriptedProber prober = new ScriptedProber();
    final List<CheckEvent> events = new ArrayList<>();
    final List<Long> alarms = new ArrayList<>();
    int woken;
    long now = -5 * SECOND;

    final Cluster cluster(ClusterSpec spec) {
        Cluster cluster = new Cluster(spec, stats);
        cluster.surroundings(new Surroundings(new SplittableRandom(3), () -> woken++, alarms::add, _ -> {
        }, prober, events::add), now);
        cluster.tick(now);
        return cluster;
    }

    static HealthRules rules(CheckSpec spec) {
        return HealthRules.DEFAULT.withEjection(EjectionSpec.NEVER).withChecks(spec);
    }

    static List<Endpoint> endpoints(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> Endpoint.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1000 + i)))
                .toList();
    }

    static Host host(Cluster cluster, int index) {
        return cluster.view().hosts().all().get(index);
    }

    final void pass(Cluster cluster, long nanos) {
        now += nanos;
        cluster.tick(now);
    }

    final void answer(Cluster cluster, Host host, CheckResult result) {
        prober.answer(host, result, now);
        cluster.tick(now);
    }

    /** Every host that is being checked answers so. */
    final void answerAll(Cluster cluster, CheckResult result) {
        for (Host host : List.copyOf(cluster.view().hosts().all())) {
            if (prober.asks(host)) {
                prober.answer(host, result, now);
            }
        }
        cluster.tick(now);
    }

    final void traffic(Cluster cluster) {
        cluster.stats().upstreamCxTotal().increment();
        cluster.tick(now);
    }

    final long number(String name) {
        return stats.sorted().stream().filter(metric -> metric.name().equals("cluster.c.health_check." + name))
                .mapToLong(CheckedCluster::value).findFirst().orElse(-1);
    }

    private static long value(Metric metric) {
        return switch (metric) {
            case Counter counter -> counter.value();
            case Gauge gauge -> gauge.value();
            case io.weir.core.stats.Histogram _ -> -1;
        };
    }
}
