package io.weir.filters.transcode;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Which percent-encoded characters of a path stand for themselves. Source: Envoy's {@code UrlUnescapeSpec}. */
enum Escapes {
    /** Those that RFC 6570 calls reserved stay encoded. */
    ALL_BUT_RESERVED,
    /** A slash stays encoded. */
    ALL_BUT_SLASH,
    /** None stays. */
    ALL;

    private static final String RESERVED = "!#$&'()*+,/:;=?@[]";

    /** The text; what is wrongly encoded stays as it is. */
    String decoded(String text, boolean plusIsSpace) {
        if (text.indexOf('%') < 0 && !(plusIsSpace && text.indexOf('+') >= 0)) {
            return text;
        }
        var out = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int code = c == '%' ? code(text, i) : -1;
            if (code >= 0 && !stays((char) code)) {
                out.write(code);
                i += 2;
            } else {
                out.write(plusIsSpace && c == '+' ? ' ' : c);
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private static int code(String text, int at) {
        if (at + 2 >= text.length()) {
            return -1;
        }
        int high = Character.digit(text.charAt(at + 1), 16);
        int low = Character.digit(text.charAt(at + 2), 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    private boolean stays(char c) {
        return switch (this) {
            case ALL_BUT_RESERVED -> RESERVED.indexOf(c) >= 0;
            case ALL_BUT_SLASH -> c == '/';
            case ALL -> false;
        };
    }
}
