package io.weir.core.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HistogramTest {
    private static final long SEED = 31;

    @Test
    void everyValueLiesInItsBucketAndBucketsFollowEachOther() {
        Random random = new Random(SEED);
        for (int i = 0; i < 200_000; i++) {
            long value = i < 20_000 ? i : random.nextLong() >>> (1 + random.nextInt(63));
            int bucket = Buckets.of(value);
            String what = "seed " + SEED + " value " + value;
            assertThat(bucket).as(what).isBetween(0, Buckets.COUNT - 1);
            assertThat((double) value).as(what).isLessThanOrEqualTo(Buckets.upper(bucket));
            if (value > 0) {
                assertThat((double) value).as(what).isGreaterThan(Math.nextDown(Buckets.lower(bucket)));
            }
            int decade = Buckets.decade(bucket);
            assertThat(bucket - Buckets.first(decade)).as(what).isBetween(0, Buckets.size(decade) - 1);
        }
        for (int bucket = 1; bucket < Buckets.COUNT; bucket++) {
            assertThat(Buckets.lower(bucket)).isEqualTo(Buckets.upper(bucket - 1));
        }
        assertThat(Buckets.of(Long.MAX_VALUE)).isLessThan(Buckets.COUNT);
    }

    @Test
    void countsUpToABoundOfTwoDigitsAreExact() {
        Histogram histogram = Histogram.unnamed();
        Random random = new Random(SEED);
        long[] values = new long[20_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = (long) Math.pow(10, random.nextDouble() * 7);
            if (i % 10 == 0) {
                values[i] = new long[]{1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000}[i % 13];
            }
            histogram.record(values[i]);
        }
        for (double bound : new double[]{0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000,
                60_000, 300_000, 600_000, 1_800_000, 3_600_000}) {
            long exact = Arrays.stream(values).filter(value -> value <= bound).count();
            assertThat(histogram.cumulative().countUpTo(bound)).as("seed " + SEED + " up to " + bound).isEqualTo(exact);
        }
        assertThat(histogram.cumulative().count()).isEqualTo(values.length);
        assertThat(histogram.cumulative().sum()).isEqualTo(Arrays.stream(values).sum());
    }

    @Test
    void quantilesAreWithinTenPercent() {
        Histogram histogram = Histogram.unnamed();
        Random random = new Random(SEED);
        long[] values = random.longs(10_001, 0, 1_000_000).sorted().toArray();
        Arrays.stream(values).forEach(histogram::record);
        HistogramSnapshot snapshot = histogram.cumulative();
        for (double share : new double[]{0.01, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999}) {
            double exact = values[(int) (share * 10_000)];
            assertThat(snapshot.quantile(share)).as("seed " + SEED + " P" + share).isBetween(exact * 0.9, exact * 1.1);
        }
    }

    @Test
    void smallValuesAreExact() {
        Histogram histogram = Histogram.unnamed();
        for (long value = 1; value <= 100; value++) {
            histogram.record(value);
        }
        HistogramSnapshot snapshot = histogram.cumulative();
        assertThat(snapshot.quantile(0)).isEqualTo(1);
        assertThat(snapshot.quantile(0.5)).isEqualTo(50);
        assertThat(snapshot.quantile(1)).isEqualTo(100);
    }

    @Test
    void anUnusedHistogramHasNoQuantiles() {
        Histogram histogram = Histogram.unnamed();
        assertThat(histogram.used()).isFalse();
        assertThat(histogram.cumulative().quantile(0.5)).isNaN();
        histogram.record(-3);
        assertThat(histogram.used()).isTrue();
        assertThat(histogram.cumulative().quantile(1)).as("a negative value counts as 0").isZero();
    }

    @Test
    void aFlushEndsAnInterval() {
        Histogram histogram = Histogram.unnamed();
        histogram.record(5);
        histogram.record(2000);
        assertThat(histogram.interval().count()).as("nothing flushed yet").isZero();
        histogram.flush();
        assertThat(histogram.interval().count()).isEqualTo(2);
        histogram.record(5);
        histogram.flush();
        assertThat(histogram.interval().count()).isEqualTo(1);
        assertThat(histogram.interval().quantile(1)).isEqualTo(5);
        assertThat(histogram.interval().sum()).isEqualTo(5);
        histogram.flush();
        assertThat(histogram.interval().count()).isZero();
        assertThat(histogram.cumulative().count()).isEqualTo(3);
    }

    @Test
    void recordsOfManyThreadsAreAllThere() throws InterruptedException {
        Histogram histogram = Histogram.unnamed();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 50_000; i++) {
                    histogram.record(i);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(histogram.cumulative().count()).isEqualTo(200_000);
        assertThat(histogram.cumulative().countUpTo(9_900)).isEqualTo(4 * 9_901);
    }
}
