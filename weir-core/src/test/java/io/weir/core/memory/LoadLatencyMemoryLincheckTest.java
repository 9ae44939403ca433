package io.weir.core.memory;

import io.weir.core.model.HostTracker.Failure;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/**
 * What several workers hear of a host at one load, and of its failures, leaves the mean that some order would: none is
 * lost. A look at several loads is no one moment, and need not be.
 */
@Param(name = "latency", gen = IntGen.class, conf = "1:9")
@Param(name = "now", gen = IntGen.class, conf = "0:4000")
public class LoadLatencyMemoryLincheckTest {
    private static final int LOAD = 3;
    private final LoadLatencyMemory memory = new LoadLatencyMemory(1024);

    public LoadLatencyMemoryLincheckTest() {
        memory.answered(200, 500, LOAD, 0);
    }

    @Operation
    public void answered(@Param(name = "latency") int latency, @Param(name = "now") int now) {
        memory.answered(200, latency * 100L, LOAD, now);
    }

    @Operation
    public void failed(@Param(name = "now") int now) {
        memory.failed(Failure.RESET, 0, now);
    }

    @Operation
    public float latencyNanos(@Param(name = "now") int now) {
        return memory.latencyNanos(LOAD, now);
    }

    @Test
    void itIsLinearizable() {
        new ModelCheckingOptions().iterations(6).invocationsPerIteration(100).threads(3).actorsPerThread(2)
                .check(LoadLatencyMemoryLincheckTest.class);
    }
}
