package io.weir.filters.cache.rules;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import java.util.Locale;

/**
 * What {@code Cache-Control} says (RFC 9111 section 5.2, RFC 5861), of a request or a response. Directives that are
 * said twice count once, with the smaller number; a number that is none counts as 0, which is on the safe side for all
 * but {@code max-stale}, {@code stale-if-error} and {@code stale-while-revalidate}, for which 0 is no leave.
 * {@code private} and {@code no-cache} that name fields count for the whole response. Mutable while it is read, then
 * not.
 */
public final class Directives {
    /** A number that is not given. */
    public static final long ABSENT = -1;
    /** So large that it is for ever, and may still be added to (section 1.2.2). */
    public static final long SECONDS_MAX = Integer.MAX_VALUE;
    private static final HeaderName PRAGMA = HeaderName.of("pragma");

    private boolean noStore;
    private boolean noCache;
    private boolean isPrivate;
    private boolean isPublic;
    private boolean mustRevalidate;
    private boolean proxyRevalidate;
    private boolean onlyIfCached;
    private boolean any;
    private long maxAgeSeconds = ABSENT;
    private long sharedMaxAgeSeconds = ABSENT;
    private long minFreshSeconds = ABSENT;
    private long maxStaleSeconds = ABSENT;
    private long staleIfErrorSeconds = ABSENT;
    private long staleWhileRevalidateSeconds = ABSENT;

    /** Nothing is said. */
    public Directives() {}

    /**
     * What a request says; of an old client, {@code Pragma} (section 5.4) where it does not say {@code Cache-Control}.
     */
    public static Directives ofRequest(HttpHead request) {
        var directives = of(request);
        if (!request.has(HeaderName.CACHE_CONTROL)) {
            for (int i = request.find(PRAGMA); i >= 0; i = request.find(PRAGMA, i + 1)) {
                directives.noCache |= request.value(i).toLowerCase(Locale.ROOT).contains("no-cache");
            }
        }
        return directives;
    }

    /** What a head says. */
    public static Directives of(HttpHead head) {
        var directives = new Directives();
        for (int i = head.find(HeaderName.CACHE_CONTROL); i >= 0; i = head.find(HeaderName.CACHE_CONTROL, i + 1)) {
            directives.read(head.value(i));
        }
        return directives;
    }

    /** Reads one more line. */
    void read(String line) {
        int at = 0;
        while (at < line.length()) {
            int end = elementEnd(line, at);
            String element = line.substring(at, end).strip();
            int equals = element.indexOf('=');
            String name = (equals < 0 ? element : element.substring(0, equals)).strip().toLowerCase(Locale.ROOT);
            if (!name.isEmpty()) {
                take(name, equals < 0 ? "" : element.substring(equals + 1).strip());
            }
            at = end + 1;
        }
    }

    /** The comma behind a list's element, not one within quotes; a quote that does not end is none. */
    private static int elementEnd(String line, int from) {
        boolean quoted = false;
        int i = from;
        for (; i < line.length() && (quoted || line.charAt(i) != ','); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == '\\' && quoted) {
                i++;
            }
        }
        if (quoted) { // else it would swallow what stands behind it, such as no-store
            int comma = line.indexOf(',', from);
            return comma < 0 ? line.length() : comma;
        }
        return Math.min(i, line.length());
    }

    private void take(String name, String value) {
        any = true;
        switch (name) {
            case "no-store" -> noStore = true;
            case "no-cache" -> noCache = true;
            case "private" -> isPrivate = true;
            case "public" -> isPublic = true;
            case "must-revalidate" -> mustRevalidate = true;
            case "proxy-revalidate" -> proxyRevalidate = true;
            case "only-if-cached" -> onlyIfCached = true;
            case "max-age" -> maxAgeSeconds = smaller(maxAgeSeconds, value);
            case "s-maxage" -> sharedMaxAgeSeconds = smaller(sharedMaxAgeSeconds, value);
            case "min-fresh" -> minFreshSeconds = Math.max(minFreshSeconds, seconds(value));
            case "max-stale" -> maxStaleSeconds = value.isEmpty() && maxStaleSeconds == ABSENT
                    ? SECONDS_MAX
                    : smaller(maxStaleSeconds, value);
            case "stale-if-error" -> staleIfErrorSeconds = smaller(staleIfErrorSeconds, value);
            case "stale-while-revalidate" -> staleWhileRevalidateSeconds = smaller(staleWhileRevalidateSeconds, value);
            default -> {
                // one that this cache does not know says nothing (section 5.2.3)
            }
        }
    }

    private static long smaller(long before, String value) {
        long seconds = seconds(value);
        return before == ABSENT ? seconds : Math.min(before, seconds);
    }

    /** delta-seconds (section 1.2.2), in quotes too; 0 where it is none. */
    static long seconds(String value) {
        String digits = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")
                ? value.substring(1, value.length() - 1)
                : value;
        long seconds = 0;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            if (c < '0' || c > '9') {
                return 0;
            }
            seconds = Math.min(SECONDS_MAX, seconds * 10 + c - '0');
        }
        return seconds;
    }

    public boolean noStore() {
        return noStore;
    }

    public boolean noCache() {
        return noCache;
    }

    public boolean isPrivate() {
        return isPrivate;
    }

    /** Whether a stored answer to a request with credentials may be for others too (section 3.5). */
    public boolean sharesAuthorized() {
        return isPublic || mustRevalidate || sharedMaxAgeSeconds != ABSENT;
    }

    /** Whether nobody may have a stale response without asking (sections 5.2.2.2, 5.2.2.8, 5.2.2.10). */
    public boolean neverStale() {
        return mustRevalidate || proxyRevalidate || noCache || sharedMaxAgeSeconds != ABSENT;
    }

    public boolean onlyIfCached() {
        return onlyIfCached;
    }

    /** Whether anything is said at all. */
    public boolean any() {
        return any;
    }

    /** {@link #ABSENT} where it is not given, as with all of these. */
    public long maxAgeSeconds() {
        return maxAgeSeconds;
    }

    public long sharedMaxAgeSeconds() {
        return sharedMaxAgeSeconds;
    }

    public long minFreshSeconds() {
        return minFreshSeconds;
    }

    public long maxStaleSeconds() {
        return maxStaleSeconds;
    }

    public long staleIfErrorSeconds() {
        return staleIfErrorSeconds;
    }

    public long staleWhileRevalidateSeconds() {
        return staleWhileRevalidateSeconds;
    }
}
