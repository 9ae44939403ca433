package io.weir.core.tier;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.tier.PriorityLoads.Standing;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Golden shares: those of Envoy's documents, and some computed by hand from the same formula. */
class PriorityLoadsTest {
    private static final int PANIC = 50;

    private static Standing percent(int healthy, int degraded) {
        return Standing.of(100, healthy, degraded);
    }

    private static Standing percent(int healthy) {
        return percent(healthy, 0);
    }

    private static void healthy(List<Standing> standings, Integer... loads) {
        PriorityLoads shares = PriorityLoads.of(standings, PANIC);
        assertThat(Arrays.stream(loads).toList()).as(shares.toString())
                .isEqualTo(IntStream.range(0, standings.size()).mapToObj(shares::healthy).toList());
    }

    @Test
    void twoPrioritiesShareAsEnvoysTableSays() {
        healthy(List.of(percent(100), percent(100)), 100, 0);
        healthy(List.of(percent(72), percent(72)), 100, 0);
        healthy(List.of(percent(71), percent(71)), 99, 1);
        healthy(List.of(percent(50), percent(50)), 70, 30);
        healthy(List.of(percent(25), percent(100)), 35, 65);
        healthy(List.of(percent(25), percent(25)), 50, 50);
    }

    @Test
    void aThirdPriorityTakesWhatTheOthersCannot() {
        // 140 * 0.2 = 28, 140 * 0.2 = 28, and the third has 140 * 0.5 = 70 of which 44 are needed
        healthy(List.of(percent(20), percent(20), percent(50)), 28, 28, 44);
        healthy(List.of(percent(0), percent(100), percent(100)), 0, 100, 0);
    }

    @Test
    void whatRoundingLeavesGoesToTheFirstAvailable() {
        // health 14, 28, 14 of 56: 25, 50, 25; and 10, 10, 10 of 42: 33 each, one left over
        healthy(List.of(percent(60), percent(0)), 100, 0);
        PriorityLoads shares = PriorityLoads.of(List.of(percent(10), percent(10), percent(10)), 0);
        assertThat(List.of(shares.healthy(0), shares.healthy(1), shares.healthy(2))).containsExactly(34, 33, 33);
    }

    @Test
    void bothInPanicShareByTheirHosts() {
        PriorityLoads shares = PriorityLoads.of(List.of(percent(25), percent(25)), PANIC);
        assertThat(shares.panics(0)).isTrue();
        assertThat(shares.panics(1)).isTrue();
        shares = PriorityLoads.of(List.of(Standing.of(30, 3, 0), Standing.of(10, 1, 0)), PANIC);
        assertThat(List.of(shares.healthy(0), shares.healthy(1))).containsExactly(75, 25);
    }

    @Test
    void nobodyPanicsWhileAllTogetherSuffice() {
        PriorityLoads shares = PriorityLoads.of(List.of(percent(5), percent(100)), PANIC);
        assertThat(shares.panics(0)).isFalse();
        assertThat(List.of(shares.healthy(0), shares.healthy(1))).containsExactly(7, 93);
    }

    @Test
    void onlyThePriorityThatIsBadPanicsWhenTheTotalIsShort() {
        // 140 * 0.1 = 14 and 140 * 0.55 = 77: 91 in all, scaled to 15 and 84, and 1 left over
        PriorityLoads shares = PriorityLoads.of(List.of(percent(10), percent(55)), PANIC);
        assertThat(shares.panics(0)).isTrue();
        assertThat(shares.panics(1)).isFalse();
        assertThat(List.of(shares.healthy(0), shares.healthy(1))).containsExactly(16, 84);
    }

    @Test
    void degradedHostsCarryWhatHealthyOnesCannot() {
        // Envoy's example: 25 % healthy, 65 % degraded, 10 % bad: 140 * 0.25 = 35, and 140 * 0.65 = 91 covers the rest
        PriorityLoads shares = PriorityLoads.of(List.of(percent(25, 65)), PANIC);
        assertThat(shares.panics(0)).isFalse();
        assertThat(List.of(shares.healthy(0), shares.degraded(0))).containsExactly(35, 65);
    }

    @Test
    void healthyHostsOfALaterPriorityComeBeforeDegradedOnes() {
        // health 35 and 28; degradation 28 and 140: 100 in all are there, 37 are left for the degraded
        PriorityLoads shares = PriorityLoads.of(List.of(percent(25, 20), percent(20, 80)), PANIC);
        assertThat(List.of(shares.healthy(0), shares.healthy(1))).containsExactly(35, 28);
        assertThat(List.of(shares.degraded(0), shares.degraded(1))).containsExactly(28, 9);
    }

    @Test
    void nobodyAvailableWithoutPanicStillSumsToHundred() {
        PriorityLoads shares = PriorityLoads.of(List.of(percent(0), percent(0)), 0);
        assertThat(shares.panics(0)).isFalse();
        assertThat(List.of(shares.healthy(0), shares.healthy(1))).containsExactly(100, 0);
    }

    @Test
    void oneHostOfManyIsFoundWhereAllHealthIsRoundedDownToNothing() {
        // 140 * 1 / 200 = 0 for both of the later ones; those of the first have failed their checks
        List<Standing> standings = List.of(Standing.of(200, 0, 0), new Standing(200, 200, 1, 0, 140, 100),
                new Standing(200, 200, 0, 1, 140, 100));
        PriorityLoads shares = PriorityLoads.of(standings, PANIC);
        assertThat(List.of(shares.healthy(0), shares.healthy(1), shares.healthy(2))).containsExactly(0, 50, 0);
        assertThat(List.of(shares.degraded(0), shares.degraded(1), shares.degraded(2))).containsExactly(0, 0, 50);
        assertThat(shares.panics(1)).isFalse();
        // beside a priority that carries anything it gets nothing, as in Envoy
        healthy(List.of(Standing.of(200, 1, 0), Standing.of(200, 200, 0)), 0, 100);
        // and where all of them panic, all go by their hosts, as in Envoy
        healthy(List.of(Standing.of(300, 1, 0), Standing.of(100, 0, 0)), 75, 25);
    }

    @Test
    void sharesAlwaysAddUpToHundred() {
        long seed = 20261127;
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 20_000; round++) {
            Standing[] standings = new Standing[1 + random.nextInt(5)];
            for (int i = 0; i < standings.length; i++) {
                int hosts = random.nextInt(random.nextInt(10) == 0 ? 1_000 : 40);
                int healthy = random.nextInt(hosts + 1);
                standings[i] = Standing.of(hosts, healthy, random.nextInt(hosts - healthy + 1));
            }
            PriorityLoads shares = PriorityLoads.of(List.of(standings), random.nextBoolean() ? PANIC : 0);
            int sum = 0;
            for (int i = 0; i < standings.length; i++) {
                sum += shares.healthy(i) + shares.degraded(i);
            }
            assertThat(sum).as("seed %d, %s: %s", seed, Arrays.toString(standings), shares).isEqualTo(100);
        }
    }
}
