package io.weir.xds.shortform;

import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.weir.xds.resource.Position;
import io.weir.xds.yaml.Node;
import io.weir.xds.yaml.Node.Mapping;

import org.jspecify.annotations.Nullable;

/** {@code rate:} of a listener or a route, as Envoy's local rate limit. */
final class RateForm {
    static final String KEY = "rate";

    private static final String FILTER = "envoy.filters.http.local_ratelimit";
    private static final String TYPE = "envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit";
    private static final String OFF_TYPE = "envoy.config.route.v3.FilterConfig";
    private static final Set<String> OFF = Set.of("off", "false", "no");
    private static final List<String> KEYS = List.of("of", "burst");
    private static final Pattern RATE = Pattern.compile("([0-9]{1,10})/(s|m|h)");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");
    /** The filter's fields have 32 bits. */
    private static final long TOKENS_MAX = (1L << 32) - 1;

    /**
     * So many requests in so many seconds, and so many at once at most.
     */
    record Rate(Position at, long requests, String fill, long burst) {
    }

    private RateForm() {}

    /**
     * What goes before the router; null where nothing is limited.
     *
     * @param listeners
     *            the listener's own limit
     * @param routes
     *            whether a route speaks of the filter, which must be there for that, but is off elsewhere
     */
    static @Nullable Mapping filter(@Nullable Rate listeners, @Nullable Position routes, String name) {
        if (listeners != null) {
            return new Tree(listeners.at).put("name", FILTER).put("typed_config", config(listeners, name)).mapping();
        }
        if (routes == null) {
            return null;
        }
        Tree idle = Tree.typed(routes, TYPE).put("stat_prefix", name).put("token_bucket", bucket(routes, 1, "1s", 1))
                .put("filter_enabled", share(routes)).put("filter_enforced", share(routes));
        return new Tree(routes).put("name", FILTER).put("typed_config", idle).put("disabled", true).mapping();
    }

    /** What a route says for itself; whether it says anything. */
    static @Nullable Position put(Part route, Tree perFilter, String name) {
        Part part = route.part(KEY);
        if (part == null) {
            return null;
        }
        Rate rate = rate(part);
        perFilter.put(FILTER, rate == null
                ? Tree.typed(part.at(), OFF_TYPE).put("disabled", true)
                : config(rate, name));
        return rate == null ? null : part.at();
    }

    private static Tree config(Rate rate, String name) {
        Position at = rate.at;
        return Tree.typed(at, TYPE).put("stat_prefix", name)
                .put("token_bucket", bucket(at, rate.requests, rate.fill, rate.burst))
                .put("filter_enabled", share(at)).put("filter_enforced", share(at));
    }

    private static Tree bucket(Position at, long requests, String fill, long burst) {
        return new Tree(at).put("max_tokens", Tree.number(at, burst)).put("tokens_per_fill", Tree.number(at, requests))
                .put("fill_interval", Tree.text(at, fill));
    }

    private static Tree share(Position at) {
        return new Tree(at).put("default_value", new Tree(at).put("numerator", Tree.number(at, 100)));
    }

    /** The limit; null where it is off, not written, or after a problem. */
    static @Nullable Rate rate(@Nullable Part part) {
        if (part == null) {
            return null;
        }
        if (!(part.node() instanceof Mapping)) {
            return of(part, null);
        }
        if (!part.isMapping("a rate", KEYS)) {
            return null;
        }
        Part of = part.part("of");
        if (of == null) {
            part.problem("nothing says how many a while", "write { of: 100/s, burst: 20 }");
            return null;
        }
        return of(of, part.part("burst"));
    }

    private static @Nullable Rate of(Part part, @Nullable Part burst) {
        String text = part.text();
        if (text == null || OFF.contains(text)) {
            return null;
        }
        Matcher rate = RATE.matcher(text);
        long requests = rate.matches() ? Long.parseLong(rate.group(1)) : 0;
        if (requests < 1 || requests > TOKENS_MAX) {
            part.problem("this is no rate", "write a number with /s, /m or /h, such as 100/s; or off");
            return null;
        }
        String unit = rate.group(2);
        String fill = switch (unit) {
            case "m" -> "60s";
            case "h" -> "3600s";
            default -> "1s";
        };
        String most = burst == null ? null : burst.text();
        if (burst == null || most == null) {
            return new Rate(part.at(), requests, fill, requests);
        }
        long tokens = NUMBER.matcher(most).matches() ? Long.parseLong(most) : 0;
        if (tokens < 1 || tokens > TOKENS_MAX) {
            burst.problem("this is no number of requests", "write how many may come at once, at least 1");
            return null;
        }
        return new Rate(part.at(), requests, fill, tokens);
    }

    /** {@code max_connections:} of a listener, as Envoy's connection limit; null without one. */
    static @Nullable Mapping connections(Part listener, String name) {
        Node most = listener.scalar("max_connections");
        return most == null
                ? null
                : Tree.extension(most.at(), "envoy.filters.network.connection_limit",
                        Tree.typed(most.at(), "envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit")
                                .put("stat_prefix", name).put("max_connections", most));
    }
}
