package io.weir.filters.cache.rules;

/** Whether a stored response may be used (RFC 9111 sections 4.2, 5.2.1; RFC 5861 section 4). Stateless. */
public final class Freshness {
    private Freshness() {}

    /** Whether it may be used without asking a host. */
    public static boolean usable(StoredResponse stored, Directives request, long nowMillis) {
        if (request.noCache() || stored.directives().noCache()) {
            return false;
        }
        long age = stored.ageSeconds(nowMillis);
        long left = stored.lifetimeSeconds() - age;
        if (request.maxAgeSeconds() != Directives.ABSENT && age > request.maxAgeSeconds()) {
            return false;
        }
        if (request.minFreshSeconds() != Directives.ABSENT && left < request.minFreshSeconds()) {
            return false;
        }
        return left > 0 || (request.maxStaleSeconds() != Directives.ABSENT && !stored.directives().neverStale()
                && -left <= request.maxStaleSeconds());
    }

    /** Whether it may take the place of an error that a host answers, or that comes of having none. */
    public static boolean usableInsteadOfError(StoredResponse stored, Directives request, long nowMillis) {
        if (request.noCache() || stored.directives().neverStale()) {
            return false;
        }
        long stale = stored.ageSeconds(nowMillis) - stored.lifetimeSeconds();
        return stale <= Math.max(stored.directives().staleIfErrorSeconds(), request.staleIfErrorSeconds());
    }

    /** Whether it may be used while another request asks a host for a newer one (RFC 5861 section 3). */
    public static boolean usableWhileAsked(StoredResponse stored, Directives request, long nowMillis) {
        if (request.noCache() || stored.directives().neverStale()
                || request.maxAgeSeconds() != Directives.ABSENT || request.minFreshSeconds() != Directives.ABSENT) {
            return false; // who says how old it may be means it
        }
        long stale = stored.ageSeconds(nowMillis) - stored.lifetimeSeconds();
        return stale <= stored.directives().staleWhileRevalidateSeconds();
    }
}
