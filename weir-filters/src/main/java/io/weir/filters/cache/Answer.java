package io.weir.filters.cache;

import io.weir.filters.cache.rules.ByteRange;
import io.weir.filters.cache.rules.Conditions;
import io.weir.filters.cache.rules.Content;
import io.weir.filters.cache.rules.StoredResponse;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.HttpHead.Framing;
import io.weir.http.filter.Flow;
import io.weir.observe.log.ResponseFlag;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a stored response becomes for one request: all of it, a part, or the word that the client has it. Immutable.
 *
 * @param stored
 *            what is kept
 * @param status
 *            of the answer
 * @param part
 *            of the body
 * @param age
 *            in seconds
 */
record Answer(StoredResponse stored, int status, ByteRange part, long age) {
    private static final HeaderName AGE = HeaderName.of("age");
    private static final byte[] NO_BYTES = {};
    private static final byte[] ONE_BYTE = {0};
    /** What a 304 says beside what the client knows (RFC 9110 section 15.4.5). */
    private static final Set<String> OF_NOT_MODIFIED = Set.of("cache-control", "content-location", "date", "etag",
            "expires", "vary", "server", "via", "last-modified");
    /** Weir's own words about an answer, which stay. */
    private static final List<HeaderName> KEPT = List.of(HeaderName.CONTENT_LENGTH, HeaderName.X_REQUEST_ID);
    private static final String DETAILS = "cache.response_from_cache_filter";

    /** Null where it is for a host to answer, such as several parts. */
    static @Nullable Answer of(StoredResponse stored, Conditions conditions, boolean isHead, long nowMillis) {
        long age = stored.ageSeconds(nowMillis);
        if (conditions.hold(stored)) {
            return new Answer(stored, 304, ByteRange.WHOLE, age);
        }
        var part = isHead ? ByteRange.WHOLE : conditions.part(stored);
        return switch (part) {
            case ByteRange.Whole _ -> new Answer(stored, stored.status(), part, age);
            case ByteRange.Part _ -> new Answer(stored, 206, part, age);
            case ByteRange.Outside _ -> new Answer(stored, 416, part, age);
            case ByteRange.Foreign _ -> null;
        };
    }

    /** Where of the stored body the answer's begins. */
    int first() {
        return part instanceof ByteRange.Part(int first, int _) ? first : 0;
    }

    /** The length of the answer's body. */
    int length() {
        return switch (part) {
            case ByteRange.Part(int first, int last) -> last - first + 1;
            case ByteRange.Whole _,ByteRange.Foreign _ -> status == 304 ? 0 : stored.content().length();
            case ByteRange.Outside _ -> 0;
        };
    }

    /** As a filter's answer in place of a host's; with its body, where that is in memory. */
    Flow.Reply reply() {
        int first = first();
        int length = length();
        byte[] body = switch (stored.content()) {
            case Content.Bytes(byte[] all) ->
                length == all.length ? all : Arrays.copyOfRange(all, first, first + length);
            case Content.Filed _ -> NO_BYTES; // what is in a file comes behind
        };
        return new Flow.Reply(status, body, DETAILS, ResponseFlag.RFCF.bit());
    }

    /** The same where the body comes behind: a byte stands for it, so that the answer has one. */
    Flow.Reply announcement() {
        return new Flow.Reply(status, ONE_BYTE, DETAILS, ResponseFlag.RFCF.bit());
    }

    /** Makes a head that is about to go out this answer's. */
    void write(HttpHead head) {
        for (int i = 0; i < head.count(); i++) {
            if (!head.removed(i) && !isKept(head, i)) {
                head.remove(i);
            }
        }
        head.status(status);
        for (var line : stored.lines()) {
            if (status < 300 || status == stored.status() || OF_NOT_MODIFIED.contains(line.name().toString())) {
                head.add(line.name(), line.value());
            }
        }
        head.add(AGE, age);
        int length = stored.content().length();
        switch (part) {
            case ByteRange.Part(int first, int last) ->
                head.add(HeaderName.CONTENT_RANGE, "bytes " + first + "-" + last + "/" + length);
            case ByteRange.Outside _ -> head.add(HeaderName.CONTENT_RANGE, "bytes */" + length);
            case ByteRange.Whole _,ByteRange.Foreign _ -> {
                // nothing to add
            }
        }
    }

    private static boolean isKept(HttpHead head, int line) {
        for (int i = 0; i < KEPT.size(); i++) {
            if (KEPT.get(i).matches(head.bytes(), head.nameStart(line), head.nameEnd(line))) {
                return true;
            }
        }
        return false;
    }

    /** The same in place of a head that speaks of another body. */
    void replace(HttpHead head) {
        write(head);
        head.remove(HeaderName.CONTENT_LENGTH);
        head.framing(status == 304 || status == 204 ? Framing.NONE : Framing.LENGTH, length());
    }

    /** The same for a HEAD, which is told the length of what it does not get. */
    void writeBodyless(HttpHead head) {
        write(head);
        head.remove(HeaderName.CONTENT_LENGTH);
        head.add(HeaderName.CONTENT_LENGTH, length());
    }
}
