package io.weir.core.admit;

import io.weir.core.admit.AdaptiveConcurrency.Rule;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** While the limit stands, requests are let in from several threads as they would be from one. */
public class AdaptiveConcurrencyLincheckTest {
    private final AdaptiveConcurrency limit = new AdaptiveConcurrency(new Rule(1, 4, 1, 1, 1, 0, 1000, 0), 1, 0);

    public AdaptiveConcurrencyLincheckTest() {
        for (int i = 0; i < 3; i++) {
            limit.tryBegin();
        }
    }

    @Operation
    public boolean tryBegin() {
        return limit.tryBegin();
    }

    /** Of a request begun before: three of them are under way from the start, and at most nine end. */
    @Operation
    public void ended() {
        limit.ended(0, 5, 5);
    }

    @Operation
    public void dropped() {
        limit.dropped();
    }

    @Operation
    public int active() {
        return limit.active();
    }

    @Test
    void itIsLinearizable() {
        new ModelCheckingOptions().iterations(10).invocationsPerIteration(300).threads(3).actorsPerThread(3)
                .check(AdaptiveConcurrencyLincheckTest.class);
    }
}
