package io.weir.http.route.tree;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Addresses that begin with the same bits: {@code 10.0.0.0/8} (RFC 4632). Immutable.
 *
 * @param address
 *            4 or 16 bytes; those behind the prefix have no meaning
 * @param prefixBits
 *            0 to 32, or to 128
 */
@SuppressWarnings("ArrayRecordComponent") // never written to, never compared
public record Network(byte[] address, int prefixBits) {

    /** Of a literal address; null where it is none, or the prefix is longer than it. */
    public static @Nullable Network of(String literal, int prefixBits) {
        byte[] address = parse(literal);
        return address == null || prefixBits < 0 || prefixBits > 8 * address.length
                ? null
                : new Network(address, prefixBits);
    }

    /** The bytes of a literal address; null where it is none: a name is never looked up. */
    public static byte @Nullable [] parse(String literal) {
        try {
            return InetAddress.ofLiteral(literal).getAddress();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    static byte @Nullable [] parse(byte[] text, int from, int to) {
        return parse(new String(text, from, to - from, StandardCharsets.ISO_8859_1));
    }

    /** Whether an address of 4 or 16 bytes lies in it. */
    public boolean contains(byte[] other) {
        if (other.length != address.length) {
            return false;
        }
        for (int i = 0, bits = prefixBits; bits > 0; i++, bits -= 8) {
            int mask = bits >= 8 ? 0xff : 0xff << (8 - bits);
            if (((other[i] ^ address[i]) & mask & 0xff) != 0) {
                return false;
            }
        }
        return true;
    }
}
