package io.weir.core.stats;

import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * Nothing recorded is ever lost, whoever makes the arrays first. A count read meanwhile is not linearizable, and is not
 * said to be; so reads are checked at the end.
 */
@Param(name = "value", gen = IntGen.class, conf = "99:102")
public class HistogramLincheckTest {
    private final Histogram histogram = Histogram.unnamed();
    private final AtomicInteger recorded = new AtomicInteger();

    @Operation
    public void record(@Param(name = "value") int value) {
        histogram.record(value);
        recorded.incrementAndGet();
    }

    @Validate
    public void allAreThere() {
        long count = histogram.cumulative().count();
        if (count != recorded.get()) {
            throw new IllegalStateException(count + " of " + recorded.get());
        }
    }

    @Test
    void nothingIsLost() {
        new ModelCheckingOptions().iterations(8).invocationsPerIteration(200).threads(2).actorsPerThread(2)
                .actorsBefore(0).actorsAfter(0).check(HistogramLincheckTest.class);
    }
}
