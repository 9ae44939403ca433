package io.weir.http.codec;

import org.jspecify.annotations.Nullable;

/** Reads one field line (RFC 9112 section 5). Stateless. */
final class FieldLine {
    private FieldLine() {}

    /** Enters the line {@code [start, end)}, whose CRLF stands at {@code end}, or says why not. */
    static @Nullable Reject parse(HttpHead head, int start, int end) {
        byte[] bytes = head.bytes;
        int colon = Grammar.tokenEnd(bytes, start, end);
        if (colon == start || colon == end || bytes[colon] != ':') {
            return wrong(bytes, start, end);
        }
        int value = Grammar.skipBlanks(bytes, colon + 1, end);
        int valueEnd = end;
        while (valueEnd > value && Grammar.blank(bytes[valueEnd - 1])) {
            valueEnd--;
        }
        head.line(start, colon, value, valueEnd, end + 2);
        return null;
    }

    private static Reject wrong(byte[] bytes, int start, int end) {
        if (Grammar.blank(bytes[start])) {
            return Reject.FOLDED_LINE;
        }
        for (int i = start; i < end; i++) {
            if (bytes[i] == ':') {
                return Reject.FIELD_NAME;
            }
        }
        return Reject.FIELD_LINE;
    }
}
