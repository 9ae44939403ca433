package io.weir.filters.cors;

import io.weir.core.stats.Counter;
import io.weir.core.stats.Scope;
import io.weir.http.filter.FilterContext;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;
import io.weir.http.filter.LayeredSpec;
import io.weir.http.route.match.RouteMatch.Share;
import io.weir.http.route.match.TextMatch;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says to browsers which scripts of other origins may read the answers. What a level leaves out comes from the level
 * around it. Source: Envoy's {@code CorsPolicy}; the protocol is section 3.2 of the Fetch standard.
 *
 * @param enabled
 *            for which part of the requests it speaks
 * @param shadow
 *            for which part it counts only
 * @param origins
 *            an origin that passes one of these may read; one that takes {@code *} takes all
 * @param allowMethods
 *            of a preflight's answer; {@code *} repeats what was asked for; empty says nothing
 * @param allowHeaders
 *            likewise
 * @param exposeHeaders
 *            which fields of the answer a script may read; empty says nothing
 * @param maxAge
 *            in seconds, as text: how long a preflight's answer holds; empty says nothing
 * @param allowCredentials
 *            whether a script may send cookies; null where the level does not say, as below
 * @param allowPrivateNetworkAccess
 *            whether a public page may ask a private network
 * @param forwardNotMatchingPreflights
 *            whether a preflight of an origin that may not is a host's to answer
 */
public record CorsSpec(Share enabled, Share shadow, List<TextMatch> origins, String allowMethods, String allowHeaders,
        String exposeHeaders, String maxAge, @Nullable Boolean allowCredentials,
        @Nullable Boolean allowPrivateNetworkAccess, @Nullable Boolean forwardNotMatchingPreflights)
        implements
            LayeredSpec {
    static final Share NEVER = new Share(0, 100);
    /** Where no level has a policy, nothing is done. */
    static final CorsSpec NONE = new CorsSpec(NEVER, NEVER, List.of(), "", "", "", "", null, null, null);
    private static final byte[] ANY = "*".getBytes(StandardCharsets.US_ASCII);

    public CorsSpec {
        origins = List.copyOf(origins);
    }

    /** What is counted: {@code http.<stat_prefix>.cors.*}. */
    record Numbers(Counter originValid, Counter originInvalid) {
        static Numbers in(Scope manager) {
            var scope = manager.child("cors");
            return new Numbers(scope.counter("origin_valid"), scope.counter("origin_invalid"));
        }
    }

    @Override
    public HttpFilterSpec inside(Object outside) {
        if (!(outside instanceof CorsSpec outer)) {
            return this;
        }
        return new CorsSpec(enabled, shadow, origins.isEmpty() ? outer.origins : origins,
                either(allowMethods, outer.allowMethods), either(allowHeaders, outer.allowHeaders),
                either(exposeHeaders, outer.exposeHeaders), either(maxAge, outer.maxAge),
                either(allowCredentials, outer.allowCredentials),
                either(allowPrivateNetworkAccess, outer.allowPrivateNetworkAccess),
                either(forwardNotMatchingPreflights, outer.forwardNotMatchingPreflights));
    }

    private static String either(String inner, String outer) {
        return inner.isEmpty() ? outer : inner;
    }

    private static @Nullable Boolean either(@Nullable Boolean inner, @Nullable Boolean outer) {
        return inner == null ? outer : inner;
    }

    @Override
    public HttpFilter open(FilterContext context) {
        var numbers = Numbers.in(context.managerScope());
        return exchange -> new CorsStep(this, numbers, exchange);
    }

    /** Whether {@code bytes[from, to)} is an origin that may read. */
    boolean allows(byte[] bytes, int from, int to) {
        for (int i = 0; i < origins.size(); i++) {
            var origin = origins.get(i);
            if (origin.matches(ANY, 0, ANY.length) || origin.matches(bytes, from, to)) {
                return true;
            }
        }
        return false;
    }

    boolean credentials() {
        return allowCredentials != null && allowCredentials;
    }

    boolean privateNetwork() {
        return allowPrivateNetworkAccess != null && allowPrivateNetworkAccess;
    }

    /** Envoy's default is that it is. */
    boolean forwardsNotMatching() {
        return forwardNotMatchingPreflights == null || forwardNotMatchingPreflights;
    }
}
