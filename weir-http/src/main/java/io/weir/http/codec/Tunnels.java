package io.weir.http.codec;

import io.weir.http.codec.HttpHead.Framing;

/**
 * Requests for a tunnel in the one form that all of Weir knows, whichever version of HTTP brings them or takes them on:
 * CONNECT with an authority and no path; or a request with {@link HttpHead#protocol()}, which is the upgrade of
 * HTTP/1.1 (RFC 9110 section 7.8) and the extended CONNECT of HTTP/2 (RFC 8441). Such a request is answered with 101
 * where the protocol is switched; every other status refuses it. Stateless.
 */
public final class Tunnels {
    /** The protocol of RFC 6455, as Upgrade and {@code :protocol} name it. */
    public static final String WEBSOCKET = "websocket";
    private static final byte[] UPGRADE = {'U', 'p', 'g', 'r', 'a', 'd', 'e'};

    private Tunnels() {}

    /**
     * Finds out whether a request of HTTP/1.1 wants one other protocol, properly, and has no content; then the head
     * says which. To be called before {@link HopByHop#strip}.
     */
    public static void fromHttp1(HttpHead request) {
        int line = request.find(HeaderName.UPGRADE);
        if (line < 0 || request.minorVersion() == 0 || request.methodIs("CONNECT")
                || request.find(HeaderName.UPGRADE, line + 1) >= 0 || !HopByHop.asksForUpgrade(request)) {
            return;
        }
        boolean content = request.framing() != Framing.NONE && request.contentLength() != 0;
        if (content || !protocol(request.bytes, request.valueStart(line), request.valueEnd(line))) {
            return;
        }
        request.remove(HeaderName.CONTENT_LENGTH);
        request.framing(Framing.NONE, -1);
        request.protocol(request.valueStart(line), request.valueEnd(line));
    }

    /** A token, or two with a slash between them (RFC 9110 section 7.8). */
    private static boolean protocol(byte[] bytes, int from, int to) {
        int end = Grammar.tokenEnd(bytes, from, to);
        if (end == from || (end < to && bytes[end] != '/')) {
            return false;
        }
        return end == to || (end + 1 < to && Grammar.tokenEnd(bytes, end + 1, to) == to);
    }

    /** Gives an extended CONNECT of HTTP/2 the method that the same request has in HTTP/1.1 (RFC 8441 section 5). */
    public static void fromHttp2(HttpHead request) {
        if (request.upgrade()) {
            request.method("GET");
        }
    }

    /** Makes the copy of an upgrade fit for HTTP/1.1. */
    public static void toHttp1(HttpHead copy) {
        copy.remove(HeaderName.TE); // no trailers end a tunnel, and Connection names Upgrade alone
        connection(copy, copy.protocol());
    }

    /**
     * Makes the copy of an upgrade fit for HTTP/2: the fields with which a server of HTTP/1.1 shows that it has
     * understood are not for it (RFC 8441 section 5).
     */
    public static void toHttp2(HttpHead copy) {
        copy.method("CONNECT");
        copy.remove(HeaderName.SEC_WEBSOCKET_KEY);
    }

    /** Says in a head of HTTP/1.1 which protocol follows. */
    public static void connection(HttpHead head, String protocol) {
        head.remove(HeaderName.CONNECTION);
        head.remove(HeaderName.UPGRADE);
        head.add(HeaderName.CONNECTION, UPGRADE, 0, UPGRADE.length);
        head.add(HeaderName.UPGRADE, protocol);
    }

    /** Whether the request wants a WebSocket (RFC 6455 section 4.1). */
    public static boolean webSocket(HttpHead request) {
        return Grammar.equalsIgnoreCase(request.bytes, request.protocolStart(), request.protocolEnd(), WEBSOCKET);
    }

    /** Whether a server of HTTP/1.1 that answers 101 switches to what was asked for, and says so. */
    public static boolean switches(HttpHead response, String protocol) {
        int line = response.find(HeaderName.UPGRADE);
        return line >= 0 && response.find(HeaderName.UPGRADE, line + 1) < 0
                && response.value(line).equalsIgnoreCase(protocol)
                && HopByHop.lists(response, HeaderName.CONNECTION, "upgrade");
    }

    /** Whether this answer, with 101 for an upgrade, opens the tunnel that the request wants. */
    public static boolean opens(HttpHead request, HttpHead response) {
        return request.upgrade()
                ? response.status() == 101
                : response.status() / 100 == 2 && request.methodIs("CONNECT");
    }
}
