package io.weir.filters.pace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Rates over simulated time. */
final class ByteRateTest {
    private static final long SECOND = 1_000_000_000;
    private static final long MILLI = 1_000_000;

    /**
     * What each of some who always have more to send gets, served as by {@link Pacing} and always in the same order.
     */
    private static long[] served(ByteRate rate, int senders, long spanNanos) {
        long[] got = new long[senders];
        long[] reserved = new long[senders];
        long[] due = new long[senders];
        rate.waiting(senders);
        for (long now = 0; now <= spanNanos; now += MILLI) {
            for (int i = 0; i < senders; i++) {
                if (now >= due[i]) {
                    got[i] += reserved[i] + rate.take(rate.share(), now);
                    reserved[i] = rate.share();
                    due[i] = now + Math.max(rate.reserve(reserved[i], now), rate.intervalNanos());
                }
            }
        }
        return got;
    }

    @Test
    void itBeginsWithWhatOneIntervalBringsAndThenKeepsTheRate() {
        for (long kib : new long[]{1, 10, 1024, 100_000, ByteRate.KIB_MAX}) {
            var rate = new ByteRate(kib, 50 * MILLI, 0);
            assertThat(rate.take(Long.MAX_VALUE, 0)).as(kib + " KiB/s").isBetween(
                    kib * 1024 / 20 - 1 - kib * 1024 / 100,
                    kib * 1024 / 20 + kib * 1024 / 10); // at the end of the scale rounding makes the bucket larger
            long got = Arrays.stream(served(rate, 1, 10 * SECOND)).sum();
            assertThat(got / (kib * 10240.0)).as(kib + " KiB/s").isBetween(0.98, 1.01);
        }
    }

    @Test
    void whoWasIdleMaySendOneSecondsWorthAtOnce() {
        var rate = new ByteRate(64, 50 * MILLI, 0);
        assertThat(rate.take(Long.MAX_VALUE, 100 * SECOND)).isBetween(64 * 1024L - 1, 64 * 1024L);
        assertThat(rate.take(Long.MAX_VALUE, 100 * SECOND)).isZero();
    }

    @Test
    void nobodyStarvesHoweverManyWaitAndHoweverLittleThereIs() {
        for (int senders : new int[]{2, 7, 300}) {
            for (long kib : new long[]{1, 100, 10_000}) {
                long seconds = kib == 1 ? 30 : 10; // shares of 20 bytes are few for each
                var got = served(new ByteRate(kib, 20 * MILLI, 0), senders, seconds * SECOND);
                var figures = Arrays.stream(got).summaryStatistics();
                String which = senders + " senders at " + kib + " KiB/s";
                assertThat(figures.getSum() / (kib * 1024.0 * seconds)).as(which).isBetween(0.97, 1.02);
                assertThat(figures.getMin()).as(which).isGreaterThan((long) (figures.getAverage() * 0.6));
            }
        }
    }

    @Test
    void whatIsGivenBackIsThereForOthers() {
        var rate = new ByteRate(1, 50 * MILLI, 0);
        rate.take(Long.MAX_VALUE, 0);
        assertThat(rate.reserve(1024, 0)).isBetween(SECOND - 10, SECOND + 10);
        assertThat(rate.take(100, SECOND / 2)).isZero();
        rate.giveBack(1024);
        assertThat(rate.take(100, SECOND / 2)).isEqualTo(100);
    }
}
