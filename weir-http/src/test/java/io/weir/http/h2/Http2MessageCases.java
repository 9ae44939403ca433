package io.weir.http.h2;

import static io.weir.http.h2.RawHttp2.CONTINUATION;
import static io.weir.http.h2.RawHttp2.END_HEADERS;
import static io.weir.http.h2.RawHttp2.END_STREAM;
import static io.weir.http.h2.RawHttp2.HEADERS;
import static io.weir.http.h2.RawHttp2.block;
import static io.weir.http.h2.RawHttp2.request;

import io.weir.http.h2.Rfc9113Cases.Case;
import io.weir.http.h2.Rfc9113Cases.Sends;
import java.util.ArrayList;
import java.util.List;

/**
 * Malformed requests by RFC 9113 section 8. The reaction is that of a server which ends the stream alone; by default it
 * ends the connection, with the same code.
 */
public final class Http2MessageCases {
    private static final String METHOD = ":method: GET";
    private static final String SCHEME = ":scheme: http";
    private static final String PATH = ":path: /";
    private static final String AUTHORITY = ":authority: a";
    private static final String RESET = "RST_STREAM PROTOCOL_ERROR";

    private final List<Case> cases = new ArrayList<>();

    public static List<Case> all() {
        var all = new Http2MessageCases();
        all.bodies();
        all.fields();
        all.pseudo();
        return all.cases;
    }

    private void add(String section, String what, Sends sends) {
        cases.add(new Case(section, what, RESET, true, false, sends));
    }

    /** The head of a request whose body is to come, so that what is refused is reset behind its answer. */
    private void head(String section, String what, String... fields) {
        add(section, what, server -> server.frame(HEADERS, END_HEADERS, 1, block(fields)));
    }

    private void with(String section, String what, String... more) {
        add(section, what, server -> server.frame(HEADERS, END_HEADERS, 1, request("GET", "/", more)));
    }

    private void bodies() {
        add("8.1", "trailers without END_STREAM", server -> server.post(1, "/").data(1, "x", false)
                .frame(HEADERS, END_HEADERS, 1, block("x: y")));
        add("8.1", "pseudo-fields in trailers", server -> server.post(1, "/").data(1, "x", false)
                .frame(HEADERS, END_HEADERS | END_STREAM, 1, block(":path: /")));
        add("8.1.1", "more DATA than content-length",
                server -> server.post(1, "/wait", "content-length: 3").data(1, "abcd", false));
        add("8.1.1", "less DATA than content-length",
                server -> server.post(1, "/wait", "content-length: 3").data(1, "ab", true));
        add("8.1.1", "trailers before content-length is reached",
                server -> server.post(1, "/wait", "content-length: 3").data(1, "ab", false).frame(HEADERS,
                        END_HEADERS | END_STREAM, 1, block("x: y")));
        with("8.1.1", "two content-lengths", "content-length: 3", "content-length: 3");
        with("8.1.1", "a content-length that is no number", "content-length: +3");
    }

    private void fields() {
        with("8.2.1", "a name with a capital letter", "X-a: b");
        with("8.2.1", "a name with a space", "x a: b");
        with("8.2.1", "a name with a control character", "x\u0001: b");
        with("8.2.1", "a name beyond ASCII", "x\u00e4: b");
        with("8.2.1", "a name with a colon in it", "x:y: b");
        with("8.2.1", "a value with NUL", "x: a\u0000b");
        with("8.2.1", "a value with LF", "x: a\nb");
        with("8.2.1", "a value with CR", "x: a\rb");
        with("8.2.1", "a value that begins with a space", "x:  a");
        with("8.2.1", "a value that ends with a tab", "x: a\t");
        with("8.2.2", "connection", "connection: close");
        with("8.2.2", "keep-alive", "keep-alive: 5");
        with("8.2.2", "proxy-connection", "proxy-connection: close");
        with("8.2.2", "transfer-encoding", "transfer-encoding: chunked");
        with("8.2.2", "upgrade", "upgrade: websocket");
        with("8.2.2", "te other than trailers", "te: gzip");
    }

    private void pseudo() {
        head("8.3", "an unknown pseudo-field", METHOD, SCHEME, PATH, AUTHORITY, ":x: y");
        head("8.3", "a response's pseudo-field", METHOD, SCHEME, PATH, AUTHORITY, ":status: 200");
        head("8.3", "a pseudo-field behind a field", METHOD, SCHEME, AUTHORITY, "x: y", PATH);
        head("8.3.1", "no method", SCHEME, PATH, AUTHORITY);
        head("8.3.1", "no scheme", METHOD, PATH, AUTHORITY);
        head("8.3.1", "no path", METHOD, SCHEME, AUTHORITY);
        head("8.3.1", "an empty path", METHOD, SCHEME, ":path: ", AUTHORITY);
        head("8.3.1", "a path that does not begin with a slash", METHOD, SCHEME, ":path: a", AUTHORITY);
        head("8.3.1", "a path with a space", METHOD, SCHEME, ":path: /a b", AUTHORITY);
        head("8.3.1", "two methods", METHOD, METHOD, SCHEME, PATH, AUTHORITY);
        head("8.3.1", "two schemes", METHOD, SCHEME, SCHEME, PATH, AUTHORITY);
        head("8.3.1", "two paths", METHOD, SCHEME, PATH, PATH, AUTHORITY);
        head("8.3.1", "two authorities", METHOD, SCHEME, PATH, AUTHORITY, AUTHORITY);
        head("8.3.1", "an authority with user information", METHOD, SCHEME, PATH, ":authority: u@a");
        head("8.3.1", "an authority that differs from host", METHOD, SCHEME, PATH, AUTHORITY, "host: b");
        head("8.3.1", "neither authority nor host", METHOD, SCHEME, PATH);
        head("8.3.1", "a method that is no token", ":method: G T", SCHEME, PATH, AUTHORITY);
        head("8.5", "CONNECT with a path", ":method: CONNECT", ":path: /", ":authority: a:1");
        head("8.5", "CONNECT without an authority", ":method: CONNECT");
        add("8.1.1", "a malformed block in two frames", server -> {
            byte[] whole = request("GET", "/", "X: y");
            server.frame(HEADERS, 0, 1, Rfc9113Cases.part(whole, 0, 10)).frame(CONTINUATION, END_HEADERS, 1,
                    Rfc9113Cases.part(whole, 10, whole.length));
        });
    }
}
