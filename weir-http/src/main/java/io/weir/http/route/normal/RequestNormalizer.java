package io.weir.http.route.normal;

import io.weir.http.codec.HttpHead;
import io.weir.http.route.match.HeadText;
import io.weir.http.route.match.PathMatch;
import io.weir.http.route.normal.NormalizeSpec.EscapedSlashes;
import io.weir.http.route.normal.NormalizeSpec.StripPort;
import io.weir.http.route.normal.NormalizeSpec.Underscores;
import java.nio.charset.StandardCharsets;

/**
 * Makes requests uniform before they are routed, so that one meaning has one form. Immutable, any thread; allocates
 * only where something changes.
 */
public final class RequestNormalizer {
    /** What the request may do now. */
    public enum Verdict {
        /** Go on, perhaps changed. */
        ACCEPT,
        /** 400: the path cannot be normalised, or holds what the configuration forbids. */
        REJECT_PATH,
        /** 400: a header name with an underscore. */
        REJECT_HEADER,
        /** 307 to the head's path, which has been changed. */
        REDIRECT
    }

    private final NormalizeSpec spec;

    public RequestNormalizer(NormalizeSpec spec) {
        this.spec = spec;
    }

    /**
     * Changes the head.
     *
     * @param localPort
     *            the port that the client connected to, for {@link StripPort#MATCHING}
     */
    public Verdict apply(HttpHead head, int localPort) {
        if (spec.underscores() != Underscores.ALLOW && !underscores(head)) {
            return Verdict.REJECT_HEADER;
        }
        if (spec.stripTrailingDot()) {
            stripTrailingDot(head);
        }
        if (spec.stripPort() != StripPort.NONE) {
            stripPort(head, localPort);
        }
        return path(head);
    }

    // ---- header names ----

    /** Some servers take {@code a_b} for {@code a-b}, so that one could stand in for the other. */
    private boolean underscores(HttpHead head) {
        byte[] bytes = head.bytes();
        for (int i = 0; i < head.count(); i++) {
            if (head.removed(i)) {
                continue;
            }
            for (int at = head.nameStart(i); at < head.nameEnd(i); at++) {
                if (bytes[at] == '_') {
                    if (spec.underscores() == Underscores.REJECT_REQUEST) {
                        return false;
                    }
                    head.remove(i);
                    break;
                }
            }
        }
        return true;
    }

    // ---- the authority ----

    private static void stripTrailingDot(HttpHead head) {
        int from = head.authorityStart();
        int colon = HeadText.portStart(head.bytes(), from, head.authorityEnd());
        if (colon > from && head.bytes()[colon - 1] == '.') {
            head.authority(head.text(from, colon - 1) + head.text(colon, head.authorityEnd()));
        }
    }

    private void stripPort(HttpHead head, int localPort) {
        int end = head.authorityEnd();
        int colon = HeadText.portStart(head.bytes(), head.authorityStart(), end);
        int port = port(head.bytes(), colon + 1, end);
        if (port >= 0 && (spec.stripPort() == StripPort.ANY || port == localPort)) {
            head.authority(head.text(head.authorityStart(), colon));
        }
    }

    /** The decimal number at this place, or -1. */
    private static int port(byte[] bytes, int from, int to) {
        int port = from < to ? 0 : -1;
        for (int i = from; i < to && port >= 0; i++) {
            int digit = bytes[i] - '0';
            port = digit < 0 || digit > 9 || port > 65_535 ? -1 : port * 10 + digit;
        }
        return port;
    }

    // ---- the path ----

    /** Slashes first, since normalisation must see them; merging last, since dot segments may leave two of them. */
    private Verdict path(HttpHead head) {
        int start = head.pathStart();
        if (start == head.pathEnd() || head.bytes()[start] != '/') {
            return Verdict.ACCEPT;
        }
        boolean unescape = spec.escapedSlashes() != EscapedSlashes.KEEP_UNCHANGED;
        if (!unescape && !spec.normalizePath() && !spec.mergeSlashes()) {
            return Verdict.ACCEPT;
        }
        int end = PathMatch.pathEnd(head);
        if (PathForm.isPlain(head.bytes(), start, end)) {
            return Verdict.ACCEPT;
        }
        String path = head.text(start, end);
        String changed = path;
        if (unescape) {
            changed = PathForm.unescapeSlashes(path);
            if (!changed.equals(path) && spec.escapedSlashes() == EscapedSlashes.REJECT_REQUEST) {
                return Verdict.REJECT_PATH;
            }
        }
        boolean redirect = !changed.equals(path) && spec.escapedSlashes() == EscapedSlashes.UNESCAPE_AND_REDIRECT;
        if (spec.normalizePath()) {
            String normal = PathForm.normalize(changed);
            if (normal == null) {
                return Verdict.REJECT_PATH;
            }
            changed = normal;
        }
        if (spec.mergeSlashes()) {
            changed = PathForm.mergeSlashes(changed);
        }
        if (!changed.equals(path)) {
            head.replacePathPrefix(end - start, changed.getBytes(StandardCharsets.ISO_8859_1));
        }
        return redirect ? Verdict.REDIRECT : Verdict.ACCEPT;
    }
}
