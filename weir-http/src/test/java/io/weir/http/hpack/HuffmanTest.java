package io.weir.http.hpack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HuffmanTest {
    @Test
    void theCodeIsComplete() { // Kraft's sum is one: every string of bits is a prefix of codes
        double sum = 0;
        for (byte length : HuffmanCode.LENGTH) {
            sum += Math.scalb(1.0, -length);
        }
        assertThat(sum).isEqualTo(1.0);
    }

    @Test
    void someCodesAreThoseOfTheAppendix() {
        assertThat(HuffmanCode.CODE['0']).isEqualTo(0x0);
        assertThat(HuffmanCode.CODE['a']).isEqualTo(0x3);
        assertThat(HuffmanCode.CODE['A']).isEqualTo(0x21);
        assertThat(HuffmanCode.CODE['Z']).isEqualTo(0xfd);
        assertThat(HuffmanCode.CODE['~']).isEqualTo(0x1ffd);
        assertThat(HuffmanCode.CODE[0]).isEqualTo(0x1ff8);
        assertThat(HuffmanCode.CODE[127]).isEqualTo(0xffffffc);
        assertThat(HuffmanCode.CODE[255]).isEqualTo(0x3ffffee);
        assertThat(HuffmanCode.CODE[HuffmanCode.END]).isEqualTo(0x3fffffff);
    }

    @Test
    void everyStringOfOneOrTwoBytesComesBack() {
        for (int i = 0; i < 256; i++) {
            comesBack(new byte[]{(byte) i});
            for (int j = 0; j < 256; j++) {
                comesBack(new byte[]{(byte) i, (byte) j});
            }
        }
    }

    @Test
    void randomStringsComeBack() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] text = new byte[random.nextInt(80)];
            int kind = random.nextInt(3);
            for (int at = 0; at < text.length; at++) {
                text[at] = (byte) switch (kind) {
                    case 0 -> random.nextInt(256);
                    case 1 -> ' ' + random.nextInt(95);
                    default -> random.nextInt(10) == 0 ? random.nextInt(256) : 'a' + random.nextInt(26);
                };
            }
            try {
                comesBack(text);
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private static void comesBack(byte[] text) {
        byte[] coded = new byte[text.length * 4 + 8];
        int end = HuffmanEncoder.encode(text, 0, text.length, coded, 3);
        assertThat(end - 3).isEqualTo(HuffmanEncoder.length(text, 0, text.length));
        byte[] decoded = new byte[2 + (end - 3) * 8 / HuffmanCode.SHORTEST_BITS + 1];
        int decodedEnd = HuffmanDecoder.decode(coded, 3, end, decoded, 2);
        assertThat(decodedEnd).isEqualTo(2 + text.length);
        assertThat(Arrays.copyOfRange(decoded, 2, decodedEnd)).isEqualTo(text);
    }
}
