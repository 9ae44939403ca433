package io.weir.filters.cache;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.filters.cache.rules.ByteRange;
import io.weir.filters.cache.rules.Conditions;
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

    /** As a filter's answer in place of a host's. */
    Flow.Reply reply() {
        byte[] body = stored.body();
        return new Flow.Reply(status, switch (part) {
            case ByteRange.Part(int first, int last) -> Arrays.copyOfRange(body, first, last + 1);
            case ByteRange.Whole _,ByteRange.Foreign _ -> status == 304 ? NO_BYTES : body;
            case ByteRange.Outside _ -> NO_BYTES;
        }, DETAILS, ResponseFlag.RFCF.bit());
    }

    /** The same where the body comes behind: a byte stands for it, so that the answer has one. */
    Flow.Reply announcement() {
        return new Flow.Reply(status, ONE_BYTE, DETAILS, ResponseFlag.RFCF.bit());
    }

    /** The body, for an answer that takes the place of a host's while that comes. */
    ByteBuf body() {
        return switch (part) {
            case ByteRange.Part(int first, int last) -> Unpooled.wrappedBuffer(stored.body(), first, last - first + 1);
            case ByteRange.Whole _,ByteRange.Foreign _ ->
                status == 304 ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(stored.body());
            case ByteRange.Outside _ -> Unpooled.EMPTY_BUFFER;
        };
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
        int length = stored.body().length;
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

    /** The same in place of a host's head, with the length of what follows. */
    void replace(HttpHead head, int bodyBytes) {
        write(head);
        head.remove(HeaderName.CONTENT_LENGTH);
        head.framing(status == 304 || status == 204 ? Framing.NONE : Framing.LENGTH, bodyBytes);
    }
}
