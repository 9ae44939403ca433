package io.weir.http.codec;

/**
 * The head of one message, request or response: its bytes, and where in them each part stands. Strings are made only
 * where someone asks. Every field line stands in {@link #bytes()} as {@code name: value CRLF}, those of the peer where
 * they arrived, added ones behind them; so runs of untouched lines go out in one copy.
 *
 * <p>
 * Reused from message to message; belongs to one worker, no other thread may touch it.
 */
public final class HttpHead extends HeadLines {
    /** What delimits the body (RFC 9112 section 6.3). */
    public enum Framing {
        /** No body. */
        NONE,
        /** {@link #contentLength()} bytes. */
        LENGTH,
        /** The chunked coding. */
        CHUNKED,
        /** Everything until the connection closes: responses only. */
        UNTIL_CLOSE
    }

    private int methodStart;
    private int methodEnd;
    private int pathStart;
    private int pathEnd;
    private int authorityStart;
    private int authorityEnd;
    private int schemeStart;
    private int schemeEnd;
    private int protocolStart;
    private int protocolEnd;
    private int status;
    private int minorVersion = 1;
    private Framing framing = Framing.NONE;
    private long contentLength = -1;
    private boolean persistent = true;
    private boolean expectContinue;

    /** Empties the head for the next message; its memory stays, unless it grew beyond what most messages need. */
    public void clear() {
        clearLines();
        methodStart = methodEnd = pathStart = pathEnd = authorityStart = authorityEnd = 0;
        schemeStart = schemeEnd = protocolStart = protocolEnd = 0;
        status = 0;
        minorVersion = 1;
        framing = Framing.NONE;
        contentLength = -1;
        persistent = true;
        expectContinue = false;
    }

    // ---- the start line ----

    /** Names the method's place in the bytes. */
    public void method(int start, int end) {
        methodStart = start;
        methodEnd = end;
    }

    /** Replaces the method, which is a token. */
    public void method(String method) {
        int start = append(method);
        method(start, length);
    }

    /** Whether the method is this one, in exact case (RFC 9110 section 9.1). */
    public boolean methodIs(String method) {
        return equal(methodStart, methodEnd, method);
    }

    /** The method. */
    public String method() {
        return text(methodStart, methodEnd);
    }

    public int methodStart() {
        return methodStart;
    }

    public int methodEnd() {
        return methodEnd;
    }

    /** Names the place of path and query, from the first {@code /} (or {@code *}) on. */
    public void path(int start, int end) {
        pathStart = start;
        pathEnd = end;
    }

    /** Replaces path and query; what may not stand there is for the caller to know. */
    public void path(String path) {
        int start = append(path);
        path(start, length);
    }

    /** Path and query as they go upstream. */
    public String path() {
        return text(pathStart, pathEnd);
    }

    /** Replaces the path's first bytes; what follows them, the query too, stays. */
    public void replacePathPrefix(int prefixBytes, byte[] replacement) {
        int restStart = pathStart + prefixBytes;
        int restEnd = pathEnd;
        int start = append(replacement, 0, replacement.length);
        append(bytes, restStart, restEnd);
        path(start, length);
    }

    public int pathStart() {
        return pathStart;
    }

    public int pathEnd() {
        return pathEnd;
    }

    /** Where the query's {@code ?} stands, or {@link #pathEnd()} without a query. */
    public int queryStart() {
        return Grammar.find('?', bytes, pathStart, pathEnd);
    }

    /** Names the place of the authority: the target's, where it has one, else the Host field's value. */
    public void authority(int start, int end) {
        authorityStart = start;
        authorityEnd = end;
    }

    /** Replaces the authority, which goes upstream as the Host field. */
    public void authority(String authority) {
        remove(HeaderName.HOST);
        add(HeaderName.HOST, authority);
        authority(valueStart(count() - 1), valueEnd(count() - 1));
    }

    /** Host and port as the client named them; empty for HTTP/1.0 without Host. */
    public String authority() {
        return text(authorityStart, authorityEnd);
    }

    public int authorityStart() {
        return authorityStart;
    }

    public int authorityEnd() {
        return authorityEnd;
    }

    /** Names the place of the scheme that a request by HTTP/2 says. */
    void scheme(int start, int end) {
        schemeStart = start;
        schemeEnd = end;
    }

    /** Replaces the scheme: {@code http} or {@code https}. */
    public void scheme(String scheme) {
        int start = append(scheme);
        scheme(start, start + scheme.length());
    }

    /** The scheme that the request says; empty where HTTP/1 brought it. */
    public String scheme() {
        return text(schemeStart, schemeEnd);
    }

    /** Whether the request says its scheme. */
    public boolean hasScheme() {
        return schemeEnd > schemeStart;
    }

    public int schemeStart() {
        return schemeStart;
    }

    public int schemeEnd() {
        return schemeEnd;
    }

    /** Names the place of what an upgrade or an extended CONNECT wants to speak (RFC 8441 section 4). */
    void protocol(int start, int end) {
        protocolStart = start;
        protocolEnd = end;
    }

    /** Whether the request asks for a tunnel: for another protocol than HTTP, or by CONNECT for any at all. */
    public boolean tunnel() {
        return upgrade() || (methodEnd - methodStart == 7 && methodIs("CONNECT"));
    }

    /** Whether the request asks for another protocol than HTTP. */
    public boolean upgrade() {
        return protocolEnd > protocolStart;
    }

    /** What an upgrade or an extended CONNECT wants to speak, such as websocket; empty for all other requests. */
    public String protocol() {
        return text(protocolStart, protocolEnd);
    }

    public int protocolStart() {
        return protocolStart;
    }

    public int protocolEnd() {
        return protocolEnd;
    }

    /** A response's status code, 100 to 999; 0 for a request. */
    public int status() {
        return status;
    }

    public void status(int code) {
        status = code;
    }

    /** 0 for HTTP/1.0, 1 for HTTP/1.1. */
    public int minorVersion() {
        return minorVersion;
    }

    public void minorVersion(int minor) {
        minorVersion = minor;
    }

    // ---- framing, as the codec found it ----

    public Framing framing() {
        return framing;
    }

    /** How the body is delimited; the length counts only for {@link Framing#LENGTH}. */
    public void framing(Framing how, long bodyLength) {
        framing = how;
        contentLength = how == Framing.LENGTH ? bodyLength : -1;
    }

    /** The body's length in bytes, or -1 where the head does not say. */
    public long contentLength() {
        return contentLength;
    }

    /** Whether the sender lets the connection live on after this message. */
    public boolean persistent() {
        return persistent;
    }

    public void persistent(boolean value) {
        persistent = value;
    }

    /** Whether the client waits for 100 before it sends the body (RFC 9110 section 10.1.1). */
    public boolean expectContinue() {
        return expectContinue;
    }

    public void expectContinue(boolean value) {
        expectContinue = value;
    }
}
