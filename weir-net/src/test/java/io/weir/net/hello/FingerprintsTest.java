package io.weir.net.hello;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FingerprintsTest {
    private static final int[] CIPHERS = {0x1a1a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9,
            0xcca8,
            0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035};
    private static final int[] SIGNATURES = {0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601};

    private static byte[] numbers(int size, int... numbers) {
        ByteBuffer out = ByteBuffer.allocate(size * numbers.length);
        for (int number : numbers) {
            if (size == 1) {
                out.put((byte) number);
            } else {
                out.putShort((short) number);
            }
        }
        return out.array();
    }

    /** The bytes with their length before them. */
    private static byte[] part(int lengthBytes, byte[] bytes) {
        ByteBuffer out = ByteBuffer.allocate(lengthBytes + bytes.length);
        if (lengthBytes == 2) {
            out.putShort((short) bytes.length);
        } else {
            out.put((byte) bytes.length);
        }
        return out.put(bytes).array();
    }

    private static byte[] joined(byte[]... parts) {
        ByteBuffer out = ByteBuffer.allocate(Arrays.stream(parts).mapToInt(each -> each.length).sum());
        Arrays.stream(parts).forEach(out::put);
        return out.array();
    }

    private static byte[] extension(int type, byte[] body) {
        return joined(numbers(2, type), part(2, body));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static ClientHello hello(int version, int[] ciphers, byte[]... extensions) {
        return Objects.requireNonNull(ClientHello.read(joined(numbers(2, version), new byte[32], part(1, new byte[0]),
                part(2, numbers(2, ciphers)), part(1, new byte[1]), part(2, joined(extensions)))));
    }

    /** The client that JA4's own description has as its example. */
    private static ClientHello browser(String protocol, int[] types) {
        return hello(0x0303, CIPHERS, Arrays.stream(types).mapToObj(type -> switch (type) {
            case 0x0000 -> extension(type, part(2, joined(new byte[1], part(2, text("shop.example")))));
            case 0x000a -> extension(type, part(2, numbers(2, 0x2a2a, 29, 23, 24)));
            case 0x000b -> extension(type, part(1, new byte[1]));
            case 0x000d -> extension(type, part(2, numbers(2, SIGNATURES)));
            case 0x0010 -> extension(type, part(2, part(1, text(protocol))));
            case 0x002b -> extension(type, part(1, numbers(2, 0x4a4a, 0x0304, 0x0303)));
            default -> extension(type, new byte[0]);
        }).toArray(byte[][]::new));
    }

    private static final int[] TYPES = {0x3a3a, 0x0000, 0x0017, 0xff01, 0x000a, 0x000b, 0x0023, 0x0010, 0x0005, 0x000d,
            0x0012, 0x0033, 0x002d, 0x002b, 0x001b, 0x4469, 0x0015};

    @Test
    void ja4IsThatOfItsDescription() {
        assertThat(Fingerprints.ja4(browser("h2", TYPES))).isEqualTo("t13d1516h2_8daaf6152771_e5627efa2ab1");
    }

    @Test
    void whoShufflesItsExtensionsIsTheSameForJa4AndAnotherForJa3() {
        int[] shuffled = IntStream.range(0, TYPES.length).map(i -> TYPES[TYPES.length - 1 - i]).toArray();
        ClientHello one = browser("h2", TYPES);
        ClientHello other = browser("h2", shuffled);
        assertThat(Fingerprints.ja4(other)).isEqualTo(Fingerprints.ja4(one));
        assertThat(Fingerprints.ja3(other)).isNotEqualTo(Fingerprints.ja3(one));
    }

    @Test
    void theFirstProtocolStandsInJa4ByItsEnds() {
        assertThat(Fingerprints.ja4(browser("http/1.1", TYPES))).startsWith("t13d1516h1_");
        assertThat(Fingerprints.ja4(browser("\u00ab-\u00cd", TYPES))).startsWith("t13d1516ad_");
        assertThat(Fingerprints.ja4(hello(0x0303, new int[]{0x002f}))).startsWith("t12i010000_")
                .endsWith("_000000000000");
    }

    @Test
    void ja3IsThatOfItsDescription() {
        ClientHello old = hello(769, new int[]{47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4},
                extension(0, part(2, joined(new byte[1], part(2, text("a"))))),
                extension(10, part(2, numbers(2, 23, 24, 25))), extension(11, part(1, numbers(1, 0))));
        assertThat(Fingerprints.ja3Text(old))
                .isEqualTo("769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0");
        assertThat(Fingerprints.ja3(old)).isEqualTo("ada70206e40642a3e4461f35503241d5");
        assertThat(Fingerprints.ja3Text(hello(769, new int[]{0x1a1a, 4}))).isEqualTo("769,4,,,");
    }

    @Test
    void whatIsSaidOfStatusAndEllipticCurvesIsSeen() {
        byte[] status = extension(5, new byte[]{1, 0, 0, 0, 0});
        byte[] signatures = extension(13, part(2, numbers(2, 0x0804, 0x0403)));
        assertThat(hello(771, new int[]{0xc02b}, status, signatures)).satisfies(hello -> {
            assertThat(hello.asksForStatus()).isTrue();
            assertThat(hello.ecdsa()).isTrue();
        });
        assertThat(hello(771, new int[]{0xc02f}, signatures).ecdsa()).isFalse();
        assertThat(hello(771, new int[]{0x1301}, signatures, extension(43, part(1, numbers(2, 0x0304)))).ecdsa())
                .isTrue();
        assertThat(List.of(hello(771, new int[]{0xc02b}).asksForStatus(), hello(771, new int[]{0xc02b}).ecdsa()))
                .containsOnly(false);
    }

    @Test
    void whatIsCutOffIsBroken() {
        byte[] whole = joined(numbers(2, 771), new byte[32], part(1, new byte[0]), part(2, numbers(2, 47)),
                part(1, new byte[1]), part(2, extension(0, part(2, joined(new byte[1], part(2, text("a.b")))))));
        assertThat(ClientHello.read(whole)).isNotNull();
        for (int length = 0; length < whole.length; length++) {
            boolean withoutExtensions = length == whole.length - 14;
            assertThat(ClientHello.read(Arrays.copyOf(whole, length)) != null).as("%d bytes", length)
                    .isEqualTo(withoutExtensions);
        }
    }
}
