package io.weir.core.admit;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.model.CircuitLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
    @Test
    void eachLimitIsItsOwn() {
        CircuitBreaker breaker = new CircuitBreaker(new CircuitLimits(1, 2, 3, 0));
        assertThat(breaker.tryConnection()).isTrue();
        assertThat(breaker.tryConnection()).isFalse();
        assertThat(breaker.tryPending()).isTrue();
        assertThat(breaker.tryPending()).isTrue();
        assertThat(breaker.tryPending()).isFalse();
        assertThat(breaker.tryRequest()).isTrue();
        assertThat(breaker.tryRequest()).isTrue();
        assertThat(breaker.tryRequest()).isTrue();
        assertThat(breaker.tryRequest()).isFalse();
        assertThat(breaker.tryRetry(false, 0)).isFalse();
        assertThat(List.of(breaker.connectionsActive(), breaker.pendingActive(), breaker.requestsActive(),
                breaker.retriesActive())).containsExactly(1, 2, 3, 0);
    }

    @Test
    void whatEndsMakesRoom() {
        CircuitBreaker breaker = new CircuitBreaker(new CircuitLimits(1, 1, 1, 1));
        for (int i = 0; i < 3; i++) {
            assertThat(breaker.tryConnection() && breaker.tryPending() && breaker.tryRequest()
                    && breaker.tryRetry(false, 0))
                    .isTrue();
            breaker.connectionEnded();
            breaker.pendingEnded();
            breaker.requestEnded();
            breaker.retryEnded();
        }
    }

    @Test
    void aLowerLimitHoldsBackNewOnesUntilEnoughHaveEnded() {
        CircuitBreaker breaker = new CircuitBreaker(new CircuitLimits(9, 9, 2, 9));
        assertThat(breaker.tryRequest()).isTrue();
        assertThat(breaker.tryRequest()).isTrue();
        breaker.limits(new CircuitLimits(9, 9, 1, 9));
        breaker.requestEnded();
        assertThat(breaker.tryRequest()).isFalse();
        breaker.requestEnded();
        assertThat(breaker.tryRequest()).isTrue();
    }

    @Test
    void theLargestLimitDoesNotOverflow() {
        CircuitBreaker breaker = new CircuitBreaker(new CircuitLimits(Integer.MAX_VALUE, 1, 1, 1));
        assertThat(breaker.tryConnection()).isTrue();
        breaker.connectionEnded();
        assertThat(breaker.connectionsActive()).isZero();
    }

    @Test
    void workersTogetherNeverPassTheLimitAndLoseNothing() throws InterruptedException {
        CircuitBreaker breaker = new CircuitBreaker(new CircuitLimits(3, 1, 1, 1));
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            workers.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < 20_000; n++) {
                    if (breaker.tryConnection()) {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        inside.decrementAndGet();
                        breaker.connectionEnded();
                    }
                }
            }));
        }
        for (Thread worker : workers) {
            worker.join();
        }
        assertThat(most.get()).isLessThanOrEqualTo(3);
        assertThat(breaker.connectionsActive()).isZero();
    }
}
