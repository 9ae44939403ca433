package io.weir.bench.micro;

import io.weir.core.cluster.Cluster;
import io.weir.core.cluster.ClusterView;
import io.weir.core.model.Balancing;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.DiscoveryType;
import io.weir.core.model.Endpoint;
import io.weir.core.stats.Stats;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A cluster of 100,000 hosts is announced again and one of them differs: the conductor's work until the new view is
 * published. The goal: below 1 ms.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MembershipBench {
    private static final int HOSTS = 100_000;

    @Param({"ROUND_ROBIN", "LEAST_REQUEST", "PEAK_EWMA"})
    PickBench.Policy policy = PickBench.Policy.ROUND_ROBIN;

    /** The host's weight changes; else it comes and goes. */
    @Param({"false", "true"})
    boolean weight;

    private final List<List<Endpoint>> announcements = new ArrayList<>();
    private Cluster cluster = new Cluster(ClusterSpec.of("none", List.of()), new Stats());
    private int turn;

    @Setup
    public void setUp() {
        List<Endpoint> all = IntStream.range(0, HOSTS).mapToObj(Fleet::endpoint).toList();
        List<Endpoint> other = new ArrayList<>(all);
        int one = HOSTS / 3;
        if (weight) {
            other.set(one, other.get(one).withWeight(2));
        } else {
            other.remove(one);
        }
        announcements.add(all);
        announcements.add(List.copyOf(other));
        cluster = new Cluster(ClusterSpec.of("large", List.of()).withType(DiscoveryType.STRICT_DNS)
                .withBalancing(Balancing.DEFAULT.withPolicy(policy.policy())), new Stats());
        cluster.endpoints(all, 0);
    }

    @Benchmark
    public ClusterView update() {
        cluster.endpoints(announcements.get(++turn & 1), turn);
        return cluster.view();
    }
}
