package io.weir.bench.micro;

import io.weir.core.balance.Pick;
import io.weir.core.balance.Picker;
import io.weir.core.balance.Pickers;
import io.weir.core.stats.BalanceStats;
import io.weir.core.stats.Stats;
import io.weir.core.stats.SubsetStats;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One pick. The goal, with every policy and every tier: at most 50 ns at 1,000 hosts, no allocation. What looks at all
 * hosts, or passes a request on in Envoy's order, cannot: there the time alone is to be known.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public abstract class Picking {
    static final long SEED = 42;

    final Dice context = new Dice();
    Picker picker = _ -> {
        throw new IllegalStateException("not set up");
    };

    /**
     * What makes the pickers.
     *
     * @param requestsActive
     *            as a cluster knows it: one number, not a sum
     */
    static Pickers pickers(LongSupplier requestsActive) {
        io.weir.core.stats.Scope nowhere = new Stats().root();
        return new Pickers(new BalanceStats(nowhere), () -> new SubsetStats(nowhere), requestsActive);
    }

    @Benchmark
    public Pick pick() {
        return picker.pick(context);
    }
}
