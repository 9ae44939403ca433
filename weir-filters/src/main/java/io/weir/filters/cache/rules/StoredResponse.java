package io.weir.filters.cache.rules;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A response as it is kept, and what follows from its head. Immutable; any thread.
 */
public final class StoredResponse implements Entry {
    /** What a field line takes beside its bytes, roughly. */
    private static final int LINE_OVERHEAD_BYTES = 64;
    private static final int OVERHEAD_BYTES = 256;
    private static final HeaderName AGE = HeaderName.of("age");
    private static final HeaderName EXPIRES = HeaderName.of("expires");
    private static final HeaderName ETAG = HeaderName.of("etag");
    private static final HeaderName LAST_MODIFIED = HeaderName.of("last-modified");
    /** Made anew for each answer, or about the exchange that brought the response and no other. */
    private static final Set<String> UNKEPT = Set.of("age", "content-length", "connection", "keep-alive",
            "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "proxy-authenticate",
            "proxy-authorization", "proxy-authentication-info", "set-cookie", "set-cookie2", "x-request-id",
            "x-envoy-upstream-service-time", "x-envoy-attempt-count");
    /** About the content that is kept, which a 304 does not bring (RFC 9111 section 3.2). */
    private static final Set<String> OF_CONTENT = Set.of("content-encoding", "content-type", "content-range");

    /** A field line, its value a byte a character. */
    public record Line(HeaderName name, String value) {
    }

    private final int status;
    private final List<Line> lines;
    private final Content content;
    private final long requestMillis;
    private final long responseMillis;
    private final long ageAtResponseSeconds;
    private final Directives directives;
    private final long lifetimeSeconds;
    private final @Nullable String etag;
    private final @Nullable String lastModified;

    /**
     * What has been kept.
     *
     * @param content
     *            its body
     * @param requestMillis
     *            when it was asked for, since 1970
     * @param responseMillis
     *            when it came
     * @param ageSeconds
     *            what its {@code Age} said; 0 without
     */
    public StoredResponse(int status, List<Line> lines, Content content, long requestMillis, long responseMillis,
            long ageSeconds) {
        this.status = status;
        this.lines = List.copyOf(lines);
        this.content = content;
        this.requestMillis = requestMillis;
        this.responseMillis = responseMillis;
        this.ageAtResponseSeconds = ageSeconds;
        var said = new Directives();
        for (var line : lines) {
            if (line.name().equals(HeaderName.CACHE_CONTROL)) {
                said.read(line.value());
            }
        }
        this.directives = said;
        this.lifetimeSeconds = lifetime(said, value(EXPIRES), dateMillis(), responseMillis);
        this.etag = value(ETAG);
        this.lastModified = value(LAST_MODIFIED);
    }

    /** A response that has come whole. */
    public static StoredResponse of(HttpHead head, byte[] body, long requestMillis, long responseMillis) {
        return new StoredResponse(head.status(), lines(head), new Content.Bytes(body), requestMillis, responseMillis,
                age(head));
    }

    /** This with a body. */
    public StoredResponse with(byte[] whole) {
        return new StoredResponse(status, lines, new Content.Bytes(whole), requestMillis, responseMillis,
                ageAtResponseSeconds);
    }

    /** The lines of a head that are kept. */
    public static List<Line> lines(HttpHead head) {
        var lines = new ArrayList<Line>();
        for (int i = 0; i < head.count(); i++) {
            if (!head.removed(i)) {
                var name = HeaderName.of(head.name(i));
                if (!UNKEPT.contains(name.toString())) {
                    lines.add(new Line(name, head.value(i)));
                }
            }
        }
        return lines;
    }

    private static long age(HttpHead head) {
        String age = head.value(AGE);
        return age == null ? 0 : Directives.seconds(age.strip());
    }

    /**
     * Section 4.2.1: what a shared cache goes by, 0 where nothing is said, as nothing is guessed (section 4.2.2).
     */
    static long lifetime(Directives said, @Nullable String expires, long dateMillis, long nowMillis) {
        if (said.sharedMaxAgeSeconds() != Directives.ABSENT) {
            return said.sharedMaxAgeSeconds();
        }
        if (said.maxAgeSeconds() != Directives.ABSENT) {
            return said.maxAgeSeconds();
        }
        long end = expires == null ? HttpDate.NONE : HttpDate.millis(expires.strip(), nowMillis);
        return end == HttpDate.NONE ? 0 : Math.clamp((end - dateMillis) / 1000, 0, Directives.SECONDS_MAX);
    }

    /**
     * Whether a 304 is about this response: its validator, where it brings one, is this one's (section 4.3.4). An
     * {@code ETag} is compared weakly, and alone where both have one.
     */
    public boolean isMeantBy(HttpHead notModified) {
        String tag = notModified.value(ETAG);
        if (tag != null && etag != null) {
            return opaque(tag).equals(opaque(etag));
        }
        String modified = notModified.value(LAST_MODIFIED);
        return tag == null
                && (modified == null || lastModified == null || modified.strip().equals(lastModified.strip()));
    }

    private static String opaque(String tag) {
        String text = tag.strip();
        return text.startsWith("W/") ? text.substring(2) : text;
    }

    /** This with what a 304 says anew, which has just come (section 3.2). */
    public StoredResponse refreshed(HttpHead notModified, long asked, long came) {
        var fresh = lines(notModified);
        fresh.removeIf(line -> OF_CONTENT.contains(line.name().toString()));
        var merged = new ArrayList<Line>();
        for (var line : lines) {
            if (fresh.stream().noneMatch(other -> other.name().equals(line.name()))) {
                merged.add(line);
            }
        }
        merged.addAll(fresh);
        return new StoredResponse(status, merged, content, asked, came, age(notModified));
    }

    /** Section 4.2.3: how old it is, in seconds. */
    public long ageSeconds(long nowMillis) {
        long apparent = Math.max(0, responseMillis - dateMillis()) / 1000;
        long corrected = ageAtResponseSeconds + Math.max(0, responseMillis - requestMillis) / 1000;
        return Math.max(apparent, corrected) + Math.max(0, nowMillis - responseMillis) / 1000;
    }

    private long dateMillis() {
        String date = value(HeaderName.DATE);
        long millis = date == null ? HttpDate.NONE : HttpDate.millis(date.strip(), responseMillis);
        return millis == HttpDate.NONE ? responseMillis : millis;
    }

    /** The first value of a field, or null. */
    public @Nullable String value(HeaderName name) {
        for (var line : lines) {
            if (line.name().equals(name)) {
                return line.value();
            }
        }
        return null;
    }

    public int status() {
        return status;
    }

    public List<Line> lines() {
        return lines;
    }

    /** Its body. */
    public Content content() {
        return content;
    }

    public Directives directives() {
        return directives;
    }

    public long lifetimeSeconds() {
        return lifetimeSeconds;
    }

    public @Nullable String etag() {
        return etag;
    }

    public @Nullable String lastModified() {
        return lastModified;
    }

    /** Whether a host can be asked if it still holds. */
    public boolean hasValidator() {
        return etag != null || lastModified != null;
    }

    public long requestMillis() {
        return requestMillis;
    }

    public long responseMillis() {
        return responseMillis;
    }

    public long ageAtResponseSeconds() {
        return ageAtResponseSeconds;
    }

    @Override
    public long sizeBytes() {
        long size = (long) OVERHEAD_BYTES + content.length();
        for (var line : lines) {
            size += LINE_OVERHEAD_BYTES + line.name().toString().length() + line.value().length();
        }
        return size;
    }
}
