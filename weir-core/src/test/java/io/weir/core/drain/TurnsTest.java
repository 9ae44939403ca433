package io.weir.core.drain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int CONNECTIONS = 10_000;
    private static final long BEGIN = 7 * SECOND;

    private final Turns all = Turns.untilTheEnd(BEGIN, 100 * SECOND);
    private final Turns streams = Turns.ofStreams(Turns.streamsIn(BEGIN, 100 * SECOND));

    private static double ended(Turns turns, long beganNanos, double nowSeconds) {
        long now = BEGIN + (long) (nowSeconds * SECOND);
        return LongStream.rangeClosed(1, CONNECTIONS).filter(id -> turns.endsAnswer(id, beganNanos, now)).count()
                / (double) CONNECTIONS;
    }

    @Test
    void answersThatHaveLastedHalfOfTheDrainEndOneAfterAnotherInItsLastTenth() {
        for (long began : new long[]{0, BEGIN, BEGIN + 39 * SECOND}) {
            assertThat(ended(all, began, 90)).isLessThan(0.001);
            assertThat(ended(all, began, 92)).isCloseTo(0.25, within(0.02));
            assertThat(ended(all, began, 96)).isCloseTo(0.75, within(0.02));
            assertThat(ended(all, began, 98)).isOne();
        }
    }

    @Test
    void whoHasNotLastedSoLongIsLeft() {
        assertThat(ended(all, BEGIN + 49 * SECOND, 98)).isZero();
        assertThat(ended(all, BEGIN + 49 * SECOND, 99.1)).as("it has by then").isOne();
    }

    @Test
    void whereNothingIsCutInTheEndNoAnswerIsEnded() {
        assertThat(ended(streams, Long.MIN_VALUE / 4, 1_000)).isZero();
    }

    @Test
    void streamsHaveTheirTurnsBeforeAnswers() {
        for (Turns turns : new Turns[]{all, streams}) {
            assertThat(turns.begun(BEGIN + 50 * SECOND - 1)).isFalse();
            assertThat(turns.begun(BEGIN + 50 * SECOND)).isTrue();
            assertThat(turns.streams().asksAll(BEGIN + 90 * SECOND)).isTrue();
        }
        assertThat(streams.over(BEGIN + 90 * SECOND)).isTrue();
        assertThat(all.over(BEGIN + 98 * SECOND - 1)).isFalse();
        assertThat(all.over(BEGIN + 98 * SECOND)).isTrue();
    }
}
