package io.weir.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LatenciesTest {
    private static final int EACH = 50_000;

    @Test
    void ofManyThreadsThatAddAtOnceNoLatencyIsLost() throws InterruptedException {
        Latencies latencies = new Latencies();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            // a quarter of all is slow: the percentile on either side of it tells whether each is there
            long millis = t == 0 ? 100 : 1;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < EACH; i++) {
                    latencies.add(TimeUnit.MILLISECONDS.toNanos(millis));
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        double one = 100.0 / (4 * EACH);
        assertThat(TimeUnit.NANOSECONDS.toMillis(latencies.percentileNanos(75))).isLessThan(2);
        assertThat(TimeUnit.NANOSECONDS.toMillis(latencies.percentileNanos(75 + one))).isGreaterThan(80);
        latencies.clear();
        assertThat(latencies.percentileNanos(50)).isZero();
    }
}
