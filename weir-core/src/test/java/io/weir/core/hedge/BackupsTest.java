package io.weir.core.hedge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Backup requests in simulated time. */
class BackupsTest {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1000 * MILLI;
    private static final long SEED = 20_261_127;
    private static final int REQUESTS = 200_000;

    /** What a run came to. */
    private record Run(long p999Nanos, long p50Nanos, double extra) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "p50 %.1f ms, p99.9 %.1f ms, extra load %.2f %%", p50Nanos / 1e6,
                    p999Nanos / 1e6, 100 * extra);
        }
    }

    /** 4 to 6 ms, and for so many requests 500 ms, whichever host they go to. */
    private static long latency(SplittableRandom dice, double slow) {
        return dice.nextDouble() < slow ? 500 * MILLI : 4 * MILLI + dice.nextLong(2 * MILLI);
    }

    private static Run run(BackupRule rule, double slow, boolean backups) {
        var dice = new SplittableRandom(SEED);
        var kept = new Backups(rule);
        long[] latencies = new long[REQUESTS];
        int sent = 0;
        long now = 0;
        for (int i = 0; i < REQUESTS; i++) {
            now += MILLI;
            kept.began();
            long first = latency(dice, slow);
            long delay = kept.delayNanos();
            if (backups && delay >= 0 && first > delay && kept.take()) {
                sent++;
                first = Math.min(first, delay + latency(dice, slow));
            }
            latencies[i] = first;
            kept.answered(first, now);
        }
        Arrays.sort(latencies);
        return new Run(latencies[REQUESTS / 1000 * 999], latencies[REQUESTS / 2], (double) sent / REQUESTS);
    }

    @Test
    void aBackendOfTwoModesLosesItsTailAtOnePercentMoreLoad() {
        Run without = run(BackupRule.of(0.01), 0.005, false);
        Run with = run(BackupRule.of(0.01), 0.005, true);
        System.out.println("0.5 % of answers slow, seed " + SEED + ": " + without + "; with backups: " + with);
        assertThat(without.p999Nanos).isGreaterThanOrEqualTo(3 * with.p999Nanos);
        assertThat(with.extra).isLessThanOrEqualTo(0.01);
        assertThat(with.p50Nanos).isBetween(without.p50Nanos - MILLI / 100, without.p50Nanos + MILLI / 100);
    }

    @Test
    void whatIsSlowMoreOftenThanBackupsMayBeStaysInTheTail() {
        Run with = run(BackupRule.of(0.01), 0.05, true);
        System.out.println("5 % of answers slow, seed " + SEED + ": with backups: " + with);
        assertThat(with.extra).isLessThanOrEqualTo(0.01);
        assertThat(with.p999Nanos).isGreaterThan(400 * MILLI);
    }

    @Test
    void nothingIsSentBeforeAQuantileCanBeTold() {
        var backups = new Backups(BackupRule.of(0.01));
        for (int i = 0; i < 99; i++) {
            backups.began();
            backups.answered(MILLI, i * SECOND);
            assertThat(backups.delayNanos()).isNegative();
            assertThat(backups.take()).isFalse();
        }
        backups.began();
        backups.answered(20 * MILLI, 100 * SECOND);
        assertThat(backups.delayNanos()).isBetween(MILLI, 2 * MILLI);
        assertThat(backups.take()).isTrue();
        assertThat(backups.take()).isFalse();
    }

    @Test
    void theDelayFollowsWhatHasBecomeSlower() {
        var backups = new Backups(BackupRule.of(0.01));
        long now = 0;
        for (int i = 0; i < 10_000; i++) {
            now += MILLI;
            backups.answered(5 * MILLI, now);
        }
        assertThat(backups.delayNanos()).isBetween(5 * MILLI, 6 * MILLI);
        for (int i = 0; i < 30_000; i++) {
            now += MILLI;
            backups.answered(50 * MILLI, now);
        }
        assertThat(backups.delayNanos()).isBetween(50 * MILLI, 54 * MILLI);
        for (int i = 0; i < 120_000; i++) {
            now += MILLI;
            backups.answered(5 * MILLI, now);
        }
        assertThat(backups.delayNanos()).isBetween(5 * MILLI, 6 * MILLI);
    }

    @Test
    void fewRequestsAreNotForgottenBeforeTheyCanTellTheQuantile() {
        var backups = new Backups(BackupRule.of(0.01));
        for (int i = 0; i < 150; i++) {
            backups.answered(5 * MILLI, i * 60L * SECOND);
        }
        assertThat(backups.delayNanos()).isBetween(5 * MILLI, 6 * MILLI);
    }

    @Test
    void theDelayIsNeverShorterThanTheLeast() {
        var backups = new Backups(new BackupRule(0.01, 0.5, 3 * MILLI));
        for (int i = 0; i < 1000; i++) {
            backups.answered(10_000, i * MILLI);
        }
        assertThat(backups.delayNanos()).isEqualTo(3 * MILLI);
    }

    @Test
    void aQuietTimeSavesUpNoMoreThanAFew() {
        var load = new ExtraLoad(0.1);
        for (int i = 0; i < 100_000; i++) {
            load.pay();
        }
        int given = 0;
        while (load.take()) {
            given++;
        }
        assertThat(given).isEqualTo(ExtraLoad.SAVED_MAX);
    }

    @Test
    void severalThreadsLoseNoLatency() throws Exception {
        var backups = new Backups(BackupRule.of(0.25));
        var done = new CountDownLatch(2);
        for (int t = 0; t < 2; t++) {
            long latency = t == 0 ? 5 * MILLI : 50 * MILLI;
            Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 50_000; i++) {
                    backups.answered(latency, i * MILLI);
                }
                done.countDown();
            });
        }
        done.await();
        backups.answered(50 * MILLI, 1000 * SECOND);
        assertThat(backups.delayNanos()).isBetween(50 * MILLI, 54 * MILLI); // half of them are above 5 ms
    }

    @Test
    void aRuleThatDoublesTheLoadIsRefused() {
        assertThatThrownBy(() -> BackupRule.of(0.6)).hasMessageContaining("extraLoad");
        assertThatThrownBy(() -> BackupRule.of(0)).hasMessageContaining("extraLoad");
        assertThatThrownBy(() -> new BackupRule(0.1, 1, 0)).hasMessageContaining("quantile");
        assertThatThrownBy(() -> new BackupRule(0.1, 0.9, -1)).hasMessageContaining("delayMinNanos");
    }
}
