package io.weir.http.h2;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.weir.testkit.Ports;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 connection on which a test sends any frames whatever and sees exactly what comes back. Header blocks that
 * it sends are literals, those that come are read by Netty's decoder. Blocking; a read that takes longer than 10 s
 * fails.
 */
public final class RawHttp2 implements AutoCloseable {
    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int PRIORITY = 2;
    public static final int RST_STREAM = 3;
    public static final int SETTINGS = 4;
    public static final int PUSH_PROMISE = 5;
    public static final int PING = 6;
    public static final int GOAWAY = 7;
    public static final int WINDOW_UPDATE = 8;
    public static final int CONTINUATION = 9;
    public static final int END_STREAM = 1;
    public static final int ACK = 1;
    public static final int END_HEADERS = 4;
    public static final int PADDED = 8;
    public static final int PRIORITY_FLAG = 0x20;
    public static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    public static final byte[] NOTHING = {};

    private static final int PATIENCE_MILLIS = 10_000;

    private final Socket socket;
    private final DataInputStream in;
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
    private final Map<Integer, Answer> answers = new TreeMap<>();

    /** One frame as it came. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Frame(int type, int flags, int id, byte[] payload) {
        public boolean has(int flag) {
            return (flags & flag) != 0;
        }

        public int number(int at) {
            return ByteBuffer.wrap(payload).getInt(at);
        }
    }

    /** What has come for one stream so far. */
    public static final class Answer {
        public int status;
        public int interims;
        public boolean complete;
        public @Nullable Http2Error reset;
        public @Nullable Http2Headers head;
        public @Nullable Http2Headers trailers;
        public final ByteArrayOutputStream body = new ByteArrayOutputStream();

        public String text() {
            return body.toString(StandardCharsets.ISO_8859_1);
        }

        public String header(String name) {
            var fields = head;
            CharSequence value = fields == null ? null : fields.get(name);
            return value == null ? "" : value.toString();
        }
    }

    private RawHttp2(int port, int receiveBufferBytes) throws IOException {
        socket = new Socket();
        if (receiveBufferBytes > 0) {
            socket.setReceiveBufferSize(receiveBufferBytes);
        }
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(Ports.loopback(port), PATIENCE_MILLIS);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
    }

    /** Connects and says nothing. */
    public static RawHttp2 silent(int port) throws IOException {
        return new RawHttp2(port, 0);
    }

    /** Connects and sends the preface, SETTINGS without entries, and the answer to those of the server. */
    public static RawHttp2 connect(int port) throws IOException {
        return silent(port).send(PREFACE).settings().frame(SETTINGS, ACK, 0, NOTHING);
    }

    /** The same with a small receive buffer. */
    public static RawHttp2 slow(int port, int receiveBufferBytes) throws IOException {
        return new RawHttp2(port, receiveBufferBytes).send(PREFACE).settings().frame(SETTINGS, ACK, 0, NOTHING);
    }

    // ---- what is sent ----

    public RawHttp2 send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public RawHttp2 send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    public static byte[] frameBytes(int type, int flags, int id, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length).putInt(payload.length << 8 | type).put((byte) flags).putInt(id)
                .put(payload).array();
    }

    public RawHttp2 frame(int type, int flags, int id, byte[] payload) throws IOException {
        return send(frameBytes(type, flags, id, payload));
    }

    /** Only a frame's head, which promises so many bytes. */
    public RawHttp2 head(int length, int type, int flags, int id) throws IOException {
        return send(ByteBuffer.allocate(9).putInt(length << 8 | type).put((byte) flags).putInt(id).array());
    }

    /** SETTINGS: names and values in turn. */
    public RawHttp2 settings(int... entries) throws IOException {
        var payload = ByteBuffer.allocate(entries.length * 3);
        for (int i = 0; i < entries.length; i += 2) {
            payload.putShort((short) entries[i]).putInt(entries[i + 1]);
        }
        return frame(SETTINGS, 0, 0, payload.array());
    }

    public static byte[] numbers(int... numbers) {
        var payload = ByteBuffer.allocate(4 * numbers.length);
        for (int number : numbers) {
            payload.putInt(number);
        }
        return payload.array();
    }

    public RawHttp2 windowUpdate(int id, int increment) throws IOException {
        return frame(WINDOW_UPDATE, 0, id, numbers(increment));
    }

    public RawHttp2 reset(int id, Http2Error code) throws IOException {
        return frame(RST_STREAM, 0, id, numbers(code.code()));
    }

    /** A block of literals that enter no table: each field is {@code name: value}. */
    public static byte[] block(String... fields) {
        var out = new ByteArrayOutputStream();
        for (String field : fields) {
            int colon = field.indexOf(": ", 1);
            out.write(0);
            string(out, field.substring(0, colon));
            string(out, field.substring(colon + 2));
        }
        return out.toByteArray();
    }

    private static void string(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.length < 127) {
            out.write(bytes.length);
        } else {
            out.write(127);
            int rest = bytes.length - 127;
            while (rest >= 128) {
                out.write(rest % 128 + 128);
                rest /= 128;
            }
            out.write(rest);
        }
        out.writeBytes(bytes);
    }

    public static byte[] request(String method, String path, String... more) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(block(":method: " + method, ":scheme: http", ":path: " + path, ":authority: a"));
        out.writeBytes(block(more));
        return out.toByteArray();
    }

    /** A complete request without a body. */
    public RawHttp2 get(int id, String path, String... more) throws IOException {
        return frame(HEADERS, END_STREAM | END_HEADERS, id, request("GET", path, more));
    }

    /** A request whose body follows. */
    public RawHttp2 post(int id, String path, String... more) throws IOException {
        return frame(HEADERS, END_HEADERS, id, request("POST", path, more));
    }

    public RawHttp2 data(int id, String text, boolean last) throws IOException {
        return frame(DATA, last ? END_STREAM : 0, id, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    // ---- what comes ----

    /** The next frame; null when the connection has been closed or reset. Header blocks are entered into answers. */
    @Nullable
    public Frame next() throws IOException {
        try {
            int lengthAndType = in.readInt();
            int flags = in.readUnsignedByte();
            int id = in.readInt();
            byte[] payload = new byte[lengthAndType >>> 8];
            in.readFully(payload);
            var frame = new Frame(lengthAndType & 0xff, flags, id, payload);
            enter(frame);
            return frame;
        } catch (EOFException | SocketException closed) {
            return null;
        }
    }

    /** The next frame, or null when none begins within the time. */
    @Nullable
    public Frame nextWithin(int millis) throws IOException {
        socket.setSoTimeout(millis);
        in.mark(1);
        try {
            if (in.read() < 0) {
                return null;
            }
            in.reset();
        } catch (SocketTimeoutException silent) {
            return null;
        } finally {
            socket.setSoTimeout(PATIENCE_MILLIS);
        }
        return next();
    }

    private void enter(Frame frame) {
        var answer = frame.id == 0 ? null : answers.computeIfAbsent(frame.id, _ -> new Answer());
        if (answer == null) {
            return;
        }
        switch (frame.type) {
            case HEADERS -> head(answer, frame);
            case DATA -> answer.body.writeBytes(frame.payload);
            case RST_STREAM -> answer.reset = Http2Error.of(frame.number(0));
            default -> {
            }
        }
        answer.complete |= (frame.type == HEADERS || frame.type == DATA) && frame.has(END_STREAM);
    }

    private void head(Answer answer, Frame frame) {
        var bytes = Unpooled.wrappedBuffer(frame.payload);
        try {
            var fields = decoder.decodeHeaders(frame.id, bytes);
            CharSequence status = fields.status();
            if (status == null) {
                answer.trailers = fields;
                return;
            }
            answer.status = Integer.parseInt(status.toString());
            answer.head = fields;
            answer.interims += answer.status < 200 ? 1 : 0;
        } catch (Http2Exception broken) {
            throw new UncheckedIOException(new IOException(broken));
        } finally {
            bytes.release();
        }
    }

    /** Reads until this stream's answer is complete or the stream is reset. */
    public Answer answer(int id) throws IOException {
        var answer = answers.computeIfAbsent(id, _ -> new Answer());
        while (!answer.complete && answer.reset == null) {
            if (next() == null) {
                throw new EOFException("closed before stream " + id + " was answered");
            }
        }
        return answer;
    }

    /** What has come for this stream so far. */
    public Answer soFar(int id) {
        return answers.computeIfAbsent(id, _ -> new Answer());
    }

    /** Reads until a frame of this type comes. */
    public Frame await(int type, int flag) throws IOException {
        for (var frame = next(); frame != null; frame = next()) {
            if (frame.type == type && (flag == 0 || frame.has(flag))) {
                return frame;
            }
        }
        throw new EOFException("closed before a frame of type " + type + " came");
    }

    /** Sends a PING and reads until its answer: whatever was sent before it has been looked at. */
    public RawHttp2 settled() throws IOException {
        frame(PING, 0, 0, new byte[8]);
        await(PING, ACK);
        return this;
    }

    /**
     * How the peer takes what was sent: the first RST_STREAM or GOAWAY, or "closed". A GOAWAY has to be followed by the
     * end of the connection.
     */
    public String reaction() throws IOException {
        for (var frame = next(); frame != null; frame = next()) {
            if (frame.type == RST_STREAM) {
                return "RST_STREAM " + Http2Error.of(frame.number(0));
            }
            if (frame.type == GOAWAY) {
                while (next() != null) {
                    // what was under way
                }
                return "GOAWAY " + Http2Error.of(frame.number(4));
            }
        }
        return "closed";
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
