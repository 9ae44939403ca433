package io.weir.http.codec;

import org.jspecify.annotations.Nullable;

/** Reads the start line of a request or response (RFC 9112 sections 3 and 4). One for each reader. */
final class StartLine {
    /** The longest registered method has 17 letters (UPDATEREDIRECTREF). */
    static final int METHOD_BYTES_MAX = 32;
    private static final int VERSION_BYTES = 8;
    private static final long HTTP_1_0 = Grammar.eight(new byte[]{'H', 'T', 'T', 'P', '/', '1', '.', '0'}, 0);
    private static final long HTTP_1_1 = Grammar.eight(new byte[]{'H', 'T', 'T', 'P', '/', '1', '.', '1'}, 0);

    /** What a target that names its authority said: http or https (0 when it does not), where, and what is missing. */
    private int defaultPort;
    private int authorityStart;
    private int authorityEnd;

    /** Reads the request line {@code [start, end)} into the head, or says why not. */
    @Nullable
    Reject request(HttpHead head, int start, int end) {
        byte[] bytes = head.bytes;
        defaultPort = 0;
        authorityStart = authorityEnd = 0;
        int space = Grammar.tokenEnd(bytes, start, end);
        if (space == end || (space == start && bytes[start] == ' ')) {
            return Reject.REQUEST_LINE;
        }
        if (bytes[space] != ' ') {
            return Reject.METHOD;
        }
        if (space - start > METHOD_BYTES_MAX) {
            return Reject.METHOD_TOO_LONG;
        }
        head.method(start, space);
        int target = space + 1;
        int targetEnd = Grammar.targetEnd(bytes, target, end);
        if (targetEnd == end || (targetEnd == target && bytes[target] == ' ') || bytes[targetEnd] == '\t') {
            return Reject.REQUEST_LINE;
        }
        if (bytes[targetEnd] != ' ') {
            return Reject.TARGET;
        }
        var wrong = version(head, targetEnd + 1, end);
        return wrong != null ? wrong : target(head, target, targetEnd);
    }

    private static @Nullable Reject version(HttpHead head, int from, int to) {
        byte[] bytes = head.bytes;
        if (to - from < VERSION_BYTES) {
            return Reject.VERSION;
        }
        long version = Grammar.eight(bytes, from);
        if (to - from == VERSION_BYTES && (version == HTTP_1_1 || version == HTTP_1_0)) {
            head.minorVersion(version == HTTP_1_1 ? 1 : 0);
            return null;
        }
        boolean form = to - from == VERSION_BYTES && head.equal(from, from + 5, "HTTP/")
                && Grammar.digit(bytes[from + 5]) && bytes[from + 6] == '.' && Grammar.digit(bytes[from + 7]);
        return form ? Reject.VERSION_UNSUPPORTED : Reject.VERSION;
    }

    private @Nullable Reject target(HttpHead head, int from, int to) {
        byte[] bytes = head.bytes;
        if (head.methodIs("CONNECT")) {
            authorityStart = from;
            authorityEnd = to;
            return Authority.valid(bytes, from, to, true) ? null : Reject.TARGET;
        }
        if (bytes[from] == '/') {
            head.path(from, to);
            return null;
        }
        if (to - from == 1 && bytes[from] == '*' && head.methodIs("OPTIONS")) {
            head.path(from, to);
            return null;
        }
        return absolute(head, from, to);
    }

    private @Nullable Reject absolute(HttpHead head, int from, int to) {
        byte[] bytes = head.bytes;
        int colon = from;
        while (colon < to && bytes[colon] != ':' && bytes[colon] != '/') {
            colon++;
        }
        if (colon + 3 > to || bytes[colon] != ':' || bytes[colon + 1] != '/' || bytes[colon + 2] != '/') {
            return Reject.TARGET;
        }
        if (Grammar.equalsIgnoreCase(bytes, from, colon, "http")) {
            defaultPort = 80;
        } else if (Grammar.equalsIgnoreCase(bytes, from, colon, "https")) {
            defaultPort = 443;
        } else {
            return Reject.SCHEME;
        }
        int path = colon + 3;
        authorityStart = path;
        while (path < to && bytes[path] != '/' && bytes[path] != '?') {
            path++;
        }
        authorityEnd = path;
        head.path(path, to);
        return Authority.valid(bytes, authorityStart, authorityEnd, false) ? null : Reject.HOST;
    }

    /**
     * Checks Host against the target once all lines are there, and sets authority and, for an absolute target with an
     * empty one, path. A target's authority replaces the Host field (RFC 9112 section 3.2.2), but the two have to
     * agree.
     */
    @Nullable
    Reject finishRequest(HttpHead head) {
        int host = head.find(HeaderName.HOST);
        if (host < 0) {
            if (head.minorVersion() == 1) {
                return Reject.HOST_MISSING;
            }
        } else if (head.find(HeaderName.HOST, host + 1) >= 0) {
            return Reject.HOST_REPEATED;
        } else if (!Authority.valid(head.bytes, head.valueStart(host), head.valueEnd(host), false)) {
            return Reject.HOST;
        }
        if (authorityEnd == authorityStart) {
            if (host >= 0) {
                head.authority(head.valueStart(host), head.valueEnd(host));
            }
            return null;
        }
        return finishWithAuthority(head, host);
    }

    private @Nullable Reject finishWithAuthority(HttpHead head, int host) {
        byte[] bytes = head.bytes;
        head.authority(authorityStart, authorityEnd);
        if (host >= 0 && !Authority.same(bytes, authorityStart, authorityEnd, head.valueStart(host),
                head.valueEnd(host), defaultPort)) {
            return Reject.HOST_CONFLICT;
        }
        head.remove(HeaderName.HOST);
        head.add(HeaderName.HOST, bytes, authorityStart, authorityEnd);
        if (defaultPort == 0) {
            return null; // CONNECT has no path
        }
        int from = head.pathStart();
        int to = head.pathEnd();
        if (from == to) {
            head.path(head.methodIs("OPTIONS") ? "*" : "/"); // RFC 9112 sections 3.2.4 and 3.2.1
        } else if (bytes[from] == '?') {
            int start = head.append(SLASH, 0, 1);
            head.append(bytes, from, to);
            head.path(start, head.length());
        }
        return null;
    }

    private static final byte[] SLASH = {'/'};

    /**
     * Reads the status line {@code [start, end)} into the head, or says why not. The space before an empty reason may
     * be missing: many servers leave it out, and it can be read in one way only.
     */
    static @Nullable Reject response(HttpHead head, int start, int end) {
        byte[] bytes = head.bytes;
        int code = start + VERSION_BYTES + 1;
        if (end < code + 3 || bytes[code - 1] != ' ') {
            return Reject.STATUS_LINE;
        }
        var wrong = version(head, start, start + VERSION_BYTES);
        if (wrong != null) {
            return wrong;
        }
        int status = 0;
        for (int i = code; i < code + 3; i++) {
            if (!Grammar.digit(bytes[i])) {
                return Reject.STATUS_LINE;
            }
            status = status * 10 + bytes[i] - '0';
        }
        if (status < 100 || (end > code + 3 && bytes[code + 3] != ' ')) {
            return Reject.STATUS_LINE;
        }
        head.status(status);
        return null;
    }
}
