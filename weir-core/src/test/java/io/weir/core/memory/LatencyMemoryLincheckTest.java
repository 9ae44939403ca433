package io.weir.core.memory;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** Answers heard by several workers at once leave the mean that some order of them would: none is lost. */
@Param(name = "latency", gen = IntGen.class, conf = "1:9")
@Param(name = "now", gen = IntGen.class, conf = "0:4000")
public class LatencyMemoryLincheckTest {
    private final LatencyMemory memory = new LatencyMemory(1024);

    @Operation
    public void answered(@Param(name = "latency") int latency, @Param(name = "now") int now) {
        memory.answered(200, latency * 100L, now);
    }

    @Operation
    public float latencyNanos(@Param(name = "now") int now) {
        return memory.latencyNanos(now);
    }

    @Test
    void itIsLinearizable() {
        new ModelCheckingOptions().iterations(12).invocationsPerIteration(200).threads(3).actorsPerThread(3)
                .check(LatencyMemoryLincheckTest.class);
    }
}
