package io.weir.http.codec;

/** Walks a comma-separated list of tokens, empty elements skipped (RFC 9110 section 5.6.1). Stateless. */
final class TokenList {
    private TokenList() {}

    /** Where the next element begins at or behind {@code from}, or {@code to}. */
    static int next(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to && (bytes[i] == ',' || Grammar.blank(bytes[i]))) {
            i++;
        }
        return i;
    }

    /** Where the token that begins at {@code from} ends, or -1 when the element is no token. */
    static int end(byte[] bytes, int from, int to) {
        int end = Grammar.tokenEnd(bytes, from, to);
        int behind = Grammar.skipBlanks(bytes, end, to);
        return end == from || (behind < to && bytes[behind] != ',') ? -1 : end;
    }
}
