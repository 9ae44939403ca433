package io.weir.http.route.match;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A field that configuration names: a header, or one of the pseudo names {@code :method :path :authority :scheme},
 * which HTTP/1.1 keeps elsewhere. {@code host} is {@code :authority}; {@code :scheme} is what {@code x-forwarded-proto}
 * says.
 */
public record HeadField(Kind kind, HeaderName name) {
    /** There is no such field. */
    public static final long ABSENT = -1;

    /** Where such a field stands. */
    public enum Kind {
        METHOD, PATH, AUTHORITY, STATUS, HEADER
    }

    /** The field of this name, in any case. */
    public static HeadField of(String name) {
        var header = HeaderName.of(name);
        return switch (header.toString()) {
            case ":method" -> new HeadField(Kind.METHOD, header);
            case ":path" -> new HeadField(Kind.PATH, header);
            case ":authority", "host" -> new HeadField(Kind.AUTHORITY, header);
            case ":status" -> new HeadField(Kind.STATUS, header);
            case ":scheme" -> new HeadField(Kind.HEADER, HeaderName.X_FORWARDED_PROTO);
            default -> new HeadField(Kind.HEADER, header);
        };
    }

    /** Where the first value stands, packed for {@link #start} and {@link #end}; or {@link #ABSENT}. */
    public long locate(HttpHead head) {
        return switch (kind) {
            case METHOD -> span(head.methodStart(), head.methodEnd());
            case PATH -> span(head.pathStart(), head.pathEnd());
            case AUTHORITY -> span(head.authorityStart(), head.authorityEnd());
            case STATUS -> ABSENT;
            case HEADER -> {
                int line = head.find(name);
                yield line < 0 ? ABSENT : ((long) head.valueStart(line) << 32) | head.valueEnd(line);
            }
        };
    }

    /** A part of the start line that is empty is not there. */
    private static long span(int start, int end) {
        return start == end ? ABSENT : ((long) start << 32) | end;
    }

    /** Where it begins. */
    public static int start(long span) {
        return (int) (span >>> 32);
    }

    /** Where it ends. */
    public static int end(long span) {
        return (int) span;
    }

    /** The second line of this name, or -1. */
    public int second(HttpHead head) {
        return kind == Kind.HEADER ? head.find(name, head.find(name) + 1) : -1;
    }

    /** A copy of each value, in order. */
    public List<byte[]> values(HttpHead head) {
        long span = locate(head);
        if (span == ABSENT) {
            return List.of();
        }
        if (kind != Kind.HEADER) {
            return List.of(Arrays.copyOfRange(head.bytes(), start(span), end(span)));
        }
        var values = new ArrayList<byte[]>();
        for (int i = head.find(name); i >= 0; i = head.find(name, i + 1)) {
            values.add(Arrays.copyOfRange(head.bytes(), head.valueStart(i), head.valueEnd(i)));
        }
        return values;
    }

    /** All values, joined by commas as RFC 9110 section 5.3 allows. */
    public byte[] joined(HttpHead head) {
        int size = -1;
        for (int i = head.find(name); i >= 0; i = head.find(name, i + 1)) {
            size += head.valueEnd(i) - head.valueStart(i) + 1;
        }
        var joined = new byte[Math.max(size, 0)];
        int at = 0;
        for (int i = head.find(name); i >= 0; i = head.find(name, i + 1)) {
            if (at > 0 || i != head.find(name)) {
                joined[at++] = ',';
            }
            int length = head.valueEnd(i) - head.valueStart(i);
            System.arraycopy(head.bytes(), head.valueStart(i), joined, at, length);
            at += length;
        }
        return joined;
    }
}
