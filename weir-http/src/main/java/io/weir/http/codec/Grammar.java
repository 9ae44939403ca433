package io.weir.http.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The character classes of RFC 9110 and RFC 9112, and searches that look at eight bytes at a time. A search may read,
 * though not judge, up to seven bytes behind its end: {@link HttpHead} keeps {@link #SPARE} bytes for that.
 */
final class Grammar {
    /** How many bytes an array has to hold behind the last one that is searched. */
    static final int SPARE = 8;

    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final boolean[] TOKEN = lettersDigitsAnd("!#$%&'*+-.^_`|~");
    private static final boolean[] HOST = lettersDigitsAnd("-._~!$&'()*+,;=");
    private static final byte[] HEX = new byte[256];

    static {
        for (int i = 0; i < HEX.length; i++) {
            HEX[i] = (byte) (i < 128 ? Character.digit(i, 16) : -1);
        }
    }

    private Grammar() {}

    private static boolean[] lettersDigitsAnd(String signs) {
        var marks = new boolean[256];
        for (char c = 0; c < 128; c++) {
            marks[c] = signs.indexOf(c) >= 0
                    || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        }
        return marks;
    }

    /** Eight bytes from {@code at} on, the first of them lowest. */
    static long eight(byte[] bytes, int at) {
        return (long) EIGHT.get(bytes, at);
    }

    /** Where a sign of ASCII stands first in {@code bytes[from, to)}; {@code to} where it does not. */
    static int find(char sign, byte[] bytes, int from, int to) {
        long signs = sign * ONES;
        int i = from;
        for (; i + Long.BYTES <= to; i += Long.BYTES) {
            long v = eight(bytes, i) ^ signs;
            long found = v - ONES & ~v & HIGHS; // the lowest that it says is one
            if (found != 0) {
                return i + (Long.numberOfTrailingZeros(found) >>> 3);
            }
        }
        while (i < to && bytes[i] != sign) {
            i++;
        }
        return i;
    }

    /** tchar (RFC 9110 section 5.6.2). */
    static boolean token(byte b) {
        return TOKEN[b & 0xff];
    }

    /** A character of a registered name: unreserved or sub-delims (RFC 3986 section 3.2.2). */
    static boolean host(byte b) {
        return HOST[b & 0xff];
    }

    static boolean digit(byte b) {
        return b >= '0' && b <= '9';
    }

    /** The value of a hexadecimal digit, or -1. */
    static int hex(byte b) {
        return HEX[b & 0xff];
    }

    /** Optional white space (RFC 9110 section 5.6.3). */
    static boolean blank(byte b) {
        return b == ' ' || b == '\t';
    }

    /** The first byte at or behind {@code from} that is not white space, or {@code to}. */
    static int skipBlanks(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to && blank(bytes[i])) {
            i++;
        }
        return i;
    }

    /** The first byte at or behind {@code from} that is no token character, or {@code to}. */
    static int tokenEnd(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to && TOKEN[bytes[i] & 0xff]) {
            i++;
        }
        return i;
    }

    /**
     * The first control character of {@code [from, to)} other than the tabulator, or {@code to}: so one search finds a
     * line's end and whatever may not stand in a line.
     *
     * <p>
     * Subtraction borrows only from the bytes above a hit, so that the lowest hit is always a true one ("Determine if a
     * word has a byte less than n", S. E. Anderson, Bit Twiddling Hacks).
     */
    static int control(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to) {
            long v = eight(bytes, i);
            long delete = v ^ ONES * 0x7f;
            long hits = (((v - ONES * 0x20) & ~v) | ((delete - ONES) & ~delete)) & HIGHS;
            if (hits == 0) {
                i += 8;
                continue;
            }
            int at = i + (Long.numberOfTrailingZeros(hits) >>> 3);
            if (at >= to) {
                return to;
            }
            if (bytes[at] != '\t') {
                return at;
            }
            i = at + 1;
        }
        return to;
    }

    /**
     * The first byte of {@code [from, to)} that may not stand in a request target, or {@code to}: white space, control
     * characters but delete, which {@link #control} has found before, the fragment's {@code #}, and what is not ASCII.
     */
    static int targetEnd(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i += 8) {
            long v = eight(bytes, i);
            long fragment = v ^ ONES * '#';
            long hits = (((v - ONES * 0x21) & ~v) | ((fragment - ONES) & ~fragment) | v) & HIGHS;
            if (hits != 0) {
                return Math.min(to, i + (Long.numberOfTrailingZeros(hits) >>> 3));
            }
        }
        return to;
    }

    /** Whether {@code bytes[from, to)} is this text of lower-case letters, digits and signs, in any case. */
    static boolean equalsIgnoreCase(byte[] bytes, int from, int to, String lower) {
        if (to - from != lower.length()) {
            return false;
        }
        for (int i = 0; i < lower.length(); i++) {
            if (lower(bytes[from + i]) != lower.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The byte as a number, capital letters as small ones. */
    static int lower(byte b) {
        return b >= 'A' && b <= 'Z' ? b + 32 : b & 0xff;
    }
}
