package io.weir.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.model.BalancePolicy;
import io.weir.core.rule.EjectionSpec;
import io.weir.core.model.Host;
import io.weir.core.odds.AliasTable;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RandomTest {
    private static final long SEED = 424242;

    @Test
    void equalWeightsGiveEqualShares() {
        List<Host> hosts = Asked.hosts(1, 1, 1, 1);
        Tally counts = Asked.counts(new Random(new Group(hosts), null), new Asked(SEED), 40_000);
        // 5 sigma of a binomial of 40,000 and 1/4
        assertThat(counts.values()).as("seed " + SEED).allSatisfy(n -> assertThat(n).isBetween(9_567, 10_433));
    }

    @Test
    void sharesFollowWeights() {
        List<Host> hosts = Asked.hosts(1, 2, 1);
        Tally counts = Asked.counts(new Random(new Group(hosts), null), new Asked(SEED), 40_000);
        assertThat(counts.of(hosts.get(0))).as("seed " + SEED).isBetween(9_567, 10_433);
        assertThat(counts.of(hosts.get(1))).as("seed " + SEED).isBetween(19_500, 20_500);
    }

    @Test
    void theAliasTableFollowsAnyWeights() {
        java.util.Random random = new java.util.Random(SEED);
        for (int round = 0; round < 20; round++) {
            int[] weights = random.ints(2 + random.nextInt(30), 1, 1000).toArray();
            double sum = Arrays.stream(weights).sum();
            AliasTable table = new AliasTable(weights);
            int[] counts = new int[weights.length];
            SplittableRandom dice = new SplittableRandom(SEED + round);
            int draws = 100_000;
            for (int i = 0; i < draws; i++) {
                counts[table.draw(dice.nextLong())]++;
            }
            for (int i = 0; i < weights.length; i++) {
                double share = weights[i] / sum;
                double sigma = Math.sqrt(draws * share * (1 - share));
                assertThat(Math.abs(counts[i] - draws * share)).as("seed " + SEED + " round " + round)
                        .isLessThan(6 * sigma + 1);
            }
        }
    }

    @Test
    void ejectedAndExcludedHostsAreAvoided() {
        List<Host> hosts = Asked.hosts(1, 50, 1, 1);
        Chooser chooser = new Random(new Group(hosts), null);
        hosts.get(1).unreachable(EjectionSpec.DEFAULT, 0);
        Asked asked = new Asked(SEED);
        asked.tried().add(hosts.get(2));
        Tally counts = Asked.counts(chooser, asked, 1000);
        assertThat(counts.of(hosts.get(1)) + counts.of(hosts.get(2))).isZero();
        assertThat(counts.of(hosts.get(0))).isPositive();
        assertThat(counts.of(hosts.get(3))).isPositive();
    }

    @Test
    void aGroupOfOneNeedsNoDice() {
        List<Host> hosts = Asked.hosts(5);
        Chooser chooser = Random.build(new Group(hosts), new BalancePolicy.Random(), SEED, null);
        assertThat(chooser).isInstanceOf(Single.class);
        assertThat(chooser.choose(new Asked(SEED))).extracting(Pick.Chosen::host).isSameAs(hosts.getFirst());
        hosts.getFirst().unreachable(EjectionSpec.DEFAULT, 0);
        assertThat(chooser.choose(new Asked(SEED))).isNull();
    }
}
