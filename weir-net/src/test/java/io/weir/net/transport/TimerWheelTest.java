package io.weir.net.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

class TimerWheelTest {
    private static final long TICK = 10;
    private static final long NEVER = Long.MAX_VALUE;

    private long now = 1_000_003;
    private long wake = NEVER;
    private int wakeups;
    private final TimerWheel wheel = new TimerWheel(TICK, now, nanos -> {
        wake = nanos;
        wakeups++;
    });

    /** Lets time pass as a driver would: the wheel is called when it asked to be, and at no other time. */
    private void passUntil(long until) {
        while (wake <= until) {
            now = Math.max(now, wake);
            wake = NEVER;
            wheel.advance(now);
        }
        now = until;
    }

    private static final class Recorder extends TimerWheel.Timer {
        final List<Long> fired = new ArrayList<>();

        @Override
        protected void expired(long nowNanos) {
            fired.add(nowNanos);
        }
    }

    @Test
    void aTimerFiresOnceNeitherEarlyNorMoreThanATickLate() {
        Recorder timer = new Recorder();
        long deadline = now + 123;
        wheel.arm(timer, deadline);
        passUntil(now + 100_000);
        assertThat(timer.fired).hasSize(1);
        assertThat(timer.fired.getFirst()).isBetween(deadline, deadline + TICK);
        assertThat(timer.armed()).isFalse();
        assertThat(wheel.armed()).isZero();
    }

    @Test
    void anEmptyWheelSleeps() {
        Recorder timer = new Recorder();
        wheel.arm(timer, now + 55);
        passUntil(now + 1000);
        assertThat(wake).isEqualTo(NEVER);
    }

    @Test
    void aTimerFarAwayCostsFewWakeups() {
        Recorder timer = new Recorder();
        long deadline = now + 512 * TICK * 20 + 7;
        wheel.arm(timer, deadline);
        passUntil(deadline + TICK);
        assertThat(timer.fired).hasSize(1);
        assertThat(wakeups).isLessThan(25);
    }

    @Test
    void aCancelledTimerDoesNotFire() {
        Recorder timer = new Recorder();
        wheel.arm(timer, now + 50);
        wheel.cancel(timer);
        wheel.cancel(timer);
        passUntil(now + 1000);
        assertThat(timer.fired).isEmpty();
    }

    @Test
    void armingAgainMovesTheDeadlineBothWays() {
        Recorder later = new Recorder();
        Recorder sooner = new Recorder();
        long start = now;
        wheel.arm(later, start + 50);
        wheel.arm(later, start + 500);
        wheel.arm(sooner, start + 500);
        wheel.arm(sooner, start + 50);
        passUntil(start + 100);
        assertThat(later.fired).isEmpty();
        assertThat(sooner.fired).hasSize(1);
        passUntil(start + 600);
        assertThat(later.fired).hasSize(1);
        assertThat(sooner.fired).hasSize(1);
    }

    @Test
    void aPastDeadlineFiresAtTheNextTick() {
        Recorder timer = new Recorder();
        passUntil(now + 5000);
        long armedAt = now;
        wheel.arm(timer, now - 4000);
        passUntil(now + TICK);
        assertThat(timer.fired).hasSize(1);
        assertThat(timer.fired.getFirst()).isBetween(armedAt, armedAt + TICK);
    }

    @Test
    void aTimerMayRearmItselfAndCancelItsNeighbourOfTheSameTick() {
        Recorder victim = new Recorder();
        List<Long> fired = new ArrayList<>();
        TimerWheel.Timer timer = new TimerWheel.Timer() {
            @Override
            protected void expired(long nowNanos) {
                fired.add(nowNanos);
                wheel.cancel(victim);
                if (fired.size() < 3) {
                    wheel.arm(this, nowNanos);
                }
            }
        };
        wheel.arm(timer, now + 40);
        wheel.arm(victim, now + 40);
        passUntil(now + 1000);
        assertThat(fired).hasSize(3);
        assertThat(victim.fired).isEmpty();
        assertThat(fired.get(2) - fired.get(0)).isEqualTo(2 * TICK);
    }

    @Test
    void aFailingTimerDoesNotStopTheOthers() {
        Recorder after = new Recorder();
        wheel.arm(new TimerWheel.Timer() {
            @Override
            protected void expired(long nowNanos) {
                throw new IllegalStateException("this failure is part of the test");
            }
        }, now + 40);
        wheel.arm(after, now + 40);
        passUntil(now + 100);
        assertThat(after.fired).hasSize(1);
    }

    @Test
    void aDriverThatComesLateFiresAllThatWasMissed() {
        List<Recorder> timers = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            Recorder timer = new Recorder();
            timers.add(timer);
            wheel.arm(timer, now + i * TICK);
        }
        wheel.advance(now + 3000 * TICK);
        assertThat(timers).allSatisfy(timer -> assertThat(timer.fired).hasSize(1));
        assertThat(wheel.armed()).isZero();
    }

    @Test
    void aWheelDoesWhatASortedMapDoes() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        int count = 200;
        Map<Integer, Long> deadlines = new HashMap<>();
        List<Recorder> timers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            timers.add(new Recorder());
        }
        for (int step = 0; step < 20_000; step++) {
            int which = random.nextInt(count);
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    long deadline = now + random.nextLong(-20, random.nextBoolean() ? 100 : 20_000);
                    wheel.arm(timers.get(which), deadline);
                    deadlines.put(which, Math.max(deadline, now));
                }
                case 2 -> {
                    wheel.cancel(timers.get(which));
                    deadlines.remove(which);
                }
                default -> {
                    passUntil(now + random.nextLong(200));
                    check(timers, deadlines, seed);
                }
            }
            assertThat(wheel.armed()).as("seed %d", seed).isGreaterThanOrEqualTo(0);
        }
    }

    private void check(List<Recorder> timers, Map<Integer, Long> deadlines, long seed) {
        for (int i = 0; i < timers.size(); i++) {
            Recorder timer = timers.get(i);
            for (long fired : timer.fired) {
                Long deadline = deadlines.remove(i);
                if (deadline == null) {
                    throw new AssertionError("timer " + i + " fired although not armed, seed " + seed);
                }
                assertThat(fired).as("timer %d, seed %d", i, seed).isBetween(deadline, deadline + 2 * TICK);
            }
            timer.fired.clear();
            Long pending = deadlines.get(i);
            assertThat(timer.armed()).as("timer %d, seed %d", i, seed).isEqualTo(pending != null);
            if (pending != null) {
                assertThat(now).as("timer %d is overdue, seed %d", i, seed).isLessThanOrEqualTo(pending + 2 * TICK);
            }
        }
    }
}
