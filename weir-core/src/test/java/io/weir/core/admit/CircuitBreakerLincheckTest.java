package io.weir.core.admit;

import io.weir.core.model.CircuitLimits;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** The breaker does, from several threads, what it would do from one: it refuses exactly when it is full. */
public class CircuitBreakerLincheckTest {
    private final CircuitBreaker breaker = new CircuitBreaker(new CircuitLimits(3, 1, 3, 1));

    public CircuitBreakerLincheckTest() {
        for (int i = 0; i < 3; i++) {
            breaker.tryConnection();
            breaker.tryRequest();
        }
        breaker.limits(new CircuitLimits(2, 1, 2, 1));
    }

    @Operation
    public boolean tryConnection() {
        return breaker.tryConnection();
    }

    /** Of a connection begun before: three of them stand open from the start, beyond the limit of two. */
    @Operation
    public void connectionEnded() {
        breaker.connectionEnded();
    }

    @Operation
    public int connectionsActive() {
        return breaker.connectionsActive();
    }

    @Operation
    public boolean tryRequest() {
        return breaker.tryRequest();
    }

    /** Of a request begun before: three of them are under way from the start. */
    @Operation
    public void requestEnded() {
        breaker.requestEnded();
    }

    @Operation
    public int requestsActive() {
        return breaker.requestsActive();
    }

    @Test
    void itIsLinearizable() {
        new ModelCheckingOptions().iterations(10).invocationsPerIteration(300).threads(3).actorsPerThread(3)
                .check(CircuitBreakerLincheckTest.class);
    }
}
