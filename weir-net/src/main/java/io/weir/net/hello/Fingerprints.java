package io.weir.net.hello;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * By what a client says first one tells which program it is: two that say it in the same way have the same fingerprint.
 * Computed for who asks; any thread.
 */
public final class Fingerprints {
    private static final int SERVER_NAME = 0;
    private static final int ALPN = 16;
    private static final int COUNT_MAX = 99;
    private static final int HASH_DIGITS = 12;
    private static final String NO_HASH = "0".repeat(HASH_DIGITS);

    private Fingerprints() {}

    /**
     * JA3: MD5 of the version, the ciphers, the extensions, the groups and the point formats in decimal numbers,
     * without those that mean nothing.
     *
     * @see <a href="https://github.com/salesforce/ja3">JA3</a>
     */
    public static String ja3(ClientHello hello) {
        return digest("MD5", ja3Text(hello));
    }

    /** What {@link #ja3} is the digest of. */
    static String ja3Text(ClientHello hello) {
        return hello.version() + "," + decimal(hello.ciphers()) + "," + decimal(hello.extensions()) + ","
                + decimal(hello.groups()) + "," + decimal(hello.pointFormats());
    }

    /**
     * JA4: what is spoken, by which version, whether a name is asked for, how many ciphers and extensions, the first
     * protocol; then digests of the ciphers, and of the extensions and signatures, sorted, so that who shuffles them is
     * the same.
     *
     * @see <a href="https://github.com/FoxIO-LLC/ja4/blob/main/technical_details/JA4.md">JA4: TLS client
     *      fingerprint</a>
     */
    public static String ja4(ClientHello hello) {
        int[] ciphers = meaning(hello.ciphers());
        int[] extensions = meaning(hello.extensions());
        boolean named = Arrays.stream(extensions).anyMatch(type -> type == SERVER_NAME);
        Arrays.sort(ciphers);
        int[] rest = Arrays.stream(extensions).filter(type -> type != SERVER_NAME && type != ALPN).sorted().toArray();
        String signatures = joined(meaning(hello.signatures()), Fingerprints::hex);
        return "t" + version(hello) + (named ? 'd' : 'i') + count(ciphers) + count(extensions) + protocol(hello) + '_'
                + hash(joined(ciphers, Fingerprints::hex)) + '_'
                + hash(joined(rest, Fingerprints::hex) + (signatures.isEmpty() ? "" : "_" + signatures));
    }

    private static String version(ClientHello hello) {
        int newest = Arrays.stream(meaning(hello.versions())).max().orElse(hello.version());
        return switch (newest) {
            case 0x0304 -> "13";
            case 0x0303 -> "12";
            case 0x0302 -> "11";
            case 0x0301 -> "10";
            case 0x0300 -> "s3";
            case 0x0002 -> "s2";
            default -> "00";
        };
    }

    private static String count(int[] numbers) {
        int count = Math.min(COUNT_MAX, numbers.length);
        return (count < 10 ? "0" : "") + count;
    }

    /** The first and the last character of the first protocol; of its digits where they are no letters or digits. */
    private static String protocol(ClientHello hello) {
        String first = hello.protocols().isEmpty() ? "" : hello.protocols().getFirst();
        if (first.isEmpty()) {
            return "00";
        }
        String shown = plain(first.charAt(0)) && plain(first.charAt(first.length() - 1))
                ? first
                : HexFormat.of().formatHex(first.getBytes(StandardCharsets.ISO_8859_1));
        return "" + shown.charAt(0) + shown.charAt(shown.length() - 1);
    }

    private static boolean plain(char c) {
        return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    private static String hash(String text) {
        return text.isEmpty() ? NO_HASH : digest("SHA-256", text).substring(0, HASH_DIGITS);
    }

    private static String decimal(int[] numbers) {
        return Arrays.stream(meaning(numbers)).mapToObj(Integer::toString).collect(Collectors.joining("-"));
    }

    private static String joined(int[] numbers, IntFunction<String> form) {
        return Arrays.stream(numbers).mapToObj(form).collect(Collectors.joining(","));
    }

    private static String hex(int number) {
        return HexFormat.of().toHexDigits((short) number);
    }

    /** Those that mean something: {@code 0x0a0a, 0x1a1a ...} are said at random (RFC 8701). */
    private static int[] meaning(int[] numbers) {
        return IntStream.of(numbers).filter(number -> (number & 0x0f0f) != 0x0a0a || number >> 8 != (number & 0xff))
                .toArray();
    }

    private static String digest(String algorithm, String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm)
                    .digest(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
