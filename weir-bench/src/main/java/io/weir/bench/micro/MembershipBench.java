package io.weir.bench.micro;

import io.weir.core.aperture.ApertureRule;
import io.weir.core.cluster.Cluster;
import io.weir.core.cluster.ClusterView;
import io.weir.core.health.CheckResult;
import io.weir.core.health.CheckTarget;
import io.weir.core.health.Prober;
import io.weir.core.health.Surroundings;
import io.weir.core.model.Balancing;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.DiscoveryType;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.rule.CheckSpec;
import io.weir.core.rule.HealthRules;
import io.weir.core.rule.OutlierSpec;
import io.weir.core.stats.Stats;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
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
 * One of 100,000 hosts of a cluster changes: the conductor's work until the new view is published. The goal: below 1 ms
 * at the median.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class MembershipBench {
    private static final int HOSTS = 100_000;
    private static final int WEIGHTS = 4;
    private static final int ONE = HOSTS / 3;
    private static final long LONG_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final ApertureRule NARROW = new ApertureRule.Deterministic(12, 3, 1000);

    @Param({"ROUND_ROBIN", "RANDOM", "LEAST_REQUEST", "PEAK_EWMA", "HOT_COLD", "REPORTED"})
    PickBench.Policy policy = PickBench.Policy.ROUND_ROBIN;

    @Param({"MEMBER", "WEIGHT", "HEALTH"})
    Change change = Change.MEMBER;

    /** Whether hosts differ in weight. */
    @Param({"false", "true"})
    boolean weighted;

    /** Whether there are health checks and outlier detection. */
    @Param({"false", "true"})
    boolean watched;

    /** Whether the proxy uses twelve hosts of them. */
    @Param("false")
    boolean aperture;

    private final List<List<Endpoint>> announcements = new ArrayList<>();
    private Cluster cluster = new Cluster(ClusterSpec.of("none", List.of()), new Stats());
    private int turn;
    private long now;

    /** What happens to the one host, in turns with its opposite. */
    public enum Change {
        /** It goes, and comes. */
        MEMBER,
        /** It weighs more, and less. */
        WEIGHT,
        /** It cannot be reached and is left out, and is let back. */
        HEALTH
    }

    /** Checks that have not been answered yet. */
    private static final class Patient implements Prober {
        private final Queue<Answer> open = new ArrayDeque<>();

        @Override
        public Probe probe(CheckTarget target) {
            return new Probe() {
                @Override
                public void begin(Answer answer) {
                    open.add(answer);
                }

                @Override
                public void close() {
                    // what is asked no more gets an answer that does not count
                }
            };
        }

        void answer(long nowNanos) {
            while (!open.isEmpty()) {
                open.remove().ended(new CheckResult.Passed(false), nowNanos);
            }
        }
    }

    @Setup
    public void setUp() {
        List<Endpoint> all = IntStream.range(0, HOSTS)
                .mapToObj(i -> Fleet.endpoint(i).withWeight(weighted ? 1 + i % WEIGHTS : 1)).toList();
        List<Endpoint> other = new ArrayList<>(all);
        if (change == Change.MEMBER) {
            other.remove(ONE);
        } else {
            other.set(ONE, other.get(ONE).withWeight(other.get(ONE).weight() + 1));
        }
        announcements.add(all);
        announcements.add(List.copyOf(other));
        HealthRules rules = HealthRules.DEFAULT;
        if (watched) {
            rules = rules.withOutliers(OutlierSpec.DEFAULT)
                    .withChecks(CheckSpec.of(() -> "none", CheckSpec.Timing.every(LONG_NANOS, LONG_NANOS), 3, 2)
                            .withHandling(new CheckSpec.Handling(false, false)));
        }
        Balancing balancing = Balancing.DEFAULT.withPolicy(policy.policy());
        cluster = new Cluster(ClusterSpec.of("large", List.of()).withType(DiscoveryType.STRICT_DNS)
                .withBalancing(aperture ? balancing.withAperture(NARROW) : balancing).withHealth(rules), new Stats());
        Patient prober = new Patient();
        cluster.surroundings(Surroundings.quiet().withChecks(prober, _ -> {
        }), now);
        cluster.endpoints(all, now);
        Fleet.report(cluster.view().hosts().all());
        cluster.tick(now);
        prober.answer(now);
        cluster.tick(now);
    }

    @Benchmark
    public ClusterView update() {
        turn++;
        if (change == Change.HEALTH) {
            Host host = cluster.view().hosts().all().get(ONE);
            if ((turn & 1) == 0) {
                now += TimeUnit.MILLISECONDS.toNanos(300);
            } else {
                host.reached();
                cluster.unreachable(host, now);
            }
            cluster.tick(now);
        } else {
            cluster.endpoints(announcements.get(turn & 1), now);
        }
        return cluster.view();
    }
}
