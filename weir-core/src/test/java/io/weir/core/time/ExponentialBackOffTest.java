package io.weir.core.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class ExponentialBackOffTest {
    private static final int[] FAILURES = {1, 2, 3, 62, 63, 64, 65, 1_000, Integer.MAX_VALUE};

    @Test
    void aWaitDoublesWithEachFailureUpToTheLongest() {
        var backOff = new ExponentialBackOff(10, 75);
        long[] waits = new long[6];
        for (int failures = 1; failures <= waits.length; failures++) {
            waits[failures - 1] = backOff.nanos(failures);
        }
        assertThat(waits).containsExactly(10, 20, 40, 75, 75, 75);
        assertThat(ExponentialBackOff.tenfold(25)).isEqualTo(new ExponentialBackOff(25, 250));
    }

    @Test
    void whatTheDiceSaysIsBelowTheWaitAndReachesBothOfItsEnds() {
        var backOff = new ExponentialBackOff(10, 75);
        long seed = new Random().nextLong();
        var dice = new Random(seed);
        for (int failures = 1; failures <= 6; failures++) {
            boolean[] seen = new boolean[75];
            for (int round = 0; round < 20_000; round++) {
                seen[Math.toIntExact(backOff.jitteredNanos(failures, dice))] = true;
            }
            for (int nanos = 0; nanos < seen.length; nanos++) {
                assertThat(seen[nanos]).as("%d ns after %d failures, seed %d", nanos, failures, seed)
                        .isEqualTo(nanos < backOff.nanos(failures));
            }
        }
    }

    @Test
    void manyFailuresDoNotOverflow() {
        long seed = new Random().nextLong();
        var dice = new Random(seed);
        for (long first : new long[]{1, 3, Long.MAX_VALUE / 10 + 1, Long.MAX_VALUE}) {
            for (int failures : FAILURES) {
                assertThat(new ExponentialBackOff(first, Long.MAX_VALUE).nanos(failures)).isBetween(first,
                        Long.MAX_VALUE);
                assertThat(ExponentialBackOff.tenfold(first).jitteredNanos(failures, dice)).as("seed %d", seed)
                        .isNotNegative();
            }
        }
    }

    @Test
    void withoutAFirstWaitThereIsNoneAndNobodyRollsTheDice() {
        RandomGenerator unasked = () -> {
            throw new AssertionError("somebody rolls the dice");
        };
        for (int failures : FAILURES) {
            assertThat(ExponentialBackOff.NONE.nanos(failures)).isZero();
            assertThat(ExponentialBackOff.NONE.jitteredNanos(failures, unasked)).isZero();
        }
    }

    @Test
    void aLongestWaitBelowTheFirstIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ExponentialBackOff(2, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new ExponentialBackOff(-1, 1));
    }
}
