package io.weir.core.admit;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.model.CircuitLimits;
import io.weir.core.model.RetryLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Retries against their budget, in simulated time. */
class RetryBudgetTest {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1000 * MILLI;

    /** What a run came to. */
    private record Run(int requests, int failed, int tries) {
        double amplification() {
            return (double) tries / requests;
        }

        double success() {
            return 1 - (double) failed / requests;
        }
    }

    /** A request under way: when its try ends, how many tries there were, whether it holds a retry's place. */
    private record Under(long endNanos, int tries, boolean retry) {
    }

    private static CircuitBreaker breaker(RetryLimit retries) {
        return new CircuitBreaker(CircuitLimits.DEFAULT.withRetries(retries));
    }

    /**
     * Requests at an even rate for a minute to a cluster where so many tries fail, each with at most two retries; a try
     * takes 5 ms, and a retry waits 12.5 ms before, which is the mean of the usual pause.
     */
    private static Run run(CircuitBreaker breaker, int perSecond, double failing, long seed) {
        var random = new SplittableRandom(seed);
        var under = new PriorityQueue<Under>((a, b) -> Long.compare(a.endNanos, b.endNanos));
        int requests = 60 * perSecond;
        int failed = 0;
        int tries = 0;
        breaker.tick(0);
        for (int i = 0; i <= requests; i++) {
            long comes = i == requests ? Long.MAX_VALUE : i * (SECOND / perSecond);
            while (!under.isEmpty() && under.peek().endNanos <= comes) {
                Under ends = under.poll();
                if (ends.retry) {
                    breaker.retryEnded();
                }
                boolean bad = random.nextDouble() < failing;
                if (bad && ends.tries < 3 && breaker.tryRetry(false, ends.endNanos)) {
                    tries++;
                    under.add(new Under(ends.endNanos + 35 * MILLI / 2, ends.tries + 1, true));
                } else {
                    breaker.requestEnded();
                    failed += bad ? 1 : 0;
                }
            }
            if (i < requests) {
                assertThat(breaker.tryRequest()).isTrue();
                tries++;
                under.add(new Under(comes + 5 * MILLI, 1, false));
            }
        }
        return new Run(requests, failed, tries);
    }

    @Test
    void whereTheBudgetBindsOneFifthOfTheRequestsIsTriedAgainAndNoMore() {
        for (double failing : new double[]{0.3, 0.6, 1}) {
            Run run = run(breaker(RetryLimit.DEFAULT), 5000, failing, 7);
            assertThat(run.amplification()).as("%s fail", failing).isBetween(1.19, 1.2);
        }
    }

    @Test
    void whereTheBudgetDoesNotBindTwoRetriesSaveAllButFew() {
        Run run = run(breaker(RetryLimit.DEFAULT), 5000, 0.09, 11);
        assertThat(run.success()).isGreaterThanOrEqualTo(0.999);
        assertThat(run.amplification()).isLessThan(1.12);
    }

    @Test
    void threeMayAlwaysBeTriedAgainWhichIsAllAnIdleClusterNeeds() {
        Run run = run(breaker(RetryLimit.DEFAULT), 10, 0.3, 13);
        assertThat(run.success()).isBetween(0.94, 0.99);
        assertThat(run.amplification()).isGreaterThan(1.3);
    }

    @Test
    void withoutABudgetAFailingClusterIsSentThreeTimesItsLoad() {
        Run run = run(breaker(new RetryLimit.AtOnce(1000)), 5000, 1, 17);
        assertThat(run.amplification()).isEqualTo(3);
    }

    @Test
    void everythingThatADyingHostHadInHandMayBeTriedAgainAtOnce() {
        CircuitBreaker breaker = breaker(RetryLimit.DEFAULT);
        for (int i = 0; i < 600; i++) {
            breaker.tryRequest();
        }
        for (int i = 0; i < 300; i++) {
            assertThat(breaker.tryRetry(true, SECOND)).as("request %d of a host that broke off", i).isTrue();
        }
        assertThat(breaker.tryRetry(false, SECOND)).as("one that was answered with an error").isFalse();
    }

    @Test
    void aClusterThatBreaksOffEverythingIsNotBuriedEither() {
        CircuitBreaker breaker = breaker(RetryLimit.DEFAULT);
        breaker.tick(0);
        int retries = 0;
        for (int second = 0; second < 60; second++) {
            for (int i = 0; i < 100; i++) {
                breaker.tryRequest();
            }
            for (int i = 0; i < 100; i++) {
                if (breaker.tryRetry(true, second * SECOND + i)) {
                    retries++;
                }
            }
            while (breaker.retriesActive() > 0) {
                breaker.retryEnded();
            }
            for (int i = 0; i < 100; i++) {
                breaker.requestEnded();
            }
        }
        // a tenth of what is under way is forgiven every second, as the window is ten seconds long
        assertThat(retries).isBetween(1200, 2100);
    }

    @Test
    void whatIsNotUsedFadesAway() {
        CircuitBreaker breaker = breaker(new RetryLimit.Window(20, 0, 10 * SECOND));
        breaker.tick(0);
        for (int i = 0; i < 1000; i++) {
            breaker.tryRequest();
            breaker.requestEnded();
        }
        assertThat(breaker.tryRetry(false, 1)).isTrue();
        assertThat(breaker.retriesRemaining()).isBetween(198, 199);
        assertThat(breaker.tryRetry(false, 10 * SECOND)).isTrue();
        assertThat(breaker.retriesRemaining()).isBetween(71, 73);
        assertThat(breaker.tryRetry(false, 1000 * SECOND)).isFalse();
    }

    @Test
    void aClockThatIsBehindPaysNothingTwice() {
        CircuitBreaker breaker = breaker(new RetryLimit.Window(50, 0, 10 * SECOND));
        breaker.tick(SECOND);
        for (int i = 0; i < 8; i++) {
            breaker.tryRequest();
        }
        assertThat(breaker.tryRetry(false, SECOND + 10)).isTrue();
        assertThat(breaker.tryRetry(false, SECOND)).isTrue();
        assertThat(breaker.tryRetry(false, SECOND + 20)).isTrue();
        assertThat(breaker.tryRetry(false, SECOND + 20)).isFalse();
    }

    @Test
    void envoysBudgetIsAShareOfWhatIsUnderWay() {
        CircuitBreaker breaker = breaker(new RetryLimit.Share(20, 3));
        for (int i = 0; i < 3; i++) {
            assertThat(breaker.tryRetry(true, 0)).isTrue();
        }
        assertThat(breaker.tryRetry(true, 0)).isFalse();
        for (int i = 0; i < 50; i++) {
            breaker.tryRequest();
        }
        assertThat(breaker.retriesRemaining()).isEqualTo(7);
        for (int i = 0; i < 7; i++) {
            assertThat(breaker.tryRetry(true, 0)).isTrue();
        }
        assertThat(breaker.tryRetry(true, 0)).isFalse();
    }

    @Test
    void aNumberOfRetriesHoldsAsWritten() {
        CircuitBreaker breaker = breaker(new RetryLimit.AtOnce(2));
        assertThat(List.of(breaker.tryRetry(true, 0), breaker.tryRetry(true, 0), breaker.tryRetry(true, 0)))
                .containsExactly(true, true, false);
        breaker.retryEnded();
        assertThat(breaker.tryRetry(false, 0)).isTrue();
    }

    @Test
    void workersTogetherTakeNoMoreThanIsPaid() throws InterruptedException {
        CircuitBreaker breaker = breaker(new RetryLimit.Window(20, 0, TimeUnit.HOURS.toNanos(100)));
        breaker.tick(0);
        for (int i = 0; i < 50_000; i++) {
            breaker.tryRequest();
            breaker.requestEnded();
        }
        AtomicInteger taken = new AtomicInteger();
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            workers.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < 10_000; n++) {
                    if (breaker.tryRetry(false, 1)) {
                        taken.incrementAndGet();
                    }
                }
            }));
        }
        for (Thread worker : workers) {
            worker.join();
        }
        assertThat(taken.get()).isBetween(9_998, 10_000);
    }
}
