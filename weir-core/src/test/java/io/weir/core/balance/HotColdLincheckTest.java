package io.weir.core.balance;

import java.util.SplittableRandom;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** Several workers want to find the quantile anew: one does, and none gets a number that two have made together. */
@Param(name = "now", gen = IntGen.class, conf = "1:20")
public class HotColdLincheckTest {
    private static final long SAMPLE_NANOS = 5_000_000;
    private static final float[] LOADS = {5, 1};
    private final HotCold.Quantile quantile = new HotCold.Quantile(LOADS.length, 0.5);

    public HotColdLincheckTest() {
        above(0);
    }

    @Operation
    public float above(@Param(name = "now") int now) {
        return quantile.above(host -> LOADS[host], new SplittableRandom(now), now * SAMPLE_NANOS);
    }

    @Test
    void itIsLinearizable() {
        new ModelCheckingOptions().iterations(2).invocationsPerIteration(1500).threads(2).actorsPerThread(1)
                .actorsBefore(0).actorsAfter(0)
                .check(HotColdLincheckTest.class);
    }
}
