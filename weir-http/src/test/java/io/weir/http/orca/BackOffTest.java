package io.weir.http.orca;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BackOffTest {
    private static RandomGenerator always(double drawn) {
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                throw new UnsupportedOperationException();
            }

            @Override
            public double nextDouble() {
                return drawn;
            }
        };
    }

    @Test
    void waitsGrowByThreeFifthsUpToTheLongestAndBeginAnewOnceHeard() {
        BackOff backOff = new BackOff();
        assertThat(backOff.nanos(always(0.5))).isEqualTo(BackOff.FIRST_NANOS);
        assertThat(backOff.nanos(always(0.5))).isEqualTo(1_600_000_000L);
        assertThat(backOff.nanos(always(0.5))).isEqualTo(2_560_000_000L);
        for (int i = 0; i < 20; i++) {
            backOff.nanos(always(0.5));
        }
        assertThat(backOff.nanos(always(0.5))).isEqualTo(BackOff.MAX_NANOS);
        backOff.reset();
        assertThat(backOff.nanos(always(0.5))).isEqualTo(BackOff.FIRST_NANOS);
    }

    @Test
    void noWaitIsMoreThanAFifthOffAndManyDiffer() {
        long seed = System.nanoTime();
        SplittableRandom dice = new SplittableRandom(seed);
        long least = Long.MAX_VALUE;
        long most = 0;
        for (int i = 0; i < 10_000; i++) {
            long wait = new BackOff().nanos(dice);
            least = Math.min(least, wait);
            most = Math.max(most, wait);
        }
        assertThat(least).as("seed %d", seed).isBetween(800_000_000L, 810_000_000L);
        assertThat(most).as("seed %d", seed).isBetween(1_190_000_000L, 1_200_000_000L);
    }
}
