package io.weir.http.codec;

import io.netty.buffer.ByteBuf;
import io.weir.http.room.LargeArrays;
import java.nio.charset.StandardCharsets;

/** The bytes of one head, in an array that grows: all its parts are places in it. */
abstract class HeadBytes {
    private static final int BYTES_FIRST = 1024;

    byte[] bytes = new byte[BYTES_FIRST];
    int length;
    /** The array before a large one. */
    private byte[] small = bytes;

    /** Forgets all bytes; the array stays, unless it grew beyond what most messages need. */
    void clearBytes() {
        length = 0;
        if (bytes.length > LargeArrays.SMALL_MAX) {
            LargeArrays.giveBack(bytes);
            bytes = small;
        }
    }

    /** The bytes that all offsets count in; valid up to {@link #length()}, and only until the next change. */
    public byte[] bytes() {
        return bytes;
    }

    /** How many of the bytes are in use. */
    public int length() {
        return length;
    }

    /** Appends {@code source[from, to)} and says where it begins. */
    int append(byte[] source, int from, int to) {
        room(to - from);
        int start = length;
        System.arraycopy(source, from, bytes, start, to - from);
        length += to - from;
        return start;
    }

    /** Appends {@code count} bytes of {@code in}, which moves on; says where they begin. */
    int append(ByteBuf in, int amount) {
        room(amount);
        int start = length;
        in.readBytes(bytes, start, amount);
        length += amount;
        return start;
    }

    /** Whatever would end the line, or does not fit into a byte, becomes a question mark: no value makes a new line. */
    int append(String latin) {
        int size = latin.length();
        room(size);
        int start = length;
        for (int i = 0; i < size; i++) {
            char c = latin.charAt(i);
            boolean fits = (c >= ' ' && c != 0x7f && c <= 0xff) || c == '\t';
            bytes[start + i] = fits ? (byte) c : (byte) '?';
        }
        length += size;
        return start;
    }

    void appendDecimal(long number) {
        int digits = 1;
        for (long rest = number; rest >= 10; rest /= 10) {
            digits++;
        }
        room(digits);
        long rest = number;
        for (int at = length + digits - 1; at >= length; at--) {
            bytes[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
    }

    /** Makes room for {@code more} bytes behind the used ones, and for what searches read beyond them. */
    void room(int more) {
        int needed = length + more + Grammar.SPARE;
        if (needed > bytes.length) {
            grow(Math.max(bytes.length * 2, needed));
        }
    }

    private void grow(int size) {
        byte[] larger = LargeArrays.take(size);
        System.arraycopy(bytes, 0, larger, 0, length);
        LargeArrays.giveBack(bytes);
        bytes = larger;
        if (larger.length <= LargeArrays.SMALL_MAX) {
            small = larger;
        }
    }

    /** The bytes of {@code [start, end)} as ISO 8859-1 text: one character a byte. */
    public String text(int start, int end) {
        return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }

    /** Whether {@code [start, end)} equals this text, in exact case. */
    public boolean equal(int start, int end, String latin) {
        if (end - start != latin.length()) {
            return false;
        }
        for (int i = 0; i < latin.length(); i++) {
            if ((bytes[start + i] & 0xff) != latin.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
