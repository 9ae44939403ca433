package io.weir.observe.log;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes of a log line in the making; grows as needed and is used again. Text is UTF-8. One thread at a time.
 */
public final class LogBuffer {
    /** A buffer that had to grow beyond this is let go after use. */
    static final int KEPT_BYTES_MAX = 4096;
    private static final int FIRST_BYTES = 512;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LEAST = Long.toString(Long.MIN_VALUE).getBytes(StandardCharsets.US_ASCII);

    private final TimeFormat.Moment moment = new TimeFormat.Moment();
    private byte[] bytes = new byte[FIRST_BYTES];
    private int length;

    /** An empty buffer. */
    public LogBuffer() {}

    /** How many bytes are in it. */
    public int length() {
        return length;
    }

    byte[] bytes() {
        return bytes;
    }

    /** Room for a time taken apart while it is written. */
    TimeFormat.Moment moment() {
        return moment;
    }

    /** Cuts it to its first {@code size} bytes. */
    public void truncate(int size) {
        if (size < 0 || size > length) {
            throw new IllegalArgumentException(size + " of " + length);
        }
        length = size;
    }

    /** Empties it, for the next line. */
    void clear() {
        length = 0;
        if (bytes.length > KEPT_BYTES_MAX) {
            bytes = new byte[FIRST_BYTES];
        }
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }

    /** Appends an ASCII character. */
    public LogBuffer append(char ascii) {
        room(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    /** Appends bytes as they are. */
    public LogBuffer append(byte[] source, int offset, int count) {
        room(count);
        System.arraycopy(source, offset, bytes, length, count);
        length += count;
        return this;
    }

    /** Appends bytes as they are. */
    public LogBuffer append(byte[] source) {
        return append(source, 0, source.length);
    }

    /** Appends a text in UTF-8; half of a surrogate pair becomes "?". */
    public LogBuffer append(String text) {
        int count = text.length();
        room(count * 3);
        for (int i = 0; i < count; i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                bytes[length++] = (byte) c;
            } else if (c < 0x800) {
                bytes[length++] = (byte) (0xc0 | (c >> 6));
                bytes[length++] = (byte) (0x80 | (c & 0x3f));
            } else if (!Character.isSurrogate(c)) {
                bytes[length++] = (byte) (0xe0 | (c >> 12));
                bytes[length++] = (byte) (0x80 | ((c >> 6) & 0x3f));
                bytes[length++] = (byte) (0x80 | (c & 0x3f));
            } else if (Character.isHighSurrogate(c) && i + 1 < count && Character.isLowSurrogate(text.charAt(i + 1))) {
                int point = Character.toCodePoint(c, text.charAt(++i));
                bytes[length++] = (byte) (0xf0 | (point >> 18));
                bytes[length++] = (byte) (0x80 | ((point >> 12) & 0x3f));
                bytes[length++] = (byte) (0x80 | ((point >> 6) & 0x3f));
                bytes[length++] = (byte) (0x80 | (point & 0x3f));
            } else {
                bytes[length++] = '?';
            }
        }
        return this;
    }

    /** Appends a number in decimal. */
    public LogBuffer append(long number) {
        if (number == Long.MIN_VALUE) {
            return append(LEAST);
        }
        if (number < 0) {
            append('-');
            number = -number;
        }
        int digits = 1;
        for (long rest = number / 10; rest != 0; rest /= 10) {
            digits++;
        }
        return append(number, digits);
    }

    /** Appends the last {@code digits} decimal digits of a number that is not negative, with zeros before. */
    public LogBuffer append(long number, int digits) {
        room(digits);
        for (int i = length + digits - 1; i >= length; i--) {
            bytes[i] = (byte) ('0' + number % 10);
            number /= 10;
        }
        length += digits;
        return this;
    }

    /** Cuts what stands from {@code from} on to {@code max} bytes, not within a character. */
    void limit(int from, int max) {
        if (length - from > max) {
            int end = from + max;
            for (int back = 0; back < 3 && end > from && (bytes[end] & 0xc0) == 0x80; back++) {
                end--;
            }
            length = end;
        }
    }

    /**
     * Makes what stands from {@code from} on safe within a line of text: control characters, quotes, backslashes and
     * bytes that are not UTF-8 become {@code \xHH}. So no client can end a line, or a quoted field, with a header.
     */
    void escapeText(int from) {
        escape(from, false);
    }

    /** Makes what stands from {@code from} on the inside of a JSON string (RFC 8259 section 7). */
    void escapeJson(int from) {
        escape(from, true);
    }

    private void escape(int from, boolean json) {
        int clean = from;
        while (clean < length && plain(bytes[clean])) {
            clean++;
        }
        if (clean == length) {
            return;
        }
        // the rest moves to the end of the room and is written back from there: an escape is at most 6 bytes for one
        int rest = length - clean;
        room(rest * 6);
        int at = bytes.length - rest;
        System.arraycopy(bytes, clean, bytes, at, rest);
        length = clean;
        while (at < bytes.length) {
            int width = plain(bytes[at]) ? 1 : Utf8.width(bytes, at);
            if (width == 0) {
                escapeByte(bytes[at++], json);
            } else {
                for (int i = 0; i < width; i++) {
                    bytes[length++] = bytes[at++];
                }
            }
        }
    }

    private static boolean plain(byte b) {
        return b >= 0x20 && b != '"' && b != '\\' && b != 0x7f;
    }

    private void escapeByte(byte b, boolean json) {
        if (json && (b == '"' || b == '\\')) {
            bytes[length++] = '\\';
            bytes[length++] = b;
        } else if (json && b < 0) {
            // not UTF-8: the replacement character
            bytes[length++] = (byte) 0xef;
            bytes[length++] = (byte) 0xbf;
            bytes[length++] = (byte) 0xbd;
        } else {
            bytes[length++] = '\\';
            bytes[length++] = (byte) (json ? 'u' : 'x');
            if (json) {
                bytes[length++] = '0';
                bytes[length++] = '0';
            }
            bytes[length++] = HEX[(b >> 4) & 15];
            bytes[length++] = HEX[b & 15];
        }
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
