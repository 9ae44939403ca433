package io.weir.http.h2;

import static io.weir.http.h2.RawHttp2.ACK;
import static io.weir.http.h2.RawHttp2.CONTINUATION;
import static io.weir.http.h2.RawHttp2.DATA;
import static io.weir.http.h2.RawHttp2.END_HEADERS;
import static io.weir.http.h2.RawHttp2.END_STREAM;
import static io.weir.http.h2.RawHttp2.GOAWAY;
import static io.weir.http.h2.RawHttp2.HEADERS;
import static io.weir.http.h2.RawHttp2.NOTHING;
import static io.weir.http.h2.RawHttp2.PADDED;
import static io.weir.http.h2.RawHttp2.PING;
import static io.weir.http.h2.RawHttp2.PRIORITY;
import static io.weir.http.h2.RawHttp2.PRIORITY_FLAG;
import static io.weir.http.h2.RawHttp2.PUSH_PROMISE;
import static io.weir.http.h2.RawHttp2.RST_STREAM;
import static io.weir.http.h2.RawHttp2.SETTINGS;
import static io.weir.http.h2.RawHttp2.WINDOW_UPDATE;
import static io.weir.http.h2.RawHttp2.numbers;
import static io.weir.http.h2.RawHttp2.request;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a client may do wrong by RFC 9113, sections 3 to 6, and how it is told. */
public final class Rfc9113Cases {
    private static final String PROTOCOL = "GOAWAY PROTOCOL_ERROR";
    private static final String SIZE = "GOAWAY FRAME_SIZE_ERROR";
    private static final String FLOW = "GOAWAY FLOW_CONTROL_ERROR";
    private static final String CLOSED = "GOAWAY STREAM_CLOSED";
    private static final byte[] GET = request("GET", "/");
    private static final byte[] POST = request("POST", "/");

    private final List<Case> cases = new ArrayList<>();

    /** What a client sends behind its preface and SETTINGS. */
    @FunctionalInterface
    public interface Sends {
        void to(RawHttp2 server) throws IOException;
    }

    /**
     * One rule broken.
     *
     * @param reaction
     *            as {@link RawHttp2#reaction} tells it; "served" when the connection goes on to serve a request
     * @param preface
     *            whether preface and SETTINGS are sent before
     * @param deaf
     *            whether the host takes no connection, so that no byte of a body is handed on
     */
    public record Case(String section, String what, String reaction, boolean preface, boolean deaf, Sends sends) {
        @Override
        public String toString() {
            return section + " " + what;
        }
    }

    public static List<Case> all() {
        var all = new Rfc9113Cases();
        all.preface();
        all.frames();
        all.states();
        all.dataAndHeaders();
        all.resets();
        all.settings();
        all.theRest();
        all.windows();
        all.continuations();
        return all.cases;
    }

    private void add(String section, String what, String reaction, Sends sends) {
        cases.add(new Case(section, what, reaction, true, false, sends));
    }

    private void preface() {
        cases.add(new Case("3.4", "another preface", PROTOCOL, false, false,
                server -> server.send(RawHttp2.PREFACE.replace("SM", "XX"))));
        cases.add(new Case("3.4", "another frame than SETTINGS behind the preface", PROTOCOL, false, false,
                server -> server.send(RawHttp2.PREFACE).frame(PING, 0, 0, new byte[8])));
        cases.add(new Case("3.4", "an acknowledgement behind the preface", PROTOCOL, false, false,
                server -> server.send(RawHttp2.PREFACE).frame(SETTINGS, ACK, 0, NOTHING)));
    }

    private void frames() {
        add("4.1", "a frame of an unknown type", "served", server -> server.frame(0x42, 0xff, 0, new byte[8]));
        add("4.1", "the reserved bit of a stream's number", "served",
                server -> server.frame(PING, 0, 0x80000000, new byte[8]));
        add("4.1", "flags that mean nothing", "served", server -> server.frame(PING, 0x16, 0, new byte[8]));
        add("4.2", "DATA beyond the largest frame", SIZE,
                server -> server.frame(HEADERS, END_HEADERS, 1, POST).head(16_385, DATA, 0, 1));
        add("4.2", "HEADERS beyond the largest frame", SIZE,
                server -> server.head(16_385, HEADERS, END_HEADERS, 1));
        add("4.2", "an unknown frame beyond the largest frame", SIZE, server -> server.head(16_385, 0x42, 0, 0));
        add("4.3", "a block that can't be decoded", "GOAWAY COMPRESSION_ERROR",
                server -> server.frame(HEADERS, END_HEADERS | END_STREAM, 1, new byte[]{(byte) 0xff, 0x7f, 0x7f}));
        add("4.3", "another frame of the stream within a block", PROTOCOL,
                server -> server.frame(HEADERS, 0, 1, GET).frame(DATA, 0, 1, NOTHING));
        add("4.3", "HEADERS of another stream within a block", PROTOCOL,
                server -> server.frame(HEADERS, 0, 1, GET).frame(HEADERS, END_HEADERS, 3, GET));
        add("4.3", "PING within a block", PROTOCOL,
                server -> server.frame(HEADERS, 0, 1, GET).frame(PING, 0, 0, new byte[8]));
        add("4.3", "an unknown frame within a block", PROTOCOL,
                server -> server.frame(HEADERS, 0, 1, GET).frame(0x42, 0, 1, NOTHING));
    }

    private void states() {
        add("5.1", "idle: DATA", PROTOCOL, server -> server.data(1, "x", true));
        add("5.1", "idle: RST_STREAM", PROTOCOL, server -> server.reset(1, Http2Error.CANCEL));
        add("5.1", "idle: WINDOW_UPDATE", PROTOCOL, server -> server.windowUpdate(1, 100));
        add("5.1", "idle: PRIORITY", "served", server -> server.frame(PRIORITY, 0, 1, new byte[5]));
        add("5.1", "idle: CONTINUATION", PROTOCOL, server -> server.frame(CONTINUATION, END_HEADERS, 1, GET));
        add("5.1", "half-closed (remote): DATA", "RST_STREAM STREAM_CLOSED",
                server -> server.get(1, "/wait").data(1, "x", true));
        add("5.1", "half-closed (remote): HEADERS", "RST_STREAM STREAM_CLOSED",
                server -> server.get(1, "/wait").get(1, "/wait"));
        add("5.1", "half-closed (remote): WINDOW_UPDATE", "served",
                server -> server.get(1, "/wait").windowUpdate(1, 100));
        add("5.1", "half-closed (remote): PRIORITY", "served",
                server -> server.get(1, "/wait").frame(PRIORITY, 0, 1, new byte[5]));
        add("5.1", "closed by END_STREAM: DATA", CLOSED, server -> {
            server.get(1, "/").answer(1);
            server.data(1, "x", true);
        });
        add("5.1", "closed by END_STREAM: HEADERS", CLOSED, server -> {
            server.get(1, "/").answer(1);
            server.get(1, "/");
        });
        add("5.1", "closed by END_STREAM: RST_STREAM", "served", server -> {
            server.get(1, "/").answer(1);
            server.reset(1, Http2Error.CANCEL);
        });
        add("5.1", "closed by END_STREAM: WINDOW_UPDATE", "served", server -> {
            server.get(1, "/").answer(1);
            server.windowUpdate(1, 1);
        });
        add("5.1", "closed by END_STREAM: PRIORITY", "served", server -> {
            server.get(1, "/").answer(1);
            server.frame(PRIORITY, 0, 1, new byte[5]);
        });
        add("5.1", "closed by the client's RST_STREAM: DATA", CLOSED,
                server -> server.post(1, "/wait").reset(1, Http2Error.CANCEL).data(1, "x", true));
        add("5.1", "closed by the client's RST_STREAM: HEADERS", CLOSED,
                server -> server.post(1, "/wait").reset(1, Http2Error.CANCEL).get(1, "/"));
        add("5.1", "closed by the server's RST_STREAM: DATA, HEADERS, WINDOW_UPDATE and RST_STREAM", "served",
                server -> {
                    server.post(1, "/direct").answer(1);
                    server.data(1, "x", false).windowUpdate(1, 1).frame(HEADERS, END_HEADERS | END_STREAM, 1,
                            RawHttp2.block("x: y")).reset(1, Http2Error.CANCEL);
                });
        add("5.1.1", "a stream with an even number", PROTOCOL, server -> server.get(2, "/"));
        add("5.1.1", "a stream with a smaller number than one before", PROTOCOL,
                server -> server.get(5, "/wait").get(3, "/"));
        add("5.1.1", "numbers that are left out", "served", server -> server.get(5, "/wait"));
        add("5.1.2", "more streams than allowed", "RST_STREAM REFUSED_STREAM", server -> {
            for (int id = 1; id <= 9; id += 2) {
                server.get(id, "/wait");
            }
        });
        add("5.3", "HEADERS that depend on themselves (RFC 7540)", "RST_STREAM PROTOCOL_ERROR", server -> server.frame(
                HEADERS, END_HEADERS | END_STREAM | PRIORITY_FLAG, 1, joined(numbers(1), new byte[]{7}, GET)));
        add("5.3", "PRIORITY that depends on itself (RFC 7540)", "RST_STREAM PROTOCOL_ERROR",
                server -> server.get(1, "/wait").frame(PRIORITY, 0, 1, joined(numbers(1), new byte[]{7})));
        add("5.3", "PRIORITY of an idle stream that depends on itself (RFC 7540)", PROTOCOL,
                server -> server.frame(PRIORITY, 0, 1, joined(numbers(1), new byte[]{7})));
        add("5.5", "an unknown setting", "served", server -> server.settings(0x99, 7));
    }

    private void dataAndHeaders() {
        add("6.1", "DATA on stream 0", PROTOCOL, server -> server.data(0, "x", true));
        add("6.1", "DATA with padding as long as the frame", PROTOCOL,
                server -> server.post(1, "/").frame(DATA, PADDED, 1, new byte[]{4, 0, 0, 0}));
        add("6.1", "DATA that is padded and has no room for the length of it", PROTOCOL,
                server -> server.post(1, "/").frame(DATA, PADDED, 1, NOTHING));
        add("6.1", "DATA that is all padding", "served",
                server -> server.post(1, "/").frame(DATA, PADDED | END_STREAM, 1, new byte[]{3, 0, 0, 0}));
        add("6.2", "HEADERS on stream 0", PROTOCOL, server -> server.get(0, "/"));
        add("6.2", "HEADERS with padding beyond the frame", PROTOCOL, server -> server.frame(HEADERS,
                PADDED | END_HEADERS | END_STREAM, 1, joined(new byte[]{(byte) 200}, GET)));
        add("6.2", "HEADERS that are padded and empty", SIZE,
                server -> server.frame(HEADERS, PADDED | END_HEADERS | END_STREAM, 1, NOTHING));
        add("6.2", "HEADERS with a priority that is cut off", SIZE,
                server -> server.frame(HEADERS, PRIORITY_FLAG | END_HEADERS | END_STREAM, 1, new byte[4]));
        add("6.2", "HEADERS with padding and priority", "served", server -> server.frame(HEADERS,
                PADDED | PRIORITY_FLAG | END_HEADERS | END_STREAM, 1,
                joined(new byte[]{2}, new byte[5], GET, new byte[2])));
    }

    private void resets() {
        add("6.3", "PRIORITY on stream 0", PROTOCOL, server -> server.frame(PRIORITY, 0, 0, new byte[5]));
        add("6.3", "PRIORITY of another length, on an open stream", "RST_STREAM FRAME_SIZE_ERROR",
                server -> server.get(1, "/wait").frame(PRIORITY, 0, 1, new byte[4]));
        add("6.3", "PRIORITY of another length, on an idle stream", SIZE,
                server -> server.frame(PRIORITY, 0, 1, new byte[6]));
        add("6.4", "RST_STREAM on stream 0", PROTOCOL, server -> server.reset(0, Http2Error.CANCEL));
        add("6.4", "RST_STREAM of another length", SIZE,
                server -> server.get(1, "/wait").frame(RST_STREAM, 0, 1, new byte[3]));
        add("7", "RST_STREAM with an unknown code", "served",
                server -> server.get(1, "/wait").frame(RST_STREAM, 0, 1, numbers(0x999)));
    }

    private void settings() {
        add("6.5", "SETTINGS on a stream", PROTOCOL, server -> server.frame(SETTINGS, 0, 1, NOTHING));
        add("6.5", "an acknowledgement with a payload", SIZE, server -> server.frame(SETTINGS, ACK, 0, new byte[6]));
        add("6.5", "SETTINGS whose length is no multiple of six", SIZE,
                server -> server.frame(SETTINGS, 0, 0, new byte[7]));
        add("6.5.2", "SETTINGS_ENABLE_PUSH of 2", PROTOCOL, server -> server.settings(2, 2));
        add("6.5.2", "SETTINGS_INITIAL_WINDOW_SIZE of 2^31", FLOW, server -> server.settings(4, 0x80000000));
        add("6.5.2", "SETTINGS_MAX_FRAME_SIZE of 16,383", PROTOCOL, server -> server.settings(5, 16_383));
        add("6.5.2", "SETTINGS_MAX_FRAME_SIZE of 2^24", PROTOCOL, server -> server.settings(5, 1 << 24));
        add("6.5.2", "SETTINGS_ENABLE_CONNECT_PROTOCOL of 2 (RFC 8441)", PROTOCOL, server -> server.settings(8, 2));
        add("6.5.2", "every setting with a value that it may have", "served",
                server -> server.settings(1, 0, 2, 0, 3, 0, 4, 65_535, 5, 16_777_215, 6, 1_000_000, 8, 1));
        add("6.5.3", "no acknowledgement of SETTINGS", "served", _ -> {
        });
    }

    private void theRest() {
        add("6.6", "PUSH_PROMISE", PROTOCOL,
                server -> server.get(1, "/wait").frame(PUSH_PROMISE, END_HEADERS, 1, joined(numbers(2), GET)));
        add("6.7", "PING on a stream", PROTOCOL, server -> server.frame(PING, 0, 1, new byte[8]));
        add("6.7", "PING of another length", SIZE, server -> server.frame(PING, 0, 0, new byte[6]));
        add("6.7", "an answer to no PING", "served", server -> server.frame(PING, ACK, 0, new byte[8]));
        add("6.8", "GOAWAY on a stream", PROTOCOL, server -> server.frame(GOAWAY, 0, 1, new byte[8]));
        add("6.8", "GOAWAY that is cut off", SIZE, server -> server.frame(GOAWAY, 0, 0, new byte[7]));
        add("6.8", "GOAWAY by the client, who may still ask", "served",
                server -> server.frame(GOAWAY, 0, 0, new byte[8]));
    }

    private void windows() {
        add("6.9", "WINDOW_UPDATE of 0 on the connection", PROTOCOL, server -> server.windowUpdate(0, 0));
        add("6.9", "WINDOW_UPDATE of 0 on a stream", "RST_STREAM PROTOCOL_ERROR",
                server -> server.get(1, "/wait").windowUpdate(1, 0));
        add("6.9", "WINDOW_UPDATE of another length", SIZE,
                server -> server.frame(WINDOW_UPDATE, 0, 0, new byte[3]));
        add("6.9.1", "a window of the connection beyond 2^31-1", FLOW,
                server -> server.windowUpdate(0, Integer.MAX_VALUE));
        add("6.9.1", "a window of a stream beyond 2^31-1", "RST_STREAM FLOW_CONTROL_ERROR",
                server -> server.get(1, "/wait").windowUpdate(1, Integer.MAX_VALUE));
        cases.add(new Case("6.9.1", "DATA beyond the stream's window", "RST_STREAM FLOW_CONTROL_ERROR", true, true,
                server -> {
                    server.post(1, "/");
                    for (int i = 0; i < 5; i++) {
                        server.frame(DATA, 0, 1, new byte[16_384]);
                    }
                }));
        cases.add(new Case("6.9.1", "DATA beyond the connection's window", FLOW, true, true, server -> {
            for (int id = 1; id <= 5; id += 2) {
                server.post(id, "/");
                for (int i = 0; i < 3; i++) {
                    server.frame(DATA, 0, id, new byte[16_384]);
                }
            }
        }));
        add("6.9.2", "an initial window that makes a stream's larger than 2^31-1", FLOW,
                server -> server.get(1, "/wait").windowUpdate(1, Integer.MAX_VALUE - 65_535)
                        .settings(4, 65_536));
    }

    private void continuations() {
        add("6.10", "CONTINUATION on stream 0", PROTOCOL,
                server -> server.frame(HEADERS, END_STREAM, 1, GET).frame(CONTINUATION, END_HEADERS, 0, NOTHING));
        add("6.10", "CONTINUATION behind nothing", PROTOCOL,
                server -> server.get(1, "/wait").frame(CONTINUATION, END_HEADERS, 1, GET));
        add("6.10", "CONTINUATION behind END_HEADERS", PROTOCOL,
                server -> server.get(1, "/wait").frame(CONTINUATION, 0, 1, GET));
        add("6.10", "CONTINUATION of another stream", PROTOCOL,
                server -> server.frame(HEADERS, END_STREAM, 1, GET).frame(CONTINUATION, END_HEADERS, 3, GET));
        add("6.10", "a block in three frames", "served", server -> server.frame(HEADERS, END_STREAM, 1, part(GET, 0, 5))
                .frame(CONTINUATION, 0, 1, part(GET, 5, 20))
                .frame(CONTINUATION, END_HEADERS, 1, part(GET, 20, GET.length)));
    }

    public static byte[] part(byte[] bytes, int from, int to) {
        return Arrays.copyOfRange(bytes, from, to);
    }

    static byte[] joined(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
