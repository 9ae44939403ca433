package io.weir.http.reply;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.observe.log.LogBuffer;
import io.weir.observe.log.ResponseFlag;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A request that is answered by Weir itself, for tests. */
public final class AnsweredRecord implements ReplyRecord {
    private final HttpHead request;
    private final HttpHead answer;
    private final long flags;
    private @Nullable String body;

    /** With these response flags, by their short names. */
    public AnsweredRecord(HttpHead request, HttpHead answer, String... flags) {
        this.request = request;
        this.answer = answer;
        long bits = 0;
        for (String flag : flags) {
            bits |= Objects.requireNonNull(ResponseFlag.find(flag)).bit();
        }
        this.flags = bits;
    }

    @Override
    public void localReplyBody(@Nullable String now) {
        body = now;
    }

    @Override
    public @Nullable String localReplyBody() {
        return body;
    }

    @Override
    public HttpHead request() {
        return request;
    }

    @Override
    public boolean requestHeader(String lowerName, LogBuffer out) {
        String value = lowerName.equals(":path") ? request.path() : request.value(HeaderName.of(lowerName));
        out.append(value == null ? "" : value);
        return value != null;
    }

    @Override
    public int responseCode() {
        return answer.status();
    }

    @Override
    public long flags() {
        return flags;
    }

    @Override
    public String downstreamRemoteAddress() {
        return "192.0.2.7:4711";
    }

    @Override
    public String downstreamDirectRemoteAddress() {
        return "192.0.2.7:4711";
    }

    @Override
    public String downstreamLocalAddress() {
        return "198.51.100.1:443";
    }

    @Override
    public String protocol() {
        return "HTTP/1.1";
    }

    @Override
    public String routeName() {
        return "";
    }

    @Override
    public long startEpochMicros() {
        return 0;
    }

    @Override
    public long durationNanos() {
        return 0;
    }

    @Override
    public long bytesReceived() {
        return 0;
    }

    @Override
    public long bytesSent() {
        return 0;
    }

    @Override
    public long connectionId() {
        return 1;
    }
}
