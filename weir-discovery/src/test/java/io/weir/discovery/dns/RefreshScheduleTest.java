package io.weir.discovery.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.model.DnsOptions;
import io.weir.core.model.LookupFamily;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RefreshScheduleTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final Answer FAILED = new Answer.Failed("test");

    private final RefreshSchedule schedule = new RefreshSchedule(new SplittableRandom(7));

    private static Answer found(long ttlSeconds) {
        return new Answer.Found(List.of(InetAddress.getLoopbackAddress()), ttlSeconds);
    }

    private static DnsOptions options(boolean respectTtl, long jitterNanos) {
        return new DnsOptions(5 * SECOND, 2 * SECOND, jitterNanos, respectTtl, LookupFamily.AUTO);
    }

    @Test
    void anAnswerIsAskedForAgainAtTheRefreshRate() {
        assertThat(schedule.waitNanos(found(60), options(false, 0))).isEqualTo(5 * SECOND);
    }

    @Test
    void theTimeToLiveCountsWhenItIsRespected() {
        assertThat(schedule.waitNanos(found(60), options(true, 0))).isEqualTo(60 * SECOND);
        assertThat(schedule.waitNanos(found(1), options(true, 0))).isEqualTo(SECOND);
    }

    @Test
    void aTimeToLiveOfZeroMeansTheRefreshRate() {
        assertThat(schedule.waitNanos(found(0), options(true, 0))).isEqualTo(5 * SECOND);
    }

    @Test
    void failuresBackOffToTenTimesTheFailureRateAndStartAnewAfterSuccess() {
        long[] waits = new long[6];
        for (int i = 0; i < waits.length; i++) {
            waits[i] = schedule.waitNanos(i % 2 == 0 ? FAILED : new Answer.Nothing(), options(false, 0)) / SECOND;
        }
        assertThat(waits).containsExactly(2, 4, 8, 16, 20, 20);
        assertThat(schedule.waitNanos(found(1), options(false, 0))).isEqualTo(5 * SECOND);
        assertThat(schedule.waitNanos(FAILED, options(false, 0))).isEqualTo(2 * SECOND);
    }

    @Test
    void jitterAddsUpToItsBound() {
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            long wait = schedule.waitNanos(found(1), options(false, SECOND));
            assertThat(wait).isBetween(5 * SECOND, 6 * SECOND);
            seen.add(wait);
        }
        assertThat(seen).hasSizeGreaterThan(90);
    }
}
