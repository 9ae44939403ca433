package io.weir.core.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MaglevTableTest {
    private static final long SEED = 65537;

    private static List<String> addresses(int count) {
        return IntStream.range(90, 90 + count).mapToObj(i -> "127.0.0.1:" + i).toList();
    }

    private static int[] ones(int count) {
        int[] ones = new int[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static int[] slots(MaglevTable table) {
        return IntStream.range(0, table.size()).map(slot -> table.at(slot, 0)).toArray();
    }

    @Test
    void equalWeightsGiveTheTableOfEnvoy() {
        MaglevTable table = MaglevTable.of(addresses(6), ones(6), 7);
        assertThat(slots(table)).containsExactly(2, 4, 0, 1, 5, 0, 3);
        assertThat(slots(MaglevTable.of(List.of("90", "91", "92", "93", "94", "95"), ones(6), 7)))
                .containsExactly(2, 5, 0, 3, 4, 1, 0);
    }

    @Test
    void weightsGiveTheTableOfEnvoy() {
        MaglevTable table = MaglevTable.of(addresses(2), new int[]{1, 2}, 17);
        assertThat(slots(table)).containsExactly(1, 0, 0, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 0, 1);
        assertThat(table.entries()).containsExactly(6, 11);
    }

    @Test
    void furtherAttemptsAreThoseOfEnvoy() {
        MaglevTable table = MaglevTable.of(addresses(6), ones(6), 7);
        assertThat(table.at(10, 0)).isEqualTo(1);
        assertThat(table.at(10, 1)).isZero();
        assertThat(table.at(10, 2)).isEqualTo(5);
    }

    @Test
    void anyTableIsTheOneThatListing1OfThePaperMakes() {
        Random random = new Random(SEED);
        int[] primes = {2, 3, 7, 17, 101, 251, 1009, 4099};
        for (int round = 0; round < 60; round++) {
            int size = primes[random.nextInt(primes.length)];
            int count = 1 + random.nextInt(40);
            int[] weights = round % 2 == 0 ? ones(count) : random.ints(count, 1, 9).toArray();
            List<String> keys = new ArrayList<>(addresses(count));
            Collections.shuffle(keys, random);
            assertThat(slots(MaglevTable.of(keys, weights, size))).as("seed " + SEED + " round " + round)
                    .containsExactly(slow(keys, weights, size));
        }
    }

    /** Listing 1 of the paper, permutations written out, with a turn at every heaviest / weight-th round. */
    private static int[] slow(List<String> keys, int[] weights, int size) {
        List<String> sorted = keys.stream().sorted().toList();
        int sum = Arrays.stream(weights).sum();
        double heaviest = (double) Arrays.stream(weights).max().orElseThrow() / sum;
        List<List<Integer>> permutations = new ArrayList<>();
        for (String key : sorted) {
            long offset = Long.remainderUnsigned(XxHash64.of(key, 0), size);
            long skip = Long.remainderUnsigned(XxHash64.of(key, 1), size - 1L) + 1;
            List<Integer> permutation = new ArrayList<>();
            for (long j = 0; j < size; j++) {
                permutation.add((int) ((offset + j * skip) % size));
            }
            permutations.add(permutation);
        }
        Integer[] table = new Integer[size];
        double[] target = new double[sorted.size()];
        int filled = 0;
        for (int round = 1; filled < size; round++) {
            for (int i = 0; i < sorted.size() && filled < size; i++) {
                int key = keys.indexOf(sorted.get(i));
                if (round * ((double) weights[key] / sum) >= target[i]) {
                    target[i] += heaviest;
                    int slot = permutations.get(i).stream().filter(s -> table[s] == null).findFirst().orElseThrow();
                    table[slot] = key;
                    filled++;
                }
            }
        }
        return Arrays.stream(table).mapToInt(Integer::intValue).toArray();
    }

    @Test
    void aHashBelongsToTheSlotOfItsRemainder() {
        Random random = new Random(SEED);
        for (int size : new int[]{2, 3, 7, 65537, MaglevTable.SIZE_MAX}) {
            MaglevTable table = MaglevTable.of(addresses(500), ones(500), size);
            for (int i = 0; i < 5_000; i++) {
                long hash = i == 0 ? -1 : i == 1 ? Long.MIN_VALUE : random.nextLong();
                assertThat(table.at(hash, 0)).as("seed " + SEED + " hash " + hash + " size " + size)
                        .isEqualTo(table.at(Long.remainderUnsigned(hash, size), 0));
            }
        }
    }

    @Test
    void equalKeysDifferByOneSlotAtMost() {
        int[] entries = MaglevTable.of(addresses(1000), ones(1000), MaglevTable.SIZE_DEFAULT).entries();
        assertThat(Arrays.stream(entries)).allMatch(n -> n == 65 || n == 66);
        assertThat(Arrays.stream(entries).sum()).isEqualTo(MaglevTable.SIZE_DEFAULT);
    }

    @Test
    void oneOfAHundredKeysRemovedMovesAtMostTwiceItsShare() {
        List<String> keys = addresses(100);
        List<String> fewer = new ArrayList<>(keys);
        fewer.remove(50);
        MaglevTable before = MaglevTable.of(keys, ones(100), MaglevTable.SIZE_DEFAULT);
        MaglevTable after = MaglevTable.of(fewer, ones(99), MaglevTable.SIZE_DEFAULT);
        long moved = IntStream.range(0, before.size())
                .filter(slot -> !keys.get(before.at(slot, 0)).equals(fewer.get(after.at(slot, 0)))).count();
        assertThat((double) moved / before.size()).isBetween(0.01, 0.02);
    }

    @Test
    void theOrderInWhichKeysAreGivenDoesNotMatter() {
        List<String> keys = addresses(50);
        List<String> turned = new ArrayList<>(keys);
        Collections.reverse(turned);
        MaglevTable one = MaglevTable.of(keys, ones(50), 1009);
        MaglevTable other = MaglevTable.of(turned, ones(50), 1009);
        for (int slot = 0; slot < 1009; slot++) {
            assertThat(turned.get(other.at(slot, 0))).isEqualTo(keys.get(one.at(slot, 0)));
        }
    }

    @Test
    void aTableSmallerThanItsKeysIsFullAllTheSame() {
        MaglevTable table = MaglevTable.of(addresses(50), ones(50), 7);
        assertThat(Arrays.stream(table.entries()).sum()).isEqualTo(7);
        assertThat(Arrays.stream(table.entries()).filter(n -> n == 1).count()).isEqualTo(7);
    }

    @Test
    void aHugeWeightBesideSmallOnesLeavesEachItsSlot() {
        int[] weights = ones(1024);
        weights[0] = 127 * 1023;
        int[] entries = MaglevTable.of(addresses(1024), weights, MaglevTable.SIZE_DEFAULT).entries();
        assertThat(entries[0]).isEqualTo(MaglevTable.SIZE_DEFAULT - 1023);
        assertThat(Arrays.stream(entries).skip(1)).allMatch(n -> n == 1);
    }

    @Test
    void moreKeysThanTwoBytesCanTellFit() {
        List<String> keys = IntStream.range(0, 70_000).mapToObj(i -> "h" + i).toList();
        MaglevTable table = MaglevTable.of(keys, ones(70_000), 100_003);
        assertThat(Arrays.stream(table.entries())).allMatch(n -> n == 1 || n == 2);
        assertThat(IntStream.range(0, table.size()).map(slot -> table.at(slot, 0)).max()).hasValue(69_999);
    }

    @Test
    void onlyPrimesUpToTheMaximumAreSizes() {
        assertThat(IntStream.of(2, 3, 65537, 5_000_011).allMatch(MaglevTable::sizeAllowed)).isTrue();
        assertThat(IntStream.of(-7, 0, 1, 4, 9, 65536, 5_000_021).noneMatch(MaglevTable::sizeAllowed)).isTrue();
        assertThatThrownBy(() -> MaglevTable.of(List.of(), new int[0], 7)).hasMessageContaining("0 keys");
    }
}
