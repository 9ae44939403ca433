package io.weir.filters.cache;

import io.netty.buffer.ByteBuf;
import io.weir.filters.cache.rules.StoredResponse;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.HttpHead.Framing;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A response on its way that is to be kept once it has come whole. Belongs to one worker. */
final class Keeping {
    private static final byte[] NO_BYTES = {};

    private final Gathering gathering;
    private @Nullable StoredResponse head;
    private List<HeaderName> vary = List.of();
    /** The body's length, or -1 where the head does not say. */
    private long expected;

    Keeping(Cache cache) {
        this.gathering = new Gathering(cache);
    }

    /** Whether there is one. */
    boolean active() {
        return head != null;
    }

    /** A head comes whose response may be kept; false where its body is too long. */
    boolean begin(HttpHead response, List<HeaderName> dependsOn, long askedMillis, long nowMillis) {
        head = StoredResponse.of(response, NO_BYTES, askedMillis, nowMillis);
        vary = dependsOn;
        expected = response.framing() == Framing.LENGTH ? response.contentLength() : -1;
        return gathering.expect(Math.max(0, expected));
    }

    /** Whether a piece makes it too long to be kept. */
    boolean tooLong(ByteBuf data) {
        return gathering.tooLong(data.readableBytes());
    }

    /** A piece comes; false where there is no room for it. */
    boolean add(ByteBuf data) {
        return gathering.add(data);
    }

    /** All has come: what is to be kept, or null where it is not as long as it should be. */
    @Nullable
    StoredResponse whole() {
        var begun = head;
        boolean broken = begun == null || (expected >= 0 && expected != gathering.size());
        var whole = broken || begun == null ? null : begun.with(gathering.whole());
        clear();
        return whole;
    }

    /** The fields of the request that it depends on. */
    List<HeaderName> vary() {
        return vary;
    }

    /** Nothing is kept of it. */
    void clear() {
        head = null;
        gathering.clear();
    }
}
