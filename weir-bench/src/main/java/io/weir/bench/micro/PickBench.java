package io.weir.bench.micro;

import io.weir.core.balance.Pick;
import io.weir.core.balance.PickContext;
import io.weir.core.balance.Picker;
import io.weir.core.balance.Pickers;
import io.weir.core.hash.MaglevTable;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.Balancing;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.model.HostSet;
import io.weir.core.stats.BalanceStats;
import io.weir.core.stats.Stats;
import io.weir.core.stats.SubsetStats;
import io.weir.core.tier.Locals;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
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

/** One pick, with every policy. The goal: at most 50 ns at 1,000 hosts, no allocation. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PickBench {
    private static final int WEIGHTS = 4;
    private static final long SEED = 42;
    private static final int BOUND_PERCENT = 125;
    /** 100,000 picks a second. */
    private static final long PICK_NANOS = 10_000;
    private static final long LATENCY_NANOS = 1_000_000;
    private static final int LATENCIES = 17;

    @Param({"ROUND_ROBIN", "RANDOM", "LEAST_REQUEST", "PEAK_EWMA", "HOT_COLD", "REPORTED", "RING_HASH", "MAGLEV",
            "MAGLEV_BOUNDED"})
    Policy policy = Policy.ROUND_ROBIN;

    @Param({"10", "1000"})
    int hosts;

    @Param({"false", "true"})
    boolean weighted;

    private Picker picker = context -> {
        throw new IllegalStateException("not set up");
    };
    private final Dice context = new Dice();

    /** The policies, as JMH's parameters want them. */
    public enum Policy {
        ROUND_ROBIN, RANDOM, LEAST_REQUEST, PEAK_EWMA, HOT_COLD, REPORTED, RING_HASH, MAGLEV, MAGLEV_BOUNDED;

        BalancePolicy policy() {
            return switch (this) {
                case ROUND_ROBIN -> new BalancePolicy.RoundRobin();
                case RANDOM -> new BalancePolicy.Random();
                case LEAST_REQUEST -> BalancePolicy.LeastRequest.DEFAULT;
                case PEAK_EWMA -> BalancePolicy.PeakEwma.DEFAULT;
                case HOT_COLD -> BalancePolicy.HotCold.DEFAULT;
                case REPORTED -> BalancePolicy.ClientSideWeightedRoundRobin.DEFAULT;
                case RING_HASH -> BalancePolicy.RingHash.DEFAULT;
                case MAGLEV -> BalancePolicy.Maglev.DEFAULT;
                case MAGLEV_BOUNDED -> new BalancePolicy.Maglev(MaglevTable.SIZE_DEFAULT, false, BOUND_PERCENT);
            };
        }
    }

    private static final class Dice implements PickContext {
        private final SplittableRandom random = new SplittableRandom(SEED);
        private long now;

        @Override
        public long hash() {
            return random.nextLong();
        }

        @Override
        public boolean hashed() {
            return true;
        }

        @Override
        public RandomGenerator random() {
            return random;
        }

        @Override
        public long nowNanos() {
            now += PICK_NANOS;
            return now;
        }
    }

    @Setup
    public void setUp() throws UnknownHostException {
        List<Host> all = new ArrayList<>();
        for (int i = 0; i < hosts; i++) {
            InetAddress address = InetAddress.getByAddress(new byte[]{10, 0, (byte) (i >> 8), (byte) i});
            Endpoint endpoint = Endpoint.of(new InetSocketAddress(address, 80));
            all.add(new Host(weighted ? endpoint.withWeight(1 + i % WEIGHTS) : endpoint));
        }
        // as a cluster does it: how many requests are in flight in all is one number, not a sum
        io.weir.core.stats.Scope nowhere = new Stats().root();
        picker = new Pickers(new BalanceStats(nowhere), () -> new SubsetStats(nowhere), () -> hosts).build(
                HostSet.of(all), Balancing.DEFAULT.withPolicy(policy.policy()), Locals.NONE, SEED);
        for (int i = 0; i < hosts; i++) {
            int inFlight = all.get(i).requestStarted();
            all.get(i).balanceTracker().answered(200, LATENCY_NANOS * (1 + i % LATENCIES), inFlight, 0);
        }
    }

    @Benchmark
    public Pick pick() {
        return picker.pick(context);
    }
}
