package io.weir.core.drain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DrainTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int CONNECTIONS = 10_000;

    private static double asked(Drain drain, long nowNanos) {
        return LongStream.rangeClosed(1, CONNECTIONS).filter(id -> drain.asks(id, nowNanos)).count()
                / (double) CONNECTIONS;
    }

    @Test
    void theShareOfConnectionsThatHaveBeenAskedGrowsWithTheTime() {
        var drain = new Drain(7 * SECOND, 10 * SECOND);
        assertThat(asked(drain, 7 * SECOND)).isZero();
        for (int tenths = 1; tenths < 10; tenths++) {
            assertThat(asked(drain, (7 + tenths) * SECOND)).isCloseTo(tenths / 10.0, within(0.02));
        }
        assertThat(asked(drain, 17 * SECOND)).isOne();
    }

    @Test
    void whoHasBeenAskedStaysAsked() {
        var drain = new Drain(0, 10 * SECOND);
        for (long id = 0; id < 100; id++) {
            boolean before = false;
            for (long now = 0; now <= 10 * SECOND; now += SECOND / 10) {
                boolean asked = drain.asks(id, now);
                assertThat(asked || !before).isTrue();
                before = asked;
            }
            assertThat(before).isTrue();
        }
    }

    @Test
    void withoutASpreadAllAreAskedAtOnce() {
        var drain = new Drain(5, 0);
        assertThat(asked(drain, 5)).isOne();
        assertThat(drain.asksAll(5)).isTrue();
    }

    @Test
    void aDrainIsNotSlowedDownByALaterOne() {
        var slow = new Drain(0, 600 * SECOND);
        var quick = new Drain(10 * SECOND, 0);
        assertThat(slow.sooner(quick)).isEqualTo(quick);
        assertThat(quick.sooner(slow)).isEqualTo(quick);
        assertThat(slow.sooner(new Drain(SECOND, 600 * SECOND))).isEqualTo(slow);
    }

    @Test
    void theClockMayPassItsOwnEnd() {
        var drain = new Drain(Long.MAX_VALUE - 1, 10);
        assertThat(drain.asksAll(Long.MAX_VALUE)).isFalse();
        assertThat(drain.asksAll(Long.MIN_VALUE + 10)).isTrue();
    }

    private static double asked(Drain drain, long openedNanos, long nowNanos) {
        return LongStream.rangeClosed(1, CONNECTIONS).filter(id -> drain.asks(id, openedNanos, nowNanos)).count()
                / (double) CONNECTIONS;
    }

    @Test
    void whoComesWhileADrainRunsIsAskedInWhatIsLeftOfIt() {
        var drain = new Drain(7 * SECOND, 10 * SECOND);
        for (long opened : new long[]{0, 7 * SECOND, 9 * SECOND, 16 * SECOND}) {
            long begin = Math.max(opened, 7 * SECOND);
            assertThat(asked(drain, opened, begin)).isLessThan(0.001);
            assertThat(asked(drain, opened, begin + (17 * SECOND - begin) / 2)).isCloseTo(0.5, within(0.02));
            assertThat(asked(drain, opened, 17 * SECOND)).isOne();
        }
        assertThat(asked(drain, 0, 7 * SECOND - 1)).isZero();
    }

    @Test
    void whoComesWhenADrainIsOverIsNeverAsked() {
        var drain = new Drain(7 * SECOND, 10 * SECOND);
        assertThat(asked(drain, 17 * SECOND, 17 * SECOND)).isZero();
        assertThat(asked(drain, 17 * SECOND, 1_000 * SECOND)).isZero();
        assertThat(asked(new Drain(7, 0), 8, 9)).isZero();
        assertThat(asked(new Drain(7, 0), 7, 7)).isOne();
    }
}
