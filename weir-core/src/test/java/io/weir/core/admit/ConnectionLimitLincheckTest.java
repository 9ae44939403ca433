package io.weir.core.admit;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** Connections are let in from several threads as they would be from one: refused exactly when it is full. */
public class ConnectionLimitLincheckTest {
    private final ConnectionLimit limit = new ConnectionLimit();

    public ConnectionLimitLincheckTest() {
        limit.tryBegin(2);
    }

    @Operation
    public boolean tryBegin() {
        return limit.tryBegin(2);
    }

    /** Also of more than there were: the count is then below 0, for one thread as for many. */
    @Operation
    public void ended() {
        limit.ended();
    }

    @Operation
    public long active() {
        return limit.active();
    }

    @Test
    void itIsLinearizable() {
        new ModelCheckingOptions().iterations(10).invocationsPerIteration(300).threads(3).actorsPerThread(3)
                .check(ConnectionLimitLincheckTest.class);
    }
}
