package io.weir.http.route.match;

import io.weir.http.codec.HttpHead;
import java.nio.charset.StandardCharsets;

/** Text between heads, which are bytes, and patterns and configuration, which are about characters. Stateless. */
public final class HeadText {
    private HeadText() {}

    /** A part of a head's bytes, read as UTF-8. */
    public static String utf8(HttpHead head, int from, int to) {
        return new String(head.bytes(), from, to - from, StandardCharsets.UTF_8);
    }

    /** UTF-8 as heads hold it: one character a byte. */
    public static String latin(String text) {
        return new String(bytes(text), StandardCharsets.ISO_8859_1);
    }

    /** Where the port's colon stands in an authority, or {@code to}. An IPv6 address stands in brackets. */
    public static int portStart(byte[] bytes, int from, int to) {
        for (int i = to - 1; i >= from && bytes[i] != ']'; i--) {
            if (bytes[i] == ':') {
                return i;
            }
        }
        return to;
    }

    /** As UTF-8. */
    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
