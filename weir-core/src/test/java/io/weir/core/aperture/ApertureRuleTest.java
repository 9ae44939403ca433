package io.weir.core.aperture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.weir.core.aperture.ApertureRule.Deterministic;
import io.weir.core.aperture.ApertureRule.RandomSubset;
import io.weir.core.aperture.ApertureRule.Self;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ApertureRuleTest {
    private static final long SEED = 42;

    private static List<String> names(int count) {
        return IntStream.range(0, count).mapToObj(i -> "10.1." + i / 256 + "." + i % 256 + ":80").toList();
    }

    private static long used(double[] shares) {
        return Arrays.stream(shares).filter(share -> share > 0).count();
    }

    private static Self peer(int index, int count) {
        return new Self(new SplittableRandom(SEED + index).nextLong(), index, count);
    }

    /** What each host gets of the traffic of so many proxies that have one unit each. */
    private static double[] loads(ApertureRule rule, List<String> names, int proxies) {
        double[] loads = new double[names.size()];
        for (int proxy = 0; proxy < proxies; proxy++) {
            double[] shares = rule.shares(names, peer(proxy, proxies));
            double sum = Arrays.stream(shares).sum();
            for (int i = 0; i < loads.length; i++) {
                loads[i] += shares[i] / sum;
            }
        }
        return loads;
    }

    @Test
    void aThousandProxiesBeforeAThousandHostsHaveTwelveConnectionsEachAndSoHasEveryHost() {
        List<String> names = names(1000);
        int[] proxiesOf = new int[1000];
        for (int proxy = 0; proxy < 1000; proxy++) {
            double[] shares = new Deterministic(12, -1, 0).shares(names, peer(proxy, 1000));
            assertThat(used(shares)).isEqualTo(12);
            for (int i = 0; i < 1000; i++) {
                proxiesOf[i] += shares[i] > 0 ? 1 : 0;
            }
        }
        assertThat(proxiesOf).containsOnly(12);
    }

    @Test
    void everyHostGetsTheSameOfTheTrafficHoweverUnevenTheNumbersAre() {
        for (int[] sizes : new int[][]{{7, 40}, {3, 100}, {100, 13}, {97, 1000}, {1, 50}, {11, 12}, {1000, 17}}) {
            double[] loads = loads(new Deterministic(12, -1, 0), names(sizes[1]), sizes[0]);
            double fair = (double) sizes[0] / sizes[1];
            for (double load : loads) {
                assertThat(load).as("%d proxies, %d hosts", sizes[0], sizes[1]).isCloseTo(fair, offset(1e-6 * fair));
            }
        }
    }

    @Test
    void anApertureHasItsLeastHostsAndNotMuchMore() {
        for (int proxies : new int[]{50, 99, 400}) {
            for (int proxy = 0; proxy < proxies; proxy++) {
                double[] shares = new Deterministic(12, proxy, proxies).shares(names(400), Self.UNKNOWN);
                assertThat(Arrays.stream(shares).sum()).isGreaterThanOrEqualTo(12 - 1e-6);
                assertThat(used(shares)).isBetween(12L, 21L);
            }
        }
    }

    @Test
    void theOrderInWhichHostsAreFoundDoesNotMatter() {
        List<String> names = names(60);
        List<String> shuffled = new ArrayList<>(names);
        Collections.shuffle(shuffled, new Random(SEED));
        for (ApertureRule rule : List.of(new Deterministic(12, 3, 20), new RandomSubset(20))) {
            double[] shares = rule.shares(names, peer(3, 20));
            double[] others = rule.shares(shuffled, peer(3, 20));
            for (int i = 0; i < 60; i++) {
                assertThat(others[shuffled.indexOf(names.get(i))]).isEqualTo(shares[i]);
            }
        }
    }

    @Test
    void whoDoesNotKnowItsPlaceOrHasFewHostsUsesAll() {
        assertThat(new Deterministic(12, -1, 0).shares(names(40), Self.UNKNOWN)).containsOnly(1);
        assertThat(new Deterministic(12, 0, 5).shares(names(12), Self.UNKNOWN)).containsOnly(1);
        assertThat(new Deterministic(12, 0, 1).shares(names(40), Self.UNKNOWN)).containsOnly(1);
        assertThat(new RandomSubset(20).shares(names(20), Self.UNKNOWN)).containsOnly(1);
        assertThat(ApertureRule.ALL.shares(names(3), Self.UNKNOWN)).containsExactly(1, 1, 1);
    }

    @Test
    void ofARandomSubsetAtMostOneHostChangesWhenOneComesOrGoes() {
        List<String> names = names(100);
        var rule = new RandomSubset(20);
        for (int proxy = 0; proxy < 50; proxy++) {
            double[] before = rule.shares(names, peer(proxy, 50));
            assertThat(used(before)).isEqualTo(20);
            double[] after = rule.shares(names.subList(1, 100), peer(proxy, 50));
            int gone = 0;
            for (int i = 1; i < 100; i++) {
                gone += before[i] > 0 && after[i - 1] == 0 ? 1 : 0;
            }
            assertThat(gone).isZero();
            assertThat(used(after)).isEqualTo(20);
        }
    }

    @Test
    void randomSubsetsOfManyProxiesUseHostsAboutEvenlyAndApertureExactly() {
        double[] random = loads(new RandomSubset(25), names(100), 1000);
        // 250 proxies each on average; binomial, so within five deviations of sqrt(187)
        assertThat(Arrays.stream(random).min().orElseThrow()).isGreaterThan((250 - 68) / 25.0);
        assertThat(Arrays.stream(random).max().orElseThrow()).isLessThan((250 + 68) / 25.0);
        double[] exact = loads(new Deterministic(25, -1, 0), names(100), 1000);
        assertThat(Arrays.stream(exact).max().orElseThrow()).isCloseTo(10, offset(1e-6));
    }
}
