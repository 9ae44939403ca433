package io.weir.http.codec;

import java.nio.charset.StandardCharsets;

/** Copies of heads. Stateless; each head belongs to its worker. */
public final class HeadCopy {
    private HeadCopy() {}

    /** Makes {@code to}, which is empty, the request that {@code from} is, without its removed lines. */
    public static void request(HttpHead from, HttpHead to) {
        byte[] bytes = from.bytes();
        int method = to.append(bytes, from.methodStart(), from.methodEnd());
        to.method(method, to.length());
        int path = to.append(bytes, from.pathStart(), from.pathEnd());
        to.path(path, to.length());
        byte[] scheme = from.scheme().getBytes(StandardCharsets.ISO_8859_1);
        int at = to.append(scheme, 0, scheme.length);
        to.scheme(at, to.length());
        for (int i = 0; i < from.count(); i++) {
            if (!from.removed(i)) {
                line(from, i, to);
            }
        }
        // The authority of a target in absolute form stands outside the lines.
        int authority = to.append(bytes, from.authorityStart(), from.authorityEnd());
        to.authority(authority, to.length());
        int protocol = to.append(bytes, from.protocolStart(), from.protocolEnd());
        to.protocol(protocol, to.length());
        to.minorVersion(from.minorVersion());
        to.framing(from.framing(), from.contentLength());
    }

    /** Makes {@code to}, which is empty, the response, or the trailers, that {@code from} is, without removed lines. */
    public static void response(HttpHead from, HttpHead to) {
        for (int i = 0; i < from.count(); i++) {
            if (!from.removed(i)) {
                line(from, i, to);
            }
        }
        to.status(from.status());
        to.minorVersion(from.minorVersion());
        to.persistent(from.persistent());
        to.framing(from.framing(), from.contentLength());
    }

    private static void line(HttpHead from, int i, HttpHead to) {
        byte[] bytes = from.bytes();
        int end = from.valueEnd(i);
        while (bytes[end] != '\n') {
            end++; // what may stand between the value and the line's end is space
        }
        int start = to.append(bytes, from.nameStart(i), end + 1);
        int shift = start - from.nameStart(i);
        to.line(start, from.nameEnd(i) + shift, from.valueStart(i) + shift, from.valueEnd(i) + shift, to.length());
        if (from.sensitive(i)) {
            to.markSensitive(to.count() - 1);
        }
    }
}
