package io.weir.core.admit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import io.weir.core.admit.AdmissionControl.Rule;
import java.util.ArrayList;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AdmissionControlTest {
    private static final long SECOND = 1_000_000_000;

    /** The part of a thousand requests a second that is let in, over the seconds from {@code from} on. */
    private static double admitted(AdmissionControl control, double failing, int from, int seconds) {
        var random = new SplittableRandom(5);
        int admitted = 0;
        for (int i = 0; i < 1000 * seconds; i++) {
            long now = from * SECOND + i * (SECOND / 1000);
            if (control.admits(random.nextLong(), now)) {
                admitted++;
                control.ended(random.nextDouble() >= failing, now);
            }
        }
        return admitted / 1000.0 / seconds;
    }

    /** Worked out by hand from the formula of Envoy's documentation. */
    @Test
    void theProbabilityIsThatOfEnvoysFormula() {
        assertThat(AdmissionControl.rejection(Rule.DEFAULT, 0, 0)).isZero();
        assertThat(AdmissionControl.rejection(Rule.DEFAULT, 100, 100)).isZero();
        assertThat(AdmissionControl.rejection(Rule.DEFAULT, 100, 95)).isZero();
        assertThat(AdmissionControl.rejection(Rule.DEFAULT, 100, 50)).as("(100 - 52.63) / 101")
                .isEqualTo(0.46899, offset(1e-5));
        assertThat(AdmissionControl.rejection(Rule.DEFAULT, 1, 0)).as("a single failure").isEqualTo(0.5);
        assertThat(AdmissionControl.rejection(Rule.DEFAULT, 100, 0)).as("100 / 101, but 80 % at most").isEqualTo(0.8);
        var half = new Rule(30, 1, 50, 0, 100);
        assertThat(AdmissionControl.rejection(half, 99, 25)).as("(99 - 50) / 100").isEqualTo(0.49, offset(1e-12));
        var eager = new Rule(30, 2, 95, 0, 80);
        assertThat(AdmissionControl.rejection(eager, 100, 50)).as("the root of 0.46899")
                .isEqualTo(0.68483, offset(1e-5));
    }

    @Test
    void aSecondIsForgottenWhenTheWindowHasPassed() {
        var control = new AdmissionControl(new Rule(3, 1, 95, 0, 80), 0);
        for (int i = 0; i < 100; i++) {
            control.ended(false, 0);
        }
        assertThat(control.admits(0, 2 * SECOND + SECOND / 2)).isFalse();
        assertThat(control.admits(0, 3 * SECOND)).isTrue();
        control.ended(false, 3 * SECOND);
        assertThat(control.admits(0, 1000 * SECOND)).as("after a long rest").isTrue();
    }

    @Test
    void aThreadWhoseClockIsBehindCountsInTheSecondUnderWay() {
        var control = new AdmissionControl(Rule.DEFAULT, 5 * SECOND);
        control.admits(0, 9 * SECOND);
        control.ended(false, 8 * SECOND);
        assertThat(control.admits(0, 9 * SECOND)).isFalse();
        assertThat(control.admits(0, 8 * SECOND)).isFalse();
    }

    @Test
    void countsOfManyThreadsAreNotLost() throws InterruptedException {
        var control = new AdmissionControl(new Rule(30, 1, 100, 0, 100), 0);
        var threads = new ArrayList<Thread>();
        for (int t = 0; t < 4; t++) {
            boolean success = t % 2 == 0;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 10_000; i++) {
                    control.ended(success, i * (SECOND / 1000));
                }
            }));
        }
        for (var thread : threads) {
            thread.join();
        }
        // 20,000 of 40,000 failed: the dice decide at (40,000 - 20,000) / 40,001
        assertThat(control.admits((long) (0.49999 * 0x1p53) << 11, 10 * SECOND)).isTrue();
        assertThat(control.admits((long) (0.49998 * 0x1p53) << 11, 10 * SECOND)).isFalse();
    }

    @Test
    void aClusterThatServesIsLeftAlone() {
        assertThat(admitted(new AdmissionControl(Rule.DEFAULT, 0), 0.04, 0, 60)).isGreaterThan(0.99);
    }

    @Test
    void aClusterThatFailsEverythingGetsAFifthAndIsBelievedAgainWithinTheWindow() {
        var control = new AdmissionControl(Rule.DEFAULT, 0);
        assertThat(admitted(control, 1, 0, 60)).isEqualTo(0.2, offset(0.01));
        admitted(control, 0, 60, 32);
        assertThat(admitted(control, 0, 92, 10)).isEqualTo(1);
    }

    @Test
    void belowTheRateNobodyIsTurnedAway() {
        assertThat(admitted(new AdmissionControl(new Rule(30, 1, 95, 1001, 80), 0), 1, 0, 60)).isEqualTo(1);
    }

    @Test
    void aRuleThatIsNoneIsRefused() {
        assertThatThrownBy(() -> new Rule(30, 0.5, 95, 0, 80)).hasMessageContaining("0.5");
        assertThatThrownBy(() -> new Rule(30, 1, Double.NaN, 0, 80)).hasMessageContaining("NaN");
    }
}
