package io.weir.core.admit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.weir.core.admit.AdaptiveConcurrency.Rule;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

/** The limit before a simulated server: so many requests at once, each for so long, the others in its queue. */
class AdaptiveConcurrencyTest {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1000 * MILLI;
    private static final long SEED = 3;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private AdaptiveConcurrency limit = new AdaptiveConcurrency(Rule.DEFAULT, SEED, 0);
    private long now;

    private double even() {
        return 8 + 4 * random.nextDouble();
    }

    private double exponential() {
        return -10 * Math.log(1 - random.nextDouble());
    }

    /** A request with the server. */
    private record Served(long end, long began) {
    }

    private final PriorityQueue<Served> working = new PriorityQueue<>((a, b) -> Long.compare(a.end, b.end));
    private final ArrayDeque<Long> queue = new ArrayDeque<>();

    /** What a stretch of time came to; limits are of every 10 ms. */
    private record Stretch(int served, int refused, List<Double> millis, List<Integer> limits) {
        double p99() {
            return millis.stream().sorted().skip(millis.size() * 99L / 100).findFirst().orElse(0.0);
        }

        int most() {
            return limits.stream().mapToInt(i -> i).max().orElse(0);
        }

        int least() {
            return limits.stream().mapToInt(i -> i).min().orElse(0);
        }
    }

    /** Poisson arrivals at a server with so many places. */
    private Stretch run(int places, double perSecond, DoubleSupplier workMillis, int seconds) {
        long until = now + seconds * SECOND;
        long look = now;
        long arrival = next(perSecond);
        var stretch = new int[2];
        var millis = new ArrayList<Double>();
        var limits = new ArrayList<Integer>();
        while (now < until) {
            boolean ends = !working.isEmpty() && working.peek().end <= arrival;
            now = ends ? working.peek().end : arrival;
            if (ends) {
                var over = working.poll();
                limit.ended(over.began, now - over.began, now);
                millis.add((now - over.began) / (double) MILLI);
                stretch[0]++;
            } else {
                arrival = next(perSecond);
                if (limit.tryBegin()) {
                    queue.add(now);
                } else {
                    stretch[1]++;
                }
            }
            while (working.size() < places && !queue.isEmpty()) {
                working.add(new Served(now + (long) (workMillis.getAsDouble() * MILLI), queue.poll()));
            }
            for (; look <= now; look += 10 * MILLI) {
                limits.add(limit.limit());
            }
        }
        return new Stretch(stretch[0], stretch[1], millis, limits);
    }

    private long next(double perSecond) {
        return now + (long) (-Math.log(1 - random.nextDouble()) / perSecond * SECOND);
    }

    @Test
    void withinCapacityNobodyIsRefused() {
        run(40, 2000, this::even, 5);
        assertThat(run(40, 2000, this::even, 150).refused).as("seed " + SEED).isZero();
    }

    /** Ten places of 10 ms each do 1,000 a second; 3,000 come, for a quarter of an hour. */
    @Test
    void beforeTenPlacesTheLimitStaysNearTenHoweverLongTheOverloadLasts() {
        run(10, 3000, this::even, 2);
        for (int minute = 1; minute <= 15; minute++) {
            Stretch stretch = run(10, 3000, this::even, 60);
            assertThat(stretch.most()).as("most in minute " + minute + ", seed " + SEED).isLessThanOrEqualTo(20);
            assertThat(stretch.least()).as("least in minute " + minute).isGreaterThanOrEqualTo(5);
            assertThat(stretch.p99()).as("ms in minute " + minute + ", of which 10 are work").isLessThan(22);
            assertThat(stretch.served / 60.0).as("a second in minute " + minute).isGreaterThan(980);
            assertThat(limit.floorNanos() / (double) MILLI).as("floor in minute " + minute).isBetween(9.0, 11.5);
        }
    }

    @Test
    void aServerWhoseTimesScatterIsKeptBusyTooAndItsQueueBounded() {
        run(10, 3000, this::exponential, 2);
        for (int minute = 1; minute <= 10; minute++) {
            Stretch stretch = run(10, 3000, this::exponential, 60);
            assertThat(stretch.served / 60.0).as("a second in minute " + minute + ", seed " + SEED).isGreaterThan(920);
            assertThat(stretch.most()).as("most in minute " + minute).isLessThanOrEqualTo(40);
        }
    }

    @Test
    void aServerThatLosesPlacesIsGivenLess() {
        run(40, 8000, this::even, 5);
        assertThat(run(40, 8000, this::even, 5).least()).isGreaterThan(20);
        run(10, 8000, this::even, 2);
        assertThat(run(10, 8000, this::even, 20).most()).isLessThanOrEqualTo(22);
    }

    /** The floor that was measured no longer holds, and the limit would starve the server if it did. */
    @Test
    void aServerThatBecomesThreeTimesSlowerIsUsedToTheFullWithinSeconds() {
        run(10, 3000, this::even, 10);
        run(10, 3000, () -> 3 * even(), 8);
        Stretch slow = run(10, 3000, () -> 3 * even(), 60);
        assertThat(slow.served / 60.0).as("of 333 a second, seed " + SEED).isGreaterThan(300);
        assertThat(slow.p99()).as("ms, of which 30 are work").isLessThan(75);
    }

    @Test
    void aServerThatBecomesQuickerIsUsedToTheFullAndItsNewFloorFound() {
        run(10, 3000, () -> 3 * even(), 10);
        run(10, 3000, this::even, 80);
        Stretch quick = run(10, 3000, this::even, 60);
        assertThat(quick.served / 60.0).as("of 1,000 a second, seed " + SEED).isGreaterThan(970);
        assertThat(quick.p99()).isLessThan(24);
    }

    @Test
    void anIdleIntervalLeavesTheLimitAlone() {
        assertThat(run(40, 100, this::even, 30).limits).containsOnly(20);
        assertThat(limit.floorNanos() / (double) MILLI).isBetween(9.0, 11.0);
    }

    @Test
    void aFixedFloorIsNotMeasured() {
        limit = new AdaptiveConcurrency(new Rule(3, 1000, 1.25, 100 * MILLI, 60 * SECOND, 0, 50, 10 * MILLI), SEED, 0);
        assertThat(limit.measuring()).isFalse();
        run(10, 3000, this::even, 2);
        assertThat(run(10, 3000, this::even, 130).least()).isGreaterThanOrEqualTo(10);
        assertThat(limit.floorNanos()).isEqualTo(10 * MILLI);
    }

    @Test
    void aFewRequestsThatTakeForEverDoNotCloseTheDoor() {
        DoubleSupplier stuck = () -> random.nextInt(100) == 0 ? 1000 : even();
        run(1000, 3000, this::even, 5);
        assertThat(run(1000, 3000, stuck, 30).limits.getLast()).as("seed " + SEED).isGreaterThan(50);
    }

    @Test
    void whatIsDroppedGivesItsPlaceBackAndSaysNothingOfTime() {
        for (int i = 0; i < 1000; i++) {
            assertThat(limit.tryBegin()).isTrue();
            limit.dropped();
        }
        assertThat(limit.active()).isZero();
        assertThat(limit.floorNanos()).isZero();
    }

    @Test
    void anIntervalWithMoreRequestsThanItCountsIsStillOfTheirLatency() {
        limit = new AdaptiveConcurrency(new Rule(1000, 1000, 1.25, SECOND, SECOND, 0, 50, 10 * MILLI), SEED, 0);
        for (int i = 0; i < 20_000_000; i++) {
            limit.tryBegin();
            limit.ended(0, 3 * MILLI, 0);
        }
        limit.tryBegin();
        limit.ended(0, 3 * MILLI, 2 * SECOND);
        assertThat((double) limit.latencyNanos()).isCloseTo(3 * MILLI, withinPercentage(0.1));
    }

    @Test
    void timesThatAreNoneDoNotBreakIt() {
        for (int i = 1; i <= 1000; i++) {
            limit.tryBegin();
            limit.ended(i * SECOND, i % 2 == 0 ? 0 : -5, i * SECOND);
        }
        assertThat(limit.limit()).isBetween(3, 1000);
        assertThat(limit.floorNanos()).isBetween(0L, 2L);
    }

    @Test
    void aRuleThatIsNoneIsRefused() {
        assertThatThrownBy(() -> new Rule(0, 1000, 1.5, 1, 1, 0, 1, 0)).hasMessageContaining("0 to 1000");
        assertThatThrownBy(() -> new Rule(3, 1000, Double.NaN, 1, 1, 0, 1, 0)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> new Rule(3, 1000, 1.5, 1, 1, Double.NaN, 1, 0)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> new Rule(3, 1000, Double.POSITIVE_INFINITY, 1, 1, 0, 1, 0))
                .hasMessageContaining("Infinity");
    }
}
