package io.weir.bench.micro;

import io.weir.core.balance.Pick;
import io.weir.core.balance.PickContext;
import io.weir.core.balance.Picker;
import io.weir.core.balance.Pickers;
import io.weir.core.model.BalancePolicy;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.model.HostSet;
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

    @Param({"ROUND_ROBIN", "RANDOM", "LEAST_REQUEST"})
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
        ROUND_ROBIN, RANDOM, LEAST_REQUEST;

        BalancePolicy policy() {
            return switch (this) {
                case ROUND_ROBIN -> new BalancePolicy.RoundRobin();
                case RANDOM -> new BalancePolicy.Random();
                case LEAST_REQUEST -> BalancePolicy.LeastRequest.DEFAULT;
            };
        }
    }

    private static final class Dice implements PickContext {
        private final SplittableRandom random = new SplittableRandom(SEED);

        @Override
        public long hash() {
            return 0;
        }

        @Override
        public RandomGenerator random() {
            return random;
        }

        @Override
        public long nowNanos() {
            return 0;
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
        picker = Pickers.build(HostSet.of(all), policy.policy(), SEED);
    }

    @Benchmark
    public Pick pick() {
        return picker.pick(context);
    }
}
