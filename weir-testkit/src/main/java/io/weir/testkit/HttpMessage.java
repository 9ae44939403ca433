package io.weir.testkit;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One HTTP/1.1 message as it stood on the wire, request or response, read in the plainest way. Bytes are read as ISO
 * 8859-1, one character a byte.
 *
 * @param head
 *            start line and fields with their line ends, the empty line included
 * @param startLine
 *            without its line end
 * @param fields
 *            in their order, names as sent, values without the white space around them
 * @param body
 *            one character a byte, with the chunked coding taken off
 * @param trailers
 *            the fields behind the last chunk
 */
public record HttpMessage(String head, String startLine, List<Field> fields, String body, List<Field> trailers) {
    /** One field line. */
    public record Field(String name, String value) {
    }

    static HttpMessage of(String head, String body, List<Field> trailers) {
        int end = head.indexOf('\n');
        String startLine = end < 0 ? head : head.substring(0, end);
        return new HttpMessage(head, startLine.strip(), fields(end < 0 ? "" : head.substring(end + 1)), body, trailers);
    }

    static List<Field> fields(String lines) {
        List<Field> fields = new ArrayList<>();
        for (String line : lines.split("\r?\n", -1)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.add(new Field(line.substring(0, colon), line.substring(colon + 1).strip()));
            }
        }
        return List.copyOf(fields);
    }

    /** A response's status code. */
    public int status() {
        return Integer.parseInt(startLine.split(" ", 3)[1]);
    }

    /** A request's method. */
    public String method() {
        return startLine.split(" ", 3)[0];
    }

    /** A request's target as sent. */
    public String target() {
        return startLine.split(" ", 3)[1];
    }

    /** The first field of this name in any case, or empty. */
    public Optional<String> header(String name) {
        return headers(name).stream().findFirst();
    }

    /** The values of every field of this name in any case, in their order. */
    public List<String> headers(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        return fields.stream().filter(field -> field.name().toLowerCase(Locale.ROOT).equals(wanted)).map(Field::value)
                .toList();
    }

    /** The body's bytes. */
    public byte[] bodyBytes() {
        return body.getBytes(StandardCharsets.ISO_8859_1);
    }

    boolean chunked() {
        return headers("transfer-encoding").stream().anyMatch(v -> v.toLowerCase(Locale.ROOT).contains("chunked"));
    }

    @Override
    public String toString() {
        return head + body;
    }
}
