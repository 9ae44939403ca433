package io.weir.core.odds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.model.HostList;
import io.weir.core.follow.Overlap;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Very many weights, of which a few change at a time. */
class BlocksTest {
    private static final int HOSTS = 6_000;

    private int made;
    private int next;

    private Blocks<int[]> blocks(int[] weights, Blocks<int[]> before, Overlap overlap) {
        return Blocks.of(weights, this::part, before, overlap);
    }

    private int[] part(int start, int[] weights) {
        assertThat(start).isNotNegative();
        made++;
        return weights;
    }

    private Host host(SplittableRandom dice) {
        return new Host(Endpoint.of(InetSocketAddress.createUnresolved("h" + next++, 80))
                .withWeight(1 + dice.nextInt(9)));
    }

    private static int[] weights(List<Host> hosts) {
        return hosts.stream().mapToInt(host -> host.endpoint().weight()).toArray();
    }

    @Test
    void whateverChangesTheBlocksHoldAllWeightsInOrderAndFewAreMadeAnew() {
        long seed = 5;
        SplittableRandom dice = new SplittableRandom(seed);
        List<Host> hosts = new ArrayList<>();
        IntStream.range(0, HOSTS).forEach(_ -> hosts.add(host(dice)));
        HostList before = HostList.copyOf(hosts);
        Blocks<int[]> blocks = Blocks.of(weights(hosts), this::part, null, null);
        for (int round = 0; round < 200; round++) {
            List<Host> touched = new ArrayList<>();
            for (int n = dice.nextInt(3); n >= 0; n--) {
                int at = dice.nextInt(hosts.size());
                switch (dice.nextInt(3)) {
                    case 0 -> {
                        hosts.add(at, host(dice));
                        touched.add(hosts.get(at));
                    }
                    case 1 -> touched.add(hosts.remove(at));
                    default -> {
                        Host host = hosts.get(at);
                        host.endpoint(host.endpoint().withWeight(1 + dice.nextInt(9)));
                        touched.add(host);
                    }
                }
            }
            HostList now = HostList.copyOf(List.copyOf(hosts));
            made = 0;
            blocks = blocks(weights(now), blocks, Overlap.of(before, now, touched));
            before = now;
            assertThat(made).as("seed %d round %d", seed, round).isLessThanOrEqualTo(2 * touched.size());
            assertThat(blocks.count()).as("seed %d round %d", seed, round).isLessThan(4 * HOSTS / Blocks.SIZE);
            int[] held = new int[now.size()];
            int at = 0;
            for (int i = 0; i < blocks.count(); i++) {
                assertThat(blocks.start(i)).as("seed %d round %d", seed, round).isEqualTo(at);
                System.arraycopy(blocks.of(i), 0, held, at, blocks.of(i).length);
                at += blocks.of(i).length;
            }
            assertThat(Arrays.equals(held, weights(now))).as("seed %d round %d", seed, round).isTrue();
            assertThat(at).as("seed %d round %d", seed, round).isEqualTo(now.size());
        }
    }

    @Test
    void weightsThatComeOneByOneAtTheFrontDoNotEachGetABlock() {
        SplittableRandom dice = new SplittableRandom(7);
        List<Host> hosts = new ArrayList<>();
        IntStream.range(0, HOSTS).forEach(_ -> hosts.add(host(dice)));
        HostList before = HostList.copyOf(hosts);
        Blocks<int[]> blocks = Blocks.of(weights(hosts), this::part, null, null);
        for (int round = 0; round < 2_000; round++) {
            Host front = host(dice);
            hosts.addFirst(front);
            HostList now = HostList.copyOf(List.copyOf(hosts));
            made = 0;
            blocks = blocks(weights(now), blocks, Overlap.of(before, now, List.of(front)));
            before = now;
            assertThat(made).as("round %d", round).isLessThanOrEqualTo(3);
            assertThat(blocks.count()).as("round %d", round).isLessThanOrEqualTo(2 * hosts.size() / Blocks.SIZE + 1);
        }
        int[] held = IntStream.range(0, blocks.count()).boxed().map(blocks::of).flatMapToInt(Arrays::stream).toArray();
        assertThat(held).isEqualTo(weights(hosts));
    }

    @Test
    void everyBlockHasTheTurnsThatItWeighsButForAFew() {
        SplittableRandom dice = new SplittableRandom(3);
        int[] weights = IntStream.range(0, HOSTS).map(i -> 1 + dice.nextInt(1 + i / 100)).toArray();
        Blocks<int[]> blocks = Blocks.of(weights, this::part, null, null);
        double sum = Arrays.stream(weights).sum();
        int[] turns = new int[blocks.count()];
        int picks = 100_000;
        for (int i = 0; i < picks; i++) {
            turns[blocks.turn(i)]++;
        }
        for (int i = 0; i < turns.length; i++) {
            double share = Arrays.stream(blocks.of(i)).sum() / sum;
            assertThat((double) turns[i]).as("block %d", i).isCloseTo(picks * share, within(12.0));
        }
    }

    @Test
    void aTableOfVeryManyWeightsDrawsByThem() {
        int[] weights = IntStream.range(0, HOSTS).map(i -> i % 3 == 0 ? 1 : i % 3 == 1 ? 2 : 7).toArray();
        AliasTable table = AliasTable.of(weights, null, null);
        SplittableRandom dice = new SplittableRandom(11);
        int[] drawn = new int[HOSTS];
        int draws = 3_000_000;
        for (int i = 0; i < draws; i++) {
            drawn[table.draw(dice.nextLong())]++;
        }
        double deviation = 0;
        int[] byWeight = new int[8];
        for (int i = 0; i < HOSTS; i++) {
            double expected = (double) draws * weights[i] / (10 * HOSTS / 3);
            deviation += (drawn[i] - expected) * (drawn[i] - expected) / expected;
            byWeight[weights[i]] += drawn[i];
        }
        assertThat((double) byWeight[7] / draws).isCloseTo(0.7, within(0.002));
        assertThat((double) byWeight[2] / draws).isCloseTo(0.2, within(0.002));
        // chi square with 5,999 degrees of freedom: its standard deviation is 110
        assertThat(deviation).isBetween(5_560.0, 6_440.0);
    }
}
