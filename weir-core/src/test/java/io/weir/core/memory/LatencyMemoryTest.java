package io.weir.core.memory;

import static java.util.concurrent.TimeUnit.DAYS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.model.HostTracker;
import java.net.InetSocketAddress;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LatencyMemoryTest {
    private static final long DECAY = SECONDS.toNanos(10);
    private final LatencyMemory memory = new LatencyMemory(DECAY);

    private double millis(long now) {
        return memory.latencyNanos(now) / 1e6;
    }

    private void answered(long millis, long now) {
        memory.answered(200, MILLISECONDS.toNanos(millis), now);
    }

    @Test
    void nothingIsKnownAtFirst() {
        assertThat(memory.latencyNanos(5)).isNegative();
    }

    @Test
    void aSlowAnswerIsBelievedAtOnceAndAFastOneLittleByLittle() {
        answered(10, 0);
        assertThat(millis(0)).isCloseTo(10, within(0.01));
        answered(200, 0);
        assertThat(millis(0)).isCloseTo(200, within(0.1));
        answered(10, SECONDS.toNanos(1));
        double left = Math.exp(-0.1);
        assertThat(millis(SECONDS.toNanos(1))).isCloseTo(200 * left + 10 * (1 - left), within(0.5));
    }

    @Test
    void itIsTheExponentialMeanOfWhatCameFasterAndFaster() {
        SplittableRandom random = new SplittableRandom(3);
        double expected = 0;
        long before = 0;
        long now = 0;
        for (int i = 0; i < 300; i++) {
            now += MILLISECONDS.toNanos(50 + random.nextInt(500));
            double sample = 20 + random.nextInt(80);
            double left = Math.exp(-(double) (now - before) / DECAY);
            expected = i == 0 || sample > expected * left ? sample : expected * left + sample * (1 - left);
            memory.answered(200, (long) (sample * 1e6), now);
            before = now;
            assertThat(millis(now)).as("after " + i).isCloseTo(expected, within(expected * 0.01));
        }
    }

    @Test
    void whatNothingRenewsIsForgotten() {
        answered(100, 0);
        assertThat(millis(SECONDS.toNanos(10))).isCloseTo(100 / Math.E, within(0.1));
        assertThat(millis(SECONDS.toNanos(100))).isCloseTo(0, within(0.01));
        assertThat(millis(DAYS.toNanos(100))).isZero();
    }

    @Test
    void failuresCountAsSlowAnswers() {
        for (int status : new int[]{500, 503, 429}) {
            LatencyMemory fresh = new LatencyMemory(DECAY);
            fresh.answered(status, 1000, 0);
            assertThat(fresh.latencyNanos(0)).as("status " + status).isCloseTo(5e9f, within(1e6f));
        }
        memory.answered(404, MILLISECONDS.toNanos(3), 0);
        assertThat(millis(0)).as("a client's mistake is none of the host's").isCloseTo(3, within(0.01));
        memory.failed(HostTracker.Failure.TIMED_OUT, SECONDS.toNanos(15), 0);
        assertThat(millis(0)).as("a time-out counts as long as it took").isCloseTo(15_000, within(1.0));
    }

    @Test
    void retryAfterCountsAsLongAsTheHostAskedForUpToABound() {
        assertThat(memory.heedsRetryAfter()).isTrue();
        memory.retryAfter(SECONDS.toNanos(60), 0);
        assertThat(millis(0)).isCloseTo(60_000, within(10.0));
        memory.retryAfter(SECONDS.toNanos(86_400), 0);
        assertThat(millis(0)).isCloseTo(300_000, within(50.0));
    }

    @Test
    void aWorkersClockBehindAnothersChangesNothing() {
        answered(50, SECONDS.toNanos(20));
        answered(10, SECONDS.toNanos(19));
        assertThat(millis(SECONDS.toNanos(19))).isCloseTo(50, within(0.1));
        answered(80, SECONDS.toNanos(19));
        assertThat(millis(SECONDS.toNanos(20))).as("and does not set the time back").isCloseTo(80, within(0.1));
    }

    @Test
    void timeMayBeAnyNumberAndWrap() {
        long[] starts = {Long.MIN_VALUE, -1, 0, Long.MAX_VALUE - SECONDS.toNanos(5)};
        for (long start : starts) {
            LatencyMemory fresh = new LatencyMemory(DECAY);
            fresh.answered(200, MILLISECONDS.toNanos(100), start);
            float later = fresh.latencyNanos(start + SECONDS.toNanos(4));
            assertThat(later / 1e6).as("from " + start).isCloseTo(100 * Math.exp(-0.4), within(0.2));
        }
    }

    @Test
    void anAnswerInNoTimeIsKnownAllTheSame() {
        memory.answered(200, 0, 0);
        assertThat(memory.latencyNanos(0)).isNotNegative();
        memory.answered(200, -5, SECONDS.toNanos(1));
        assertThat(memory.latencyNanos(SECONDS.toNanos(1))).isBetween(0f, 1f);
    }

    @Test
    void aHostKeepsItsMemoryUntilItIsToForgetAtAnotherPace() {
        Host host = new Host(Endpoint.of(new InetSocketAddress("10.0.0.1", 80)));
        LatencyMemory first = LatencyMemory.of(host, DECAY);
        assertThat(host.balanceTracker()).isSameAs(first);
        assertThat(LatencyMemory.of(host, DECAY)).isSameAs(first);
        assertThat(LatencyMemory.of(host, DECAY / 2)).isNotSameAs(first);
        LoadLatencyMemory other = LoadLatencyMemory.of(host, DECAY);
        assertThat(host.balanceTracker()).isSameAs(other);
        assertThat(LoadLatencyMemory.of(host, DECAY)).isSameAs(other);
    }
}
