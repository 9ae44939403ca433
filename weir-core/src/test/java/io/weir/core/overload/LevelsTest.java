package io.weir.core.overload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.weir.core.overload.TimerScale.Timer;
import io.weir.core.stats.Counter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LevelsTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int CASES = 20_000;

    private final long seed = System.nanoTime();
    private final SplittableRandom dice = new SplittableRandom(seed);

    private Trigger trigger(String monitor) {
        double first = dice.nextDouble();
        return dice.nextBoolean()
                ? new Trigger.Threshold(monitor, first)
                : new Trigger.Scaled(monitor, first * 0.99, first + (1 - first) * dice.nextDouble());
    }

    private static OverloadSpec spec(Action action, List<Trigger> triggers, TimerScale... timers) {
        return new OverloadSpec(SECOND, Map.of("a", new MonitorSpec.Heap(1)), Map.of(action, triggers), Map.of(),
                List.of(timers), 0);
    }

    @Test
    void aTriggerNeverDoesLessForAHigherPressureNorMoreThanEverything() {
        for (int i = 0; i < CASES; i++) {
            Trigger trigger = trigger("a");
            double low = dice.nextDouble(1.2);
            double high = low + dice.nextDouble(0.5);
            assertThat(trigger.state(low)).as("seed %d: %s at %s", seed, trigger, low).isBetween(0.0, 1.0);
            assertThat(trigger.state(high)).as("seed %d: %s at %s and %s", seed, trigger, low, high)
                    .isGreaterThanOrEqualTo(trigger.state(low));
            assertThat(trigger.state(0)).as("seed %d: %s at 0", seed, trigger)
                    .isEqualTo(trigger.equals(new Trigger.Threshold("a", 0)) ? 1 : 0);
            assertThat(trigger.state(1)).as("seed %d: %s at 1", seed, trigger).isOne();
        }
    }

    @Test
    void theStrongestTriggerCountsWhateverTheirOrder() {
        for (int i = 0; i < CASES; i++) {
            List<Trigger> triggers = new ArrayList<>();
            Map<String, Double> pressures = new HashMap<>();
            for (String monitor : List.of("a", "b", "c").subList(0, 1 + dice.nextInt(3))) {
                triggers.add(trigger(monitor));
                pressures.put(monitor, dice.nextDouble());
            }
            double strongest = triggers.stream()
                    .mapToDouble(each -> each.state(pressures.getOrDefault(each.monitor(), 0.0))).max().orElse(0);
            Levels levels = Levels.of(spec(Action.SHRINK_HEAP, triggers), name -> pressures.getOrDefault(name, 0.0));
            Levels turned = Levels.of(spec(Action.SHRINK_HEAP, triggers.reversed()),
                    name -> pressures.getOrDefault(name, 0.0));
            assertThat(levels.of(Action.SHRINK_HEAP)).as("seed %d: %s at %s", seed, triggers, pressures)
                    .isEqualTo(strongest).isEqualTo(turned.of(Action.SHRINK_HEAP));
            assertThat(levels.saturated(Action.SHRINK_HEAP)).isEqualTo(strongest == 1);
            assertThat(levels.of(Action.STOP_ACCEPTING_REQUESTS)).isZero();
        }
    }

    @Test
    void aTimeoutIsShortenedInAStraightLineToItsFloorAndNoFurther() {
        for (int i = 0; i < CASES; i++) {
            TimerScale scale = dice.nextBoolean()
                    ? new TimerScale(Timer.HTTP_DOWNSTREAM_STREAM_IDLE, dice.nextLong(100 * SECOND), 0)
                    : new TimerScale(Timer.HTTP_DOWNSTREAM_STREAM_IDLE, -1, dice.nextDouble());
            OverloadSpec spec = spec(Action.REDUCE_TIMEOUTS, List.of(new Trigger.Scaled("a", 0, 1)), scale);
            long nanos = 1 + dice.nextLong(100 * SECOND);
            double pressure = dice.nextDouble();
            long shortened = Levels.of(spec, _ -> pressure).shortened(Timer.HTTP_DOWNSTREAM_STREAM_IDLE, nanos);
            long floor = Levels.of(spec, _ -> 1).shortened(Timer.HTTP_DOWNSTREAM_STREAM_IDLE, nanos);
            assertThat(floor).as("seed %d: %s", seed, scale).isEqualTo(scale.floorNanos(nanos)).isBetween(0L, nanos);
            assertThat((double) shortened).as("seed %d: %s of %d at %s", seed, scale, nanos, pressure)
                    .isCloseTo(nanos - (nanos - floor) * pressure, within(2.0));
            assertThat(Levels.of(spec, _ -> 0).shortened(Timer.HTTP_DOWNSTREAM_STREAM_IDLE, nanos)).isEqualTo(nanos);
        }
    }

    @Test
    void aTimeoutThatIsNoneOrNobodyShortensStaysAndIsLookedAtOnceOnly() {
        TimerScale scale = new TimerScale(Timer.HTTP_DOWNSTREAM_CONNECTION_IDLE, 2 * SECOND, 0);
        Levels levels = Levels.of(spec(Action.REDUCE_TIMEOUTS, List.of(new Trigger.Threshold("a", 0)), scale), _ -> 1);
        assertThat(levels.shortened(Timer.HTTP_DOWNSTREAM_CONNECTION_IDLE, 0)).isZero();
        assertThat(levels.shortened(Timer.HTTP_DOWNSTREAM_STREAM_IDLE, 3600 * SECOND)).isEqualTo(3600 * SECOND);
        assertThat(levels.lookNanos(Timer.HTTP_DOWNSTREAM_STREAM_IDLE, 3600 * SECOND)).isEqualTo(3600 * SECOND);
        assertThat(levels.shortened(Timer.HTTP_DOWNSTREAM_CONNECTION_IDLE, 3600 * SECOND)).isEqualTo(2 * SECOND);
        assertThat(levels.lookNanos(Timer.HTTP_DOWNSTREAM_CONNECTION_IDLE, 3600 * SECOND)).isEqualTo(2 * SECOND);
        assertThat(levels.lookNanos(Timer.HTTP_DOWNSTREAM_CONNECTION_IDLE, SECOND / 2)).isEqualTo(SECOND / 2);
    }

    @Test
    void aWayDownOrOfNoLengthIsNone() {
        assertThatThrownBy(() -> new Trigger.Scaled("a", 0.5, 0.5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Trigger.Scaled("a", 0.5, 0.4)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPointShedsItsShareAndCountsIt() {
        Overload overload = new Overload();
        Counter counted = Counter.unnamed();
        overload.count(ShedPoint.DECODE_HEADERS, counted);
        Trigger.Scaled half = new Trigger.Scaled("a", 0, 1);
        OverloadSpec spec = new OverloadSpec(SECOND, Map.of(), Map.of(Action.DISABLE_HTTP_KEEPALIVE, List.of(half)),
                Map.of(ShedPoint.DECODE_HEADERS, List.of(half)), List.of(), 0);
        for (double chance : new double[]{0, 0.3, 1}) {
            overload.publish(Levels.of(spec, _ -> chance));
            long before = counted.value();
            int struck = 0;
            int shed = 0;
            for (int i = 0; i < CASES; i++) {
                struck += overload.strikes(Action.DISABLE_HTTP_KEEPALIVE, dice) ? 1 : 0;
                shed += overload.sheds(ShedPoint.DECODE_HEADERS, dice) ? 1 : 0;
            }
            assertThat(counted.value() - before).isEqualTo(shed);
            // ten standard deviations
            assertThat(shed / (double) CASES).as("seed %d", seed).isCloseTo(chance, within(chance % 1 * 0.11));
            assertThat(struck / (double) CASES).as("seed %d", seed).isCloseTo(chance, within(chance % 1 * 0.11));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0     | 9223372036854775807 | nothing
            0.001 | 134217728           | the last of eight classes, from 128 MiB on
            0.124 | 134217728           | the same
            0.125 | 67108864            | one more
            0.5   | 8388608             | five
            0.999 | 1048576             | all
            1     | 1048576             | all
            """)
    void theMoreIsResetTheSmallerTheStreamsAreThatAreHit(double share, long bytes, String what) {
        OverloadSpec spec = new OverloadSpec(SECOND, Map.of(), Map.of(Action.RESET_HIGH_MEMORY_STREAM,
                List.of(new Trigger.Scaled("a", 0, 1))), Map.of(), List.of(), 20);
        Relief relief = Levels.of(spec, _ -> share).relief();
        assertThat(relief.resetBytesMin()).as(what).isEqualTo(bytes);
        assertThat(relief.resets()).isEqualTo(share > 0);
        assertThat(relief.closes()).isFalse();
    }

    @Test
    void classesEndWhereNumbersDo() {
        OverloadSpec spec = new OverloadSpec(SECOND, Map.of(), Map.of(Action.RESET_HIGH_MEMORY_STREAM,
                List.of(new Trigger.Scaled("a", 0, 1))), Map.of(), List.of(), 56);
        assertThat(Levels.of(spec, _ -> 0.01).relief().resetBytesMin()).isEqualTo(1L << 62);
        assertThat(Levels.of(spec, _ -> 1).relief().resetBytesMin()).isEqualTo(1L << 56);
    }

    @Test
    void connectionsThatRestAreClosedSoonerAndMoreAtOnceWhileSaturated() {
        OverloadSpec spec = spec(Action.CLOSE_IDLE_HTTP_CONNECTIONS, List.of(new Trigger.Scaled("a", 0, 1)));
        assertThat(Levels.of(spec, _ -> 0).relief()).isEqualTo(Relief.NONE);
        assertThat(Levels.of(spec, _ -> 0.9).relief()).isEqualTo(new Relief(Long.MAX_VALUE, 60 * SECOND, 5));
        assertThat(Levels.of(spec, _ -> 1).relief()).isEqualTo(new Relief(Long.MAX_VALUE, 10 * SECOND, 50));
    }

    @Test
    void theForemostAreTheGreatestInTheirOrderWhoeverCameFirst() {
        for (int i = 0; i < 200; i++) {
            List<Long> numbers = dice.longs(dice.nextInt(40), 0, 30).boxed().toList();
            int max = dice.nextInt(10);
            var foremost = new Foremost<Long>(max);
            numbers.forEach(number -> foremost.offer(number, number));
            assertThat(foremost.all()).as("seed %d: %d of %s", seed, max, numbers)
                    .isEqualTo(numbers.stream().sorted(Comparator.reverseOrder()).limit(max).toList());
        }
    }

    @Test
    void connectionsBeyondTheLimitAreRefusedUnlessTheyMayAlwaysComeAndCountInAnyCase() {
        Overload overload = new Overload();
        assertThat(overload.connectionOpened(false)).isTrue();
        overload.publish(Levels.of(new OverloadSpec(SECOND, Map.of("a", new MonitorSpec.Connections(2)), Map.of(),
                Map.of(), List.of(), 0), _ -> 0));
        assertThat(overload.connectionOpened(false)).isTrue();
        assertThat(overload.connectionOpened(false)).isFalse();
        assertThat(overload.connectionOpened(true)).isTrue();
        overload.connectionEnded();
        assertThat(overload.connectionOpened(false)).isFalse();
        overload.connectionEnded();
        assertThat(overload.connectionOpened(false)).isTrue();
        assertThat(overload.connections()).isEqualTo(2);
    }
}
