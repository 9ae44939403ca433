package io.weir.core.stats;

import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/** Whoever makes the counter of a status first, every answer is counted in the one that is shown. */
@Param(name = "status", gen = IntGen.class, conf = "200:201")
public class StatusCodesLincheckTest {
    private final Scope scope = new Stats().root();
    private final StatusCodes codes = new StatusCodes(scope, "rq");
    private final AtomicInteger counted = new AtomicInteger();

    @Operation
    public void count(@Param(name = "status") int status) {
        codes.count(status);
        counted.incrementAndGet();
    }

    @Validate
    public void allAreThere() {
        long shown = scope.counter("rq_200", "rq", "envoy.response_code", "200").value()
                + scope.counter("rq_201", "rq", "envoy.response_code", "201").value();
        if (shown != counted.get()) {
            throw new IllegalStateException(shown + " of " + counted.get());
        }
    }

    @Test
    void nothingIsLost() {
        new ModelCheckingOptions().iterations(4).invocationsPerIteration(100).threads(2).actorsPerThread(2)
                .actorsBefore(0).actorsAfter(0).check(StatusCodesLincheckTest.class);
    }
}
