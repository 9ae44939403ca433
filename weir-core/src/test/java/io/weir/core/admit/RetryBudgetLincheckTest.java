package io.weir.core.admit;

import io.weir.core.model.RetryLimit;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** Retries that several workers ask for at once are paid for as if they asked one after the other. */
@Param(name = "now", gen = IntGen.class, conf = "1:3")
public class RetryBudgetLincheckTest {
    private static final RetryLimit.Window RULE = new RetryLimit.Window(20, 0, 1_000_000);
    private final RetryBudget budget = new RetryBudget();

    public RetryBudgetLincheckTest() {
        budget.begin(0, 0);
    }

    @Operation
    public boolean take(@Param(name = "now") int now) {
        return budget.take(RULE, 10 * now, 0, now * 1000L);
    }

    @Operation
    public boolean overdraw(@Param(name = "now") int now) {
        return budget.take(RULE, 10 * now, 2, now * 1000L);
    }

    @Operation
    public void charge(@Param(name = "now") int now) {
        budget.charge(RULE, 10 * now, 1, now * 1000L);
    }

    @Operation
    public double balance() {
        return budget.balance();
    }

    @Test
    void itIsLinearizable() {
        new ModelCheckingOptions().iterations(6).invocationsPerIteration(100).threads(3).actorsPerThread(3)
                .check(RetryBudgetLincheckTest.class);
    }
}
