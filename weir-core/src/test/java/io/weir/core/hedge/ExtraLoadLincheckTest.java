package io.weir.core.hedge;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** To several threads no more backups are given than to one that asks in some order. */
public class ExtraLoadLincheckTest {
    private final ExtraLoad load = new ExtraLoad(0.5);

    @Operation
    public void pay() {
        load.pay();
    }

    @Operation
    public boolean take() {
        return load.take();
    }

    @Test
    void itIsLinearizable() {
        new ModelCheckingOptions().iterations(10).invocationsPerIteration(300).threads(3).actorsPerThread(3)
                .check(ExtraLoadLincheckTest.class);
    }
}
