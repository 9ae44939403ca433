package io.weir.core.admit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
    private static final long SECOND = 1_000_000_000;

    private static TokenBucket bucket(long tokensMax, long tokensPerFill, long fillNanos, long nowNanos) {
        return new TokenBucket(new TokenBucket.Rule(tokensMax, tokensPerFill, fillNanos), nowNanos);
    }

    private static int taken(TokenBucket bucket, int asked, long nowNanos) {
        int taken = 0;
        for (int i = 0; i < asked; i++) {
            taken += bucket.take(nowNanos) ? 1 : 0;
        }
        return taken;
    }

    @Test
    void itHoldsABurstAndThenFillsEvenly() {
        TokenBucket bucket = bucket(10, 5, SECOND, 100);
        assertThat(taken(bucket, 50, 100)).isEqualTo(10);
        assertThat(bucket.waitNanos(100)).isEqualTo(SECOND / 5 + 1); // the first whole nanosecond at which it is there
        assertThat(taken(bucket, 50, 100 + SECOND / 5 - 1)).isZero();
        assertThat(taken(bucket, 50, 100 + SECOND / 5)).isEqualTo(1);
        assertThat(taken(bucket, 50, 100 + SECOND)).isEqualTo(4);
        assertThat(taken(bucket, 50, 100 + 1000 * SECOND)).isEqualTo(10);
    }

    @Test
    void whatIsInItCanBeAsked() {
        TokenBucket bucket = bucket(3, 1, SECOND, 0);
        assertThat(List.of(bucket.tokens(0), bucket.waitNanos(0))).containsExactly(3L, 0L);
        taken(bucket, 3, 0);
        assertThat(bucket.tokens(2 * SECOND + 1)).isEqualTo(2);
    }

    @Test
    void aClockThatIsBehindGivesNothingTwice() {
        TokenBucket bucket = bucket(2, 1, SECOND, 5 * SECOND);
        assertThat(taken(bucket, 5, 5 * SECOND)).isEqualTo(2);
        assertThat(taken(bucket, 5, 4 * SECOND)).isZero();
    }

    @Test
    void ratesThatAreNoWholeNanosecondsATokenAreKept() {
        for (long perSecond : new long[]{3, 7, 999_999, 1_000_001, 30_000_000}) {
            TokenBucket bucket = bucket(1, perSecond, SECOND, 0);
            long taken = 0;
            long now = 0;
            long span = perSecond < 1000 ? 10 * SECOND : SECOND / 100;
            while (now <= span) {
                taken += bucket.take(now) ? 1 : 0;
                now += Math.max(1, bucket.waitNanos(now));
            }
            // who asks at whole nanoseconds only loses a part of one with each token that it takes
            double expected = (double) span / SECOND * perSecond + 1;
            assertThat(taken / expected).as(perSecond + " a second").isBetween(0.95, 1.001);
            assertThat(bucket(1 << 20, perSecond, SECOND, 0).waitNanos(0)).isZero();
        }
    }

    @Test
    void aBurstAfterALongRestIsWhatTheRateGaveIt() {
        TokenBucket bucket = bucket(1L << 32, 1_000_001, SECOND, 5);
        assertThat(bucket.tokens(5)).isEqualTo(1L << 32);
        TokenBucket other = bucket(5_000_000, 1_500_000, SECOND, 5);
        assertThat(taken(other, 5_000_001, 5)).isEqualTo(5_000_000);
        assertThat(taken(other, 5_000_001, 5 + SECOND)).isBetween(1_499_900, 1_500_100);
    }

    @Test
    void hugeAndTinyNumbersDoNotOverflow() {
        long most = 1L << 32;
        TokenBucket slow = bucket(most, 1, Long.MAX_VALUE, -7);
        assertThat(slow.take(-7)).isTrue();
        assertThat(slow.tokens(-7)).isEqualTo(most - 1);
        TokenBucket dayly = bucket(1000, 1, 86_400 * SECOND, 0);
        assertThat(taken(dayly, 2000, 0)).isEqualTo(1000);
        assertThat(taken(dayly, 2000, 3 * 86_400 * SECOND)).isEqualTo(3);
        TokenBucket quick = bucket(1, most, 1, Long.MAX_VALUE - 1);
        assertThat(taken(quick, 3, Long.MAX_VALUE - 1)).isOne();
        assertThat(quick.take(Long.MIN_VALUE)).as("two nanoseconds on, past where a long begins anew").isTrue();
        TokenBucket old = bucket(2, 1, SECOND, 0);
        assertThat(taken(old, 9, 5 * 31_536_000 * SECOND)).as("after five years").isEqualTo(2);
        for (long[] none : new long[][]{{0, 1, 1}, {1, 0, 1}, {1, 1, 0}, {most + 1, 1, 1}, {1, most + 1, 1}}) {
            assertThatThrownBy(() -> new TokenBucket.Rule(none[0], none[1], none[2])).hasMessageContaining("no bucket");
        }
    }

    @Test
    void manyAreTakenAtOnceAndNoMoreThanThereAre() {
        TokenBucket bucket = bucket(1000, 1000, SECOND, 0);
        assertThat(bucket.takeUpTo(300, 0)).isEqualTo(300);
        assertThat(bucket.takeUpTo(5000, 0)).isEqualTo(700);
        assertThat(bucket.takeUpTo(5000, 0)).isZero();
        assertThat(bucket.takeUpTo(5000, SECOND / 2)).isEqualTo(500);
        assertThat(bucket.takeUpTo(5000, 9 * SECOND)).isEqualTo(1000);
    }

    @Test
    void aRateOfManyTokensANanosecondIsKeptByThoseWhoTakeManyAtATime() {
        for (long perSecond : new long[]{1L << 20, 300_000_000, 1L << 30, 1L << 32}) {
            TokenBucket bucket = bucket(perSecond, perSecond, SECOND, 0);
            bucket.takeUpTo(Long.MAX_VALUE, 0);
            long taken = 0;
            for (long now = SECOND / 1000; now <= SECOND; now += SECOND / 1000) {
                taken += bucket.takeUpTo(1L << 32, now);
            }
            assertThat((double) taken / perSecond).as(perSecond + " a second").isBetween(0.998, 1.0001);
        }
    }

    @Test
    void thoseWhoReserveAreServedInTheirOrderAndNobodyComesBefore() {
        TokenBucket bucket = bucket(100, 100, SECOND, 0);
        assertThat(bucket.reserve(60, 0)).as("it is there").isZero();
        assertThat(bucket.reserve(90, 0)).isEqualTo(SECOND / 2 + 1);
        assertThat(bucket.reserve(50, 0)).isEqualTo(SECOND + 1);
        assertThat(bucket.takeUpTo(10, SECOND / 2)).isZero();
        assertThat(bucket.take(SECOND / 2)).isFalse();
        assertThat(bucket.tokens(SECOND / 2)).isZero();
        bucket.giveBack(50);
        assertThat(bucket.takeUpTo(10, SECOND / 2 + SECOND / 10)).isEqualTo(10);
        TokenBucket slow = bucket(1L << 32, 1, Long.MAX_VALUE, 0);
        for (int i = 0; i < 100; i++) {
            assertThat(slow.reserve(1L << 40, 0)).isNotNegative();
        }
        assertThat(slow.tokens(0)).isZero();
    }

    @Test
    void workersTogetherTakeExactlyWhatIsThere() throws InterruptedException {
        TokenBucket bucket = bucket(5_000, 1, SECOND, 0);
        AtomicInteger taken = new AtomicInteger();
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            workers.add(Thread.ofPlatform().start(() -> taken.addAndGet(taken(bucket, 4_000, 0))));
        }
        for (Thread worker : workers) {
            worker.join();
        }
        assertThat(taken).hasValue(5_000);
    }
}
