package io.weir.bench.overload;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** As much of HTTP/1.1 as both ends of the bench need. Stateless. */
final class Wire {
    private static final int HEAD_BYTES_MAX = 8_192;
    private static final int HEX = 16;

    private Wire() {}

    /** The next head, with its last empty line; null when the other side has closed. */
    static @Nullable String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < HEAD_BYTES_MAX) {
            int next = in.read();
            if (next < 0) {
                return null;
            }
            head.append((char) next);
            int length = head.length();
            if (next == '\n' && length >= 4 && head.charAt(length - 2) == '\r' && head.charAt(length - 3) == '\n') {
                return head.toString();
            }
        }
        throw new IOException("a head of more than " + HEAD_BYTES_MAX + " bytes");
    }

    /** Reads an answer with its body; its status. */
    static int answer(InputStream in) throws IOException {
        String head = head(in);
        if (head == null) {
            throw new IOException("closed");
        }
        int at = head.toLowerCase(Locale.ROOT).indexOf("content-length: ");
        if (at >= 0) {
            int from = at + "content-length: ".length();
            in.skipNBytes(Long.parseLong(head.substring(from, head.indexOf('\r', from))));
        }
        if (head.toLowerCase(Locale.ROOT).contains("transfer-encoding: chunked")) {
            chunks(in);
        }
        return Integer.parseInt(head.split(" ", 3)[1]);
    }

    /** To the end of the last, without trailers. */
    private static void chunks(InputStream in) throws IOException {
        while (true) {
            int length = 0;
            for (int next = in.read(); next != '\n'; next = in.read()) {
                if (next < 0) {
                    throw new IOException("closed");
                }
                length = next == '\r' ? length : length * HEX + Character.digit(next, HEX);
            }
            in.skipNBytes(length + 2L);
            if (length == 0) {
                return;
            }
        }
    }

    static byte[] request() {
        return "GET / HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: gzip\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    }
}
