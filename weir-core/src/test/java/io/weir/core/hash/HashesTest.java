package io.weir.core.hash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HashesTest {
    private static long murmur(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        return MurmurHash2.of(bytes, 0, bytes.length, MurmurHash2.STD_HASH_SEED);
    }

    @Test
    void xxHash64GivesThePublishedValues() {
        assertThat(XxHash64.of("")).isEqualTo(0xEF46DB3751D8E999L);
        assertThat(XxHash64.of("a")).isEqualTo(0xD24EC4F1A98C6E5BL);
        assertThat(XxHash64.of("abc")).isEqualTo(0x44BC2CF5AD770999L);
        assertThat(XxHash64.of("foo")).isEqualTo(3728699739546630719L);
        assertThat(XxHash64.of("bar")).isEqualTo(5234164152756840025L);
        assertThat(XxHash64.of("lyft")).isEqualTo(4400747396090729504L);
        assertThat(XxHash64.of("Nobody inspects the spammish repetition")).isEqualTo(0xFBCEA83C8A378BF1L);
        assertThat(XxHash64.of("xxhash", 20141025)).isEqualTo(0xB559B98D844E0635L);
    }

    @Test
    void murmurHash2GivesTheValuesOfGnusStdHash() {
        assertThat(Long.toUnsignedString(murmur(""))).isEqualTo("6142509188972423790");
        assertThat(Long.toUnsignedString(murmur("foo"))).isEqualTo("9631199822919835226");
        assertThat(Long.toUnsignedString(murmur("bar"))).isEqualTo("11474628671133349555");
        assertThat(Long.toUnsignedString(murmur("foo\nbar"))).isEqualTo("16306510975912980159");
        assertThat(Long.toUnsignedString(murmur("lyft"))).isEqualTo("12847078931730529320");
    }

    @Test
    void aHashOfAPartIsTheHashOfThatPartAlone() {
        byte[] padded = "xx0123456789012345678901234567890123456789yy".getBytes(UTF_8);
        byte[] alone = "0123456789012345678901234567890123456789".getBytes(UTF_8);
        for (int length = 0; length <= alone.length; length++) {
            assertThat(XxHash64.of(padded, 2, length, 7)).isEqualTo(XxHash64.of(alone, 0, length, 7));
            assertThat(MurmurHash2.of(padded, 2, length, 7)).isEqualTo(MurmurHash2.of(alone, 0, length, 7));
        }
    }

    @Test
    void theMersenneTwisterGivesTheValuesOfTheCppStandard() {
        MersenneTwister random = new MersenneTwister();
        for (int round = 0; round < 2; round++) {
            random.seed(5489L | 0xABCDL << 32);
            assertThat(random.next()).as("round " + round).isEqualTo(3499211612L);
            for (int i = 1; i < 9_999; i++) {
                random.next();
            }
            assertThat(random.next()).as("the 10,000th value, round " + round).isEqualTo(4123659995L);
        }
    }

    @Test
    void numbersBelowABoundAreBelowItAndReachAll() {
        MersenneTwister random = new MersenneTwister();
        random.seed(1);
        int[] seen = new int[7];
        for (int i = 0; i < 7_000; i++) {
            seen[random.below(7)]++;
        }
        assertThat(Arrays.stream(seen)).allMatch(n -> n > 850 && n < 1150);
        assertThat(random.below(1)).isZero();
    }
}
