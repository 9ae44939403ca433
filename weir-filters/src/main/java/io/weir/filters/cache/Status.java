package io.weir.filters.cache;

import io.weir.filters.cache.rules.StoredResponse;
import io.weir.http.filter.FilterExchange;

/**
 * What became of an exchange, in the words of {@code Cache-Status} (RFC 9211 section 2) without the cache's name, as
 * dynamic metadata: who wants the field writes it with another filter, and logs have it as well. Stateless.
 */
final class Status {
    private static final String NAMESPACE = "envoy.filters.http.cache";
    private static final String KEY = "status";

    /** Why a request goes to a host (section 2.2). */
    enum Why {
        /** The cache has nothing to say to such requests. */
        BYPASS,
        /** Nor to this method. */
        METHOD,
        /** Nothing was found. */
        MISS,
        /** What was found is too old. */
        STALE,
        /** The client asks for it. */
        REQUEST;

        private final String text = "fwd=" + name().toLowerCase(java.util.Locale.ROOT);
    }

    private Status() {}

    /** It goes past the cache. */
    static void passes(FilterExchange exchange, Why why) {
        exchange.metadata().put(NAMESPACE, KEY, why.text);
    }

    /**
     * It is answered out of the cache.
     *
     * @param collapsed
     *            it waited for another request's answer
     */
    static void hit(FilterExchange exchange, StoredResponse stored, boolean collapsed, long nowMillis) {
        long left = stored.lifetimeSeconds() - stored.ageSeconds(nowMillis);
        exchange.metadata().put(NAMESPACE, KEY, (collapsed ? "fwd=miss; collapsed" : "hit") + "; ttl=" + left);
    }

    /**
     * A host has answered.
     *
     * @param status
     *            the host's
     * @param stored
     *            it is kept, as far as can be told
     */
    static void came(FilterExchange exchange, Why why, int status, boolean stored) {
        exchange.metadata().put(NAMESPACE, KEY, why.text + (exchange.fromHost() ? "; fwd-status=" + status : "")
                + (stored ? "; stored" : ""));
    }
}
