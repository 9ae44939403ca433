package io.weir.http.codec;

import io.weir.http.codec.HttpHead.Framing;
import org.jspecify.annotations.Nullable;

/**
 * Makes a head of the fields of HTTP/2, by all rules of RFC 9113 section 8, and by those of HTTP/1 where a value goes
 * on by that: what HTTP/1's reader would refuse is refused here too, so that nothing changes its meaning on the way.
 * The head's lines are as HTTP/1 has them: {@code :authority} becomes {@code host}.
 *
 * <p>
 * Use: {@link #begin}, then {@link #field} for each, then the {@code finish} of the kind. After a refusal fields are
 * passed over. One per connection; belongs to one worker.
 */
public final class FieldSection {
    /** What the fields belong to. */
    public enum Kind {
        REQUEST, RESPONSE, TRAILERS
    }

    /** What {@link #listBytes} counts for each field beside its name and value (RFC 9113 section 6.5.2). */
    private static final int FIELD_OVERHEAD = 32;
    private static final byte[] HOST = {'h', 'o', 's', 't'};

    private final HeadLimits limits;
    private boolean extendedConnect;
    private Kind kind = Kind.REQUEST;
    private @Nullable HttpHead head;
    private @Nullable FieldReject reject;
    private long listBytes;
    private boolean fieldSeen;
    /** The bits of those that were there. */
    private int pseudoSeen;
    /** The line of the first cookie, or -1, and how many crumbs of it stand apart. */
    private int cookie;
    private int crumbsApart;

    /** Sections within these limits. */
    public FieldSection(HeadLimits limits) {
        this.limits = limits;
    }

    /** Lets requests have {@code :protocol}, as our SETTINGS_ENABLE_CONNECT_PROTOCOL says (RFC 8441 section 3). */
    public void extendedConnect(boolean allowed) {
        extendedConnect = allowed;
    }

    /** Begins a section; the head is cleared. Null passes every field over. */
    public void begin(Kind what, @Nullable HttpHead into) {
        kind = what;
        head = into;
        reject = null;
        listBytes = 0;
        fieldSeen = false;
        pseudoSeen = 0;
        cookie = -1;
        crumbsApart = 0;
        if (into != null) {
            into.clear();
        }
    }

    /** Why the section was refused, or null. */
    public @Nullable FieldReject reject() {
        return reject;
    }

    /**
     * Takes a field, which stands as {@code name: value CRLF} in {@code bytes} from {@code start} on.
     *
     * @param tag
     *            what was answered for the same name and value before, or 0
     * @return what was found out about name and value, to be passed again; 0 for nothing
     */
    public int field(byte[] bytes, int start, int nameLength, int valueLength, int tag, boolean sensitive) {
        var into = head;
        if (reject != null || into == null) {
            return tag;
        }
        listBytes += nameLength + valueLength + FIELD_OVERHEAD;
        if (listBytes > limits.bytesMax()) {
            reject = FieldReject.LIST_TOO_LARGE;
            return tag;
        }
        int name = into.append(bytes, start, start + nameLength + valueLength + 4);
        int found = tag != 0 ? tag : FieldTag.of(into.bytes, name, nameLength, valueLength);
        reject = FieldTag.reject(found);
        if (reject == null) {
            int value = name + nameLength + 2;
            reject = FieldTag.pseudo(found)
                    ? pseudo(into, found, value, value + valueLength)
                    : line(into, found, name, value, value + valueLength, sensitive);
        }
        return found;
    }

    private @Nullable FieldReject pseudo(HttpHead into, int tag, int from, int to) {
        if (fieldSeen) {
            return FieldReject.PSEUDO_LATE;
        }
        var which = Pseudo.of(FieldTag.number(tag));
        if (seen(which)) {
            return FieldReject.PSEUDO_REPEATED;
        }
        pseudoSeen |= which.bit();
        if (kind == Kind.TRAILERS || (which == Pseudo.STATUS) != (kind == Kind.RESPONSE)) {
            return FieldReject.PSEUDO_NOT_ALLOWED;
        }
        switch (which) {
            case METHOD -> into.method(from, to);
            case SCHEME -> into.scheme(from, to);
            case PATH -> into.path(from, to);
            case AUTHORITY -> {
                int name = from - 2 - HOST.length;
                System.arraycopy(HOST, 0, into.bytes, name, HOST.length); // over the end of :authority
                into.line(name, name + HOST.length, from, to, to + 2, HeaderName.HOST.id());
                into.authority(from, to);
            }
            case PROTOCOL -> {
                if (!extendedConnect) {
                    return FieldReject.PSEUDO_UNKNOWN;
                }
                into.protocol(from, to);
            }
            case STATUS -> into.status((into.bytes[from] - '0') * 100 + (into.bytes[from + 1] - '0') * 10
                    + into.bytes[from + 2] - '0');
        }
        return null;
    }

    private boolean seen(Pseudo which) {
        return (pseudoSeen & which.bit()) != 0;
    }

    private @Nullable FieldReject line(HttpHead into, int tag, int name, int value, int end, boolean sensitive) {
        fieldSeen = true;
        int id = FieldTag.number(tag);
        if (id == HeaderName.TE.id() && kind != Kind.REQUEST) {
            return FieldReject.TE;
        }
        boolean crumb = id == HeaderName.COOKIE.id() && cookie >= 0;
        if (crumb && into.joined(cookie, name, value, end)) {
            if (sensitive) {
                into.markSensitive(cookie);
            }
            return null;
        }
        if (crumb) {
            crumbsApart++;
        } else if (into.count() - crumbsApart - (seen(Pseudo.AUTHORITY) ? 1 : 0) >= limits.fieldsMax()) {
            return FieldReject.TOO_MANY_FIELDS;
        }
        into.line(name, value - 2, value, end, end + 2, id);
        int line = into.count() - 1;
        if (sensitive) {
            into.markSensitive(line);
        }
        if (kind == Kind.TRAILERS) {
            TrailerFields.strip(into, line);
        } else if (id == HeaderName.COOKIE.id() && kind == Kind.REQUEST && cookie < 0) {
            cookie = line;
        }
        return null;
    }

    // ---- the end of a section ----

    /**
     * Ends a request's head: its framing is set, as Http2Heads tells.
     *
     * @param endStream
     *            whether no content follows
     * @return why it is refused, or null
     */
    public @Nullable FieldReject finishRequest(boolean endStream) {
        var into = head;
        if (reject == null && into != null) {
            reject = request(into, endStream);
        }
        return reject;
    }

    private @Nullable FieldReject request(HttpHead into, boolean endStream) {
        if (!seen(Pseudo.METHOD)) {
            return FieldReject.PSEUDO_MISSING;
        }
        boolean connect = into.methodIs("CONNECT");
        boolean tunnel = connect && !seen(Pseudo.PROTOCOL);
        if (seen(Pseudo.PROTOCOL) && !connect) {
            return FieldReject.PSEUDO_NOT_ALLOWED;
        }
        if (tunnel && (seen(Pseudo.SCHEME) || seen(Pseudo.PATH))) {
            return FieldReject.PSEUDO_NOT_ALLOWED;
        }
        if (tunnel ? !seen(Pseudo.AUTHORITY) : !seen(Pseudo.SCHEME) || !seen(Pseudo.PATH)) {
            return FieldReject.PSEUDO_MISSING;
        }
        if (tunnel && !Authority.valid(into.bytes, into.authorityStart(), into.authorityEnd(), true)) {
            return FieldReject.AUTHORITY;
        }
        if (!tunnel && into.bytes[into.pathStart()] != '/' && !(into.path().equals("*") && into.methodIs("OPTIONS"))) {
            return FieldReject.PATH;
        }
        var wrong = host(into);
        if (wrong == null) {
            wrong = length(into);
        }
        if (wrong == null) {
            wrong = requestFraming(into, connect, endStream);
        }
        if (wrong == null && MessageFraming.expectation(into) != null) {
            wrong = FieldReject.EXPECTATION;
        }
        if (wrong == null && crumbsApart > 0) {
            into.joinAll(HeaderName.COOKIE);
        }
        return wrong;
    }

    /** A Host field beside the authority has to say the same, and is dropped; one in its place is the authority. */
    private @Nullable FieldReject host(HttpHead into) {
        int host = into.find(HeaderName.HOST);
        if (host < 0) {
            return FieldReject.HOST_MISSING;
        }
        int second = into.find(HeaderName.HOST, host + 1);
        if (!seen(Pseudo.AUTHORITY)) {
            if (second >= 0) {
                return FieldReject.HOST_REPEATED;
            }
            into.authority(into.valueStart(host), into.valueEnd(host));
            return Authority.valid(into.bytes, into.valueStart(host), into.valueEnd(host), false)
                    ? null
                    : FieldReject.HOST;
        }
        if (second < 0) {
            return null;
        }
        if (into.find(HeaderName.HOST, second + 1) >= 0) {
            return FieldReject.HOST_REPEATED;
        }
        byte[] bytes = into.bytes;
        int from = into.valueStart(second);
        int to = into.valueEnd(second);
        if (!Authority.valid(bytes, from, to, false)) {
            return FieldReject.HOST;
        }
        int defaultPort = into.schemeEnd() - into.schemeStart() == "https".length()
                ? 443
                : seen(Pseudo.SCHEME) ? 80 : 0;
        if (!Authority.same(bytes, into.authorityStart(), into.authorityEnd(), from, to, defaultPort)) {
            return FieldReject.HOST_CONFLICT;
        }
        into.remove(second);
        return null;
    }

    /** Finds what Content-Length says: as framing, for the moment. */
    private static @Nullable FieldReject length(HttpHead into) {
        int line = into.find(HeaderName.CONTENT_LENGTH);
        if (line < 0) {
            into.framing(Framing.NONE, -1);
            return null;
        }
        if (into.find(HeaderName.CONTENT_LENGTH, line + 1) >= 0) {
            return FieldReject.CONTENT_LENGTH_REPEATED;
        }
        long bytes = MessageFraming.decimal(into.bytes, into.valueStart(line), into.valueEnd(line));
        if (bytes < 0) {
            return FieldReject.CONTENT_LENGTH;
        }
        into.framing(Framing.LENGTH, bytes);
        return null;
    }

    private static @Nullable FieldReject requestFraming(HttpHead into, boolean connect, boolean endStream) {
        long length = into.contentLength();
        if (connect) {
            return length < 0 ? null : FieldReject.CONTENT_LENGTH_NOT_ALLOWED;
        }
        if (endStream && length > 0) {
            return FieldReject.CONTENT_LENGTH_MISMATCH;
        }
        if (length < 0 && !endStream) {
            into.framing(Framing.CHUNKED, -1);
        } else if (length < 0 && (into.methodIs("POST") || into.methodIs("PUT") || into.methodIs("PATCH"))) {
            into.framing(Framing.LENGTH, 0); // RFC 9110 section 8.6: these methods say so by a length of 0
        }
        return null;
    }

    /**
     * Ends a response's head: its framing is set, as Http2Heads tells.
     *
     * @param endStream
     *            whether no content follows
     * @param toHead
     *            whether the request was HEAD
     * @param toConnect
     *            whether the request was CONNECT
     * @return why it is refused, or null
     */
    public @Nullable FieldReject finishResponse(boolean endStream, boolean toHead, boolean toConnect) {
        var into = head;
        if (reject == null && into != null) {
            reject = response(into, endStream, toHead, toConnect && into.status() / 100 == 2);
        }
        return reject;
    }

    private @Nullable FieldReject response(HttpHead into, boolean endStream, boolean toHead, boolean tunnel) {
        if (!seen(Pseudo.STATUS)) {
            return FieldReject.PSEUDO_MISSING;
        }
        int status = into.status();
        if (status == 101) {
            return FieldReject.SWITCHING_PROTOCOLS;
        }
        if (status < 200 && endStream) {
            return FieldReject.INTERIM_END;
        }
        if (tunnel) {
            into.remove(HeaderName.CONTENT_LENGTH); // RFC 9110 section 9.3.6: a client must ignore it
        }
        var wrong = length(into);
        if (wrong != null) {
            return wrong;
        }
        long length = into.contentLength();
        if ((status < 200 || status == 204) && length > 0) {
            return FieldReject.CONTENT_LENGTH_NOT_ALLOWED;
        }
        if (toHead || tunnel || status < 200 || status == 204 || status == 304) {
            into.framing(Framing.NONE, -1);
        } else if (endStream && length > 0) {
            return FieldReject.CONTENT_LENGTH_MISMATCH;
        } else if (length < 0) {
            into.framing(endStream ? Framing.LENGTH : Framing.CHUNKED, 0);
        }
        return null;
    }
}
