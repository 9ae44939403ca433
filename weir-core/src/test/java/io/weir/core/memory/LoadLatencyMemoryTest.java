package io.weir.core.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.weir.core.model.HostTracker;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoadLatencyMemoryTest {
    private static final long DECAY = TimeUnit.SECONDS.toNanos(10);
    private static final long MILLI = 1_000_000;
    private final LoadLatencyMemory memory = new LoadLatencyMemory(DECAY);

    private double millis(int inFlight, long now) {
        return memory.latencyNanos(inFlight, now) / 1e6;
    }

    @Test
    void nothingIsKnownAtFirst() {
        assertThat(memory.latencyNanos(1, 0)).isNegative();
        assertThat(memory.latencyNanos(1_000_000, 0)).isNegative();
    }

    @Test
    void eachLoadHasItsOwnLatency() {
        for (int load = 1; load <= 8; load++) {
            memory.answered(200, load * 10L * MILLI, load, 0);
        }
        for (int load = 1; load <= 8; load++) {
            assertThat(millis(load, 0)).isCloseTo(load * 10, within(0.01));
        }
    }

    @Test
    void anUnknownLoadTakesThatOfOneNearbyElseOfAll() {
        memory.answered(200, 20 * MILLI, 2, 0);
        memory.answered(200, 100 * MILLI, 7, 0);
        assertThat(millis(3, 0)).isCloseTo(20, within(0.01));
        assertThat(millis(6, 0)).isCloseTo(100, within(0.01));
        assertThat(millis(500, 0)).as("nothing near: the first answer of this moment").isCloseTo(20, within(0.01));
    }

    @Test
    void anyLoadHasACell() {
        for (int load : new int[]{-3, 0, 1, 7, 8, 9, 15, 16, 100, 1 << 20, Integer.MAX_VALUE}) {
            memory.answered(200, 5 * MILLI, load, 0);
            assertThat(memory.latencyNanos(load, 0)).as("load " + load).isPositive();
        }
    }

    @Test
    void cellsRiseWithTheLoad() {
        // 10 and 12 are told apart, 1000 and 1010 are not
        memory.answered(200, 1 * MILLI, 10, 0);
        memory.answered(200, 2 * MILLI, 12, 0);
        memory.answered(200, 3 * MILLI, 1000, 0);
        assertThat(millis(10, 0)).isCloseTo(1, within(0.01));
        assertThat(millis(12, 0)).isCloseTo(2, within(0.01));
        assertThat(millis(1010, 0)).isCloseTo(3, within(0.01));
    }

    @Test
    void oneSlowAnswerDoesNotStandForAll() {
        memory.answered(200, 10 * MILLI, 1, 0);
        memory.answered(200, 1000 * MILLI, 1, DECAY / 10);
        double left = Math.exp(-0.1);
        assertThat(millis(1, DECAY / 10)).isCloseTo(10 * left + 1000 * (1 - left), within(1.0));
    }

    @Test
    void aFailureCountsAtOnceAndAtEveryLoad() {
        memory.answered(200, 10 * MILLI, 1, 0);
        memory.answered(200, 10 * MILLI, 5, 0);
        memory.failed(HostTracker.Failure.UNREACHABLE, 0, 0);
        assertThat(millis(1, 0)).isCloseTo(5000, within(1.0));
        assertThat(millis(5, 0)).isCloseTo(5000, within(1.0));
        assertThat(millis(300, 0)).isCloseTo(5000, within(1.0));
        memory.retryAfter(TimeUnit.SECONDS.toNanos(30), 0);
        assertThat(millis(5, 0)).isCloseTo(30_000, within(10.0));
        memory.answered(503, 1, 3, 0);
        assertThat(millis(3, 0)).isCloseTo(5000, within(1.0));
    }
}
