package io.weir.http.tunnel;

import io.weir.http.codec.HttpHead;
import io.weir.http.route.Route;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which tunnels are allowed: on a connection manager, or on a route, whose word counts more. Immutable. Source: Envoy's
 * {@code upgrade_configs}.
 *
 * @param enabled
 *            by protocol in lower case, {@link #CONNECT} for the method; one that is not named is not spoken of
 * @param terminates
 *            routes: whether Weir ends the tunnel of a CONNECT, so that its bytes go to the host as they are; else
 *            CONNECT itself goes on
 * @param allowPost
 *            routes: whether a POST counts as such a tunnel too, its content being the bytes
 */
public record UpgradeRules(Map<String, Boolean> enabled, boolean terminates, boolean allowPost)
        implements
            Route.Note {
    /** CONNECT's entry: no protocol's name, so that no upgrade to a protocol of that name passes for it. */
    public static final String CONNECT = "";
    /** Nothing is said of any. */
    public static final UpgradeRules NONE = new UpgradeRules(Map.of(), false, false);

    public UpgradeRules {
        enabled = Map.copyOf(enabled);
    }

    /**
     * Whether a request for a tunnel may have it.
     *
     * @param manager
     *            what holds for all routes
     * @param route
     *            null where none was found
     */
    public static boolean allow(UpgradeRules manager, @Nullable Route route, HttpHead request) {
        String type = type(request);
        var rules = route == null ? null : route.note(UpgradeRules.class);
        var own = rules == null ? null : rules.enabled.get(type);
        return own == null ? manager.enabled.getOrDefault(type, false) : own;
    }

    /** What a request for a tunnel asks for: a protocol in lower case, or {@link #CONNECT}. */
    public static String type(HttpHead request) {
        return request.upgrade() ? request.protocol().toLowerCase(Locale.ROOT) : CONNECT;
    }

    /** Whether the host of this request, which is allowed, gets a tunnel's bytes alone, and nothing of HTTP. */
    public static boolean raw(@Nullable Route route, HttpHead request) {
        var rules = route == null ? null : route.note(UpgradeRules.class);
        return rules != null && rules.terminates && !request.upgrade()
                && (request.methodIs("CONNECT") || (rules.allowPost && request.methodIs("POST")));
    }
}
