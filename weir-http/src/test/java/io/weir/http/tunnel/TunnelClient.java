package io.weir.http.tunnel;

import io.weir.http.h2.RawHttp2;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.RawHttp;
import java.io.EOFException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A client of one tunnel, by either version of HTTP. */
sealed interface TunnelClient extends AutoCloseable {
    String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
    /** What RFC 6455 section 1.3 computes for that key. */
    String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    /** Asks for a WebSocket; the status that answers. */
    int webSocket() throws IOException;

    /** Asks for a tunnel to somewhere. */
    int connect() throws IOException;

    /** Asks for no tunnel, by a stream of this number; the status that answers. */
    int plain(int stream) throws IOException;

    String header(String name);

    void send(String text) throws IOException;

    String read(int bytes) throws IOException;

    /** Ends the client's half. */
    void finish() throws IOException;

    /** Whether the proxy ends its half properly, with nothing more said. */
    boolean ended() throws IOException;

    /** How the proxy cuts the tunnel: the code of HTTP/2, or of HTTP/1.1 "closed". */
    String reset() throws IOException;

    @Override
    void close() throws IOException;

    static TunnelClient of(boolean http2, int port) throws IOException {
        return http2 ? new Second(RawHttp2.connect(port)) : new First(RawHttp.connect(port));
    }

    /** By HTTP/1.1. */
    final class First implements TunnelClient {
        private final RawHttp wire;
        private @Nullable HttpMessage answer;

        First(RawHttp wire) {
            this.wire = wire;
        }

        @Override
        public int webSocket() throws IOException {
            wire.send("GET /chat HTTP/1.1\r\nHost: a.example\r\nConnection: keep-alive, Upgrade\r\n"
                    + "Upgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + KEY + "\r\n\r\n");
            var came = wire.response();
            answer = came;
            return came.status();
        }

        @Override
        public int connect() throws IOException {
            wire.send("CONNECT b.example:443 HTTP/1.1\r\nHost: b.example:443\r\n\r\n");
            var came = wire.responseTo("CONNECT");
            answer = came;
            return came.status();
        }

        @Override
        public int plain(int stream) throws IOException {
            wire.send("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
            return wire.response().status();
        }

        @Override
        public String header(String name) {
            var known = answer;
            return known == null ? "" : known.header(name).orElse("");
        }

        @Override
        public void send(String text) throws IOException {
            wire.send(text);
        }

        @Override
        public String read(int bytes) throws IOException {
            return Hosts.text(wire.read(bytes));
        }

        @Override
        public void finish() throws IOException {
            wire.finish();
        }

        @Override
        public boolean ended() throws IOException {
            return wire.closedByPeer();
        }

        @Override
        public String reset() throws IOException {
            return wire.closedByPeer() ? "closed" : "open";
        }

        @Override
        public void close() throws IOException {
            wire.close();
        }
    }

    /** By HTTP/2. */
    final class Second implements TunnelClient {
        private final RawHttp2 wire;
        private int taken;

        Second(RawHttp2 wire) {
            this.wire = wire;
        }

        @Override
        public int webSocket() throws IOException {
            wire.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, RawHttp2.block(":method: CONNECT",
                    ":protocol: websocket", ":scheme: http", ":path: /chat", ":authority: a.example",
                    "sec-websocket-version: 13"));
            return status();
        }

        @Override
        public int connect() throws IOException {
            wire.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1,
                    RawHttp2.block(":method: CONNECT", ":authority: b.example:443"));
            return status();
        }

        @Override
        public int plain(int stream) throws IOException {
            wire.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, stream,
                    RawHttp2.block(":method: GET", ":scheme: http", ":path: /", ":authority: a.example"));
            return wire.answer(stream).status;
        }

        private int status() throws IOException {
            while (wire.soFar(1).status == 0) {
                if (wire.next() == null) {
                    throw new EOFException("closed before an answer");
                }
            }
            return wire.soFar(1).status;
        }

        @Override
        public String header(String name) {
            return wire.soFar(1).header(name);
        }

        @Override
        public void send(String text) throws IOException {
            wire.data(1, text, false);
        }

        @Override
        public String read(int bytes) throws IOException {
            var stream = wire.soFar(1);
            while (stream.body.size() < taken + bytes && !stream.complete && stream.reset == null) {
                if (wire.next() == null) {
                    break;
                }
            }
            String all = stream.text();
            int end = Math.min(all.length(), taken + bytes);
            String next = all.substring(taken, end);
            taken = end;
            if (!next.isEmpty() && !stream.complete) {
                wire.windowUpdate(0, next.length()).windowUpdate(1, next.length());
            }
            return next;
        }

        @Override
        public void finish() throws IOException {
            wire.data(1, "", true);
        }

        @Override
        public boolean ended() throws IOException {
            var stream = wire.answer(1);
            return stream.complete && stream.reset == null && stream.body.size() == taken;
        }

        @Override
        public String reset() throws IOException {
            return String.valueOf(wire.answer(1).reset);
        }

        @Override
        public void close() throws IOException {
            wire.close();
        }
    }
}
