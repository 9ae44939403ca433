package io.weir.testkit;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads messages from a stream one byte after the other: slow and obvious on purpose. */
final class MessageReader {
    private static final int LINE_BYTES_MAX = 1 << 20;

    private final InputStream in;

    MessageReader(InputStream in) {
        this.in = in;
    }

    /** The next request, or null when the peer has closed before its first byte. */
    @Nullable
    HttpMessage request() throws IOException {
        String head = head();
        if (head == null) {
            return null;
        }
        HttpMessage bare = HttpMessage.of(head, "", List.of());
        return withBody(bare, false);
    }

    /** A request's head alone; its body stays to be read. */
    @Nullable
    HttpMessage requestHead() throws IOException {
        String head = head();
        return head == null ? null : HttpMessage.of(head, "", List.of());
    }

    /** The next response to a request of this method. */
    HttpMessage response(String method) throws IOException {
        String head = head();
        if (head == null) {
            throw new EOFException("closed before a response");
        }
        HttpMessage bare = HttpMessage.of(head, "", List.of());
        int status = bare.status();
        boolean bodiless = method.equals("HEAD") || status / 100 == 1 || status == 204 || status == 304
                || (method.equals("CONNECT") && status / 100 == 2);
        return bodiless ? bare : withBody(bare, true);
    }

    HttpMessage withBody(HttpMessage bare, boolean untilClose) throws IOException {
        if (bare.chunked()) {
            return chunkedBody(bare);
        }
        List<String> lengths = bare.headers("content-length");
        if (!lengths.isEmpty()) {
            return HttpMessage.of(bare.head(), text(exactly(Integer.parseInt(lengths.getFirst()))), List.of());
        }
        return untilClose ? HttpMessage.of(bare.head(), text(in.readAllBytes()), List.of()) : bare;
    }

    private HttpMessage chunkedBody(HttpMessage bare) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            String size = line().strip();
            int semicolon = size.indexOf(';');
            int bytes = Integer.parseInt(semicolon < 0 ? size : size.substring(0, semicolon).strip(), 16);
            if (bytes == 0) {
                StringBuilder trailers = new StringBuilder();
                for (String line = line(); !line.isBlank(); line = line()) {
                    trailers.append(line);
                }
                return HttpMessage.of(bare.head(), body.toString(StandardCharsets.ISO_8859_1),
                        HttpMessage.fields(trailers.toString()));
            }
            body.write(exactly(bytes));
            line();
        }
    }

    private byte[] exactly(int bytes) throws IOException {
        byte[] body = in.readNBytes(bytes);
        if (body.length < bytes) {
            throw new EOFException("closed after " + body.length + " of " + bytes + " bytes of the body");
        }
        return body;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private @Nullable String head() throws IOException {
        StringBuilder head = new StringBuilder();
        while (true) {
            String line = lineOrEnd();
            if (line == null) {
                if (head.isEmpty()) {
                    return null;
                }
                throw new EOFException("closed inside a head: " + head);
            }
            head.append(line);
            if (line.isBlank()) {
                return head.toString();
            }
        }
    }

    private String line() throws IOException {
        String line = lineOrEnd();
        if (line == null) {
            throw new EOFException("closed inside a message");
        }
        return line;
    }

    private @Nullable String lineOrEnd() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (line.size() < LINE_BYTES_MAX) {
            int octet = in.read();
            if (octet < 0) {
                if (line.size() == 0) {
                    return null;
                }
                throw new EOFException("closed inside a line: " + line.toString(StandardCharsets.ISO_8859_1));
            }
            line.write(octet);
            if (octet == '\n') {
                return line.toString(StandardCharsets.ISO_8859_1);
            }
        }
        throw new IOException("a line longer than " + LINE_BYTES_MAX);
    }
}
