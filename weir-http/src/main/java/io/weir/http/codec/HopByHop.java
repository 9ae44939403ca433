package io.weir.http.codec;

/** Takes out of a head what is for one hop alone and must not pass (RFC 9110 section 7.6.1). Stateless. */
public final class HopByHop {
    private static final byte[] TRAILERS = {'t', 'r', 'a', 'i', 'l', 'e', 'r', 's'};
    private static final byte[] TE = {'t', 'e'};
    private static final HeaderName[] ALWAYS = {HeaderName.KEEP_ALIVE, HeaderName.PROXY_CONNECTION,
            HeaderName.UPGRADE, HeaderName.HTTP2_SETTINGS, HeaderName.PROXY_AUTHENTICATE,
            HeaderName.PROXY_AUTHORIZATION};

    private HopByHop() {}

    /**
     * Removes Connection and the fields it names, Keep-Alive, Proxy-Connection, Upgrade, HTTP2-Settings,
     * Proxy-Authenticate, Proxy-Authorization, and TE unless it says trailers; then one {@code te: trailers} stays,
     * with the {@code connection: te} that RFC 9110 section 10.1.4 asks for. Content-Length and Transfer-Encoding are
     * left to {@link Http1Writer}, which writes what {@link HttpHead#framing()} says. To be called once, on a head that
     * {@link Http1HeadReader} completed: it has checked that Connection names nothing that is for all recipients.
     */
    public static void strip(HttpHead head) {
        boolean trailers = head.status() == 0 && takesTrailers(head); // TE is for requests
        for (int line = head.find(HeaderName.CONNECTION); line >= 0; line = head.find(HeaderName.CONNECTION,
                line + 1)) {
            removeNamed(head, line);
            head.remove(line);
        }
        for (var name : ALWAYS) {
            head.remove(name);
        }
        head.remove(HeaderName.TE);
        if (trailers) {
            head.add(HeaderName.TE, TRAILERS, 0, TRAILERS.length);
            head.add(HeaderName.CONNECTION, TE, 0, TE.length);
        }
    }

    /**
     * Whether the sender wants another protocol on this connection (RFC 9110 section 7.8). Not where it offers
     * unencrypted HTTP/2 that way, which RFC 9113 section 3.1 has given up: that offer is passed over.
     */
    public static boolean asksForUpgrade(HttpHead head) {
        int upgrade = head.find(HeaderName.UPGRADE);
        return upgrade >= 0 && !Grammar.equalsIgnoreCase(head.bytes, head.valueStart(upgrade), head.valueEnd(upgrade),
                "h2c") && lists(head, HeaderName.CONNECTION, "upgrade");
    }

    /**
     * Whether the sender offers to go on with unencrypted HTTP/2, and says so properly: Connection has to name Upgrade
     * and HTTP2-Settings (RFC 7540 section 3.2.1).
     */
    public static boolean offersHttp2(HttpHead head) {
        return lists(head, HeaderName.UPGRADE, "h2c") && lists(head, HeaderName.CONNECTION, "upgrade")
                && lists(head, HeaderName.CONNECTION, "http2-settings");
    }

    private static void removeNamed(HttpHead head, int line) {
        byte[] bytes = head.bytes;
        int to = head.valueEnd(line);
        for (int i = TokenList.next(bytes, head.valueStart(line), to); i < to; i = TokenList.next(bytes, i, to)) {
            int end = TokenList.end(bytes, i, to);
            if (end < 0) {
                return; // not from the reader, which refuses such a list
            }
            removeLines(head, i, end);
            i = end;
        }
    }

    private static void removeLines(HttpHead head, int from, int to) {
        byte[] bytes = head.bytes;
        for (int i = 0; i < head.count(); i++) {
            int name = head.nameStart(i);
            if (head.nameEnd(i) - name != to - from || head.removed(i)) {
                continue;
            }
            int same = 0;
            while (same < to - from && Grammar.lower(bytes[name + same]) == Grammar.lower(bytes[from + same])) {
                same++;
            }
            if (same == to - from && head.find(HeaderName.CONNECTION, i) != i) {
                head.remove(i);
            }
        }
    }

    /** Whether one of TE's elements is {@code trailers} (RFC 9110 section 10.1.4). */
    private static boolean takesTrailers(HttpHead head) {
        return lists(head, HeaderName.TE, "trailers");
    }

    /** Whether one of the field's elements is this token, which is in lower case. */
    static boolean lists(HttpHead head, HeaderName name, String token) {
        byte[] bytes = head.bytes;
        for (int line = head.find(name); line >= 0; line = head.find(name, line + 1)) {
            int to = head.valueEnd(line);
            for (int i = TokenList.next(bytes, head.valueStart(line), to); i < to; i = TokenList.next(bytes, i, to)) {
                int end = TokenList.end(bytes, i, to);
                if (end >= 0 && Grammar.equalsIgnoreCase(bytes, i, end, token)) {
                    return true;
                }
                while (i < to && bytes[i] != ',') {
                    i++;
                }
            }
        }
        return false;
    }
}
