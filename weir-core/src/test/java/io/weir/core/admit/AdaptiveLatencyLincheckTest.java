package io.weir.core.admit;

import io.weir.core.admit.AdaptiveConcurrency.Rule;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** An interval ends with its 25th request, in several threads at once; all of them took a millisecond. */
public class AdaptiveLatencyLincheckTest {
    private static final long MILLI = 1_000_000;

    private final AdaptiveConcurrency limit = new AdaptiveConcurrency(
            new Rule(1, 100, 1.25, MILLI, MILLI, 0, 50, MILLI), 1, 0);

    public AdaptiveLatencyLincheckTest() {
        for (int i = 0; i < 24; i++) {
            limit.ended(0, MILLI, 5 * MILLI);
        }
    }

    @Operation
    public void ended() {
        limit.ended(0, MILLI, 5 * MILLI);
    }

    /** To one in a thousand; none yet is as well. */
    @Operation
    public boolean theLatencyIsWhatAllTook() {
        long latency = limit.latencyNanos();
        return latency == 0 || Math.abs(latency - MILLI) <= MILLI / 1000;
    }

    @Test
    void noRequestCountsWithoutItsTime() {
        new ModelCheckingOptions().iterations(5).invocationsPerIteration(100).threads(2).actorsPerThread(2)
                .actorsBefore(0).actorsAfter(0).check(AdaptiveLatencyLincheckTest.class);
    }
}
