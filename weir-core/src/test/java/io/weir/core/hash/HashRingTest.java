package io.weir.core.hash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HashRingTest {
    private static final long SEED = 20261127;

    private record Point(long hash, int key) {
    }

    private static List<String> addresses(int from, int count) {
        return IntStream.range(from, from + count).mapToObj(i -> "127.0.0.1:" + i).toList();
    }

    private static int[] ones(int count) {
        int[] ones = new int[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static HashRing ring(int from, long sizeMin, HashFunction function) {
        return HashRing.of(addresses(from, 6), ones(6), sizeMin, HashRing.SIZE_MAX, function);
    }

    @Test
    void xxHashPointsAreThoseOfEnvoy() {
        HashRing ring = ring(90, 12, HashFunction.XX_HASH);
        String[] points = {"833437586790550860", "928266305478181108", "1033482794131418490", "3551244743356806947",
                "3851675632748031481", "5583722120771150861", "6311230543546372928", "7700377290971790572",
                "13144177310400110813", "13444792449719432967", "15516499411664133160", "16117243373044804889"};
        int[] owners = {4, 2, 0, 5, 3, 1, 1, 3, 5, 2, 4, 0};
        assertThat(ring.size()).isEqualTo(12);
        for (int i = 0; i < points.length; i++) {
            long point = Long.parseUnsignedLong(points[i]);
            assertThat(ring.at(point, 0)).as(points[i]).isEqualTo(owners[i]);
            assertThat(ring.at(point + 1, 0)).as("after " + points[i]).isEqualTo(owners[(i + 1) % 12]);
            assertThat(ring.at(point, 3)).as("the fourth attempt at " + points[i]).isEqualTo(owners[(i + 3) % 12]);
        }
        assertThat(ring.at(0, 0)).isEqualTo(4);
        assertThat(ring.at(-1, 0)).isEqualTo(4);
    }

    @Test
    void murmurPointsAreThoseOfEnvoy() {
        HashRing ring = ring(80, 12, HashFunction.MURMUR_HASH_2);
        String[] points = {"1358027074129602068", "4361834613929391114", "7224494972555149682", "7701421856454313576",
                "8649315368077433379", "8739448859063030639", "9887544217113020895", "10150910876324007731",
                "15168472011420622455", "15427156902705414897", "16375050414328759093", "17613279263364193813"};
        int[] owners = {5, 3, 4, 1, 2, 4, 1, 2, 3, 0, 5, 0};
        for (int i = 0; i < points.length; i++) {
            assertThat(ring.at(Long.parseUnsignedLong(points[i]), 0)).as(points[i]).isEqualTo(owners[i]);
        }
    }

    @Test
    void anyRingIsTheOneASlowAndObviousBuilderMakes() {
        Random random = new Random(SEED);
        for (int round = 0; round < 40; round++) {
            int count = 1 + random.nextInt(30);
            int[] weights = random.ints(count, 1, 20).toArray();
            List<String> keys = addresses(1000, count);
            long sizeMin = 1L + random.nextInt(3000);
            List<Point> points = slow(keys, weights, sizeMin);
            HashRing ring = HashRing.of(keys, weights, sizeMin, HashRing.SIZE_MAX, HashFunction.XX_HASH);
            assertThat(ring.size()).isEqualTo(points.size());
            for (int i = 0; i < 300; i++) {
                long hash = random.nextLong();
                Point owner = points.stream().filter(p -> Long.compareUnsigned(p.hash, hash) >= 0).findFirst()
                        .orElse(points.getFirst());
                assertThat(ring.at(hash, 0)).as("seed " + SEED + " round " + round).isEqualTo(owner.key);
            }
        }
    }

    /** Points by the rule of Envoy's documentation: hashes in proportion to weights, the lightest a whole number. */
    private static List<Point> slow(List<String> keys, int[] weights, long sizeMin) {
        int sum = Arrays.stream(weights).sum();
        double least = (double) Arrays.stream(weights).min().orElseThrow() / sum;
        double scale = Math.ceil(least * sizeMin) / least;
        List<Point> points = new ArrayList<>();
        double target = 0;
        for (int k = 0; k < weights.length; k++) {
            target += scale * ((double) weights[k] / sum);
            for (int i = 0; points.size() < target; i++) {
                points.add(new Point(XxHash64.of(keys.get(k) + "_" + i), k));
            }
        }
        points.sort((a, b) -> Long.compareUnsigned(a.hash, b.hash));
        return points;
    }

    @Test
    void everyKeyHasItsPointsWhereWeightsDiffer() {
        int[] entries = HashRing.of(addresses(1, 3), new int[]{1, 2, 1}, 1024, HashRing.SIZE_MAX, HashFunction.XX_HASH)
                .entries();
        assertThat(entries).containsExactly(256, 512, 256);
    }

    @Test
    void aRingNeverExceedsItsMaximumAndSharesWhatThereIs() {
        HashRing ring = HashRing.of(addresses(1, 4), ones(4), 1, 6, HashFunction.XX_HASH);
        assertThat(ring.entries()).containsExactly(1, 1, 1, 1);
        HashRing capped = HashRing.of(addresses(1, 4), ones(4), 6, 6, HashFunction.XX_HASH);
        assertThat(capped.entries()).containsExactly(2, 1, 2, 1);
        HashRing tiny = HashRing.of(addresses(1, 100), ones(100), 1, 10, HashFunction.XX_HASH);
        assertThat(tiny.size()).isLessThanOrEqualTo(11);
        assertThat(tiny.at(12345, 0)).isBetween(0, 99);
    }

    @Test
    void oneOfAHundredKeysRemovedMovesItsOwnHashesOnly() {
        List<String> keys = addresses(2000, 100);
        List<String> fewer = new ArrayList<>(keys);
        fewer.remove(37);
        HashRing before = HashRing.of(keys, ones(100), 99_950, HashRing.SIZE_MAX, HashFunction.XX_HASH);
        HashRing after = HashRing.of(fewer, ones(99), 98_950, HashRing.SIZE_MAX, HashFunction.XX_HASH);
        Random random = new Random(SEED);
        int moved = 0;
        for (int i = 0; i < 100_000; i++) {
            long hash = random.nextLong();
            String was = keys.get(before.at(hash, 0));
            String is = fewer.get(after.at(hash, 0));
            if (!was.equals(is)) {
                moved++;
                assertThat(was).as("seed " + SEED).isEqualTo(keys.get(37));
            }
        }
        assertThat(moved / 100_000.0).as("seed " + SEED).isBetween(0.008, 0.012);
    }

    @Test
    void theOrderOfKeysDoesNotMatterWhereTheirNumbersOfPointsAreWhole() {
        List<String> keys = new ArrayList<>(addresses(1, 16));
        HashRing one = HashRing.of(keys, ones(16), 1024, HashRing.SIZE_MAX, HashFunction.XX_HASH);
        List<String> turned = new ArrayList<>(keys);
        Collections.reverse(turned);
        HashRing other = HashRing.of(turned, ones(16), 1024, HashRing.SIZE_MAX, HashFunction.XX_HASH);
        Random random = new Random(SEED);
        for (int i = 0; i < 1000; i++) {
            long hash = random.nextLong();
            assertThat(turned.get(other.at(hash, 0))).as("seed " + SEED).isEqualTo(keys.get(one.at(hash, 0)));
        }
    }
}
