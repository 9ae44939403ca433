package io.weir.xds.shortform;

import io.weir.xds.resource.Position;
import io.weir.xds.yaml.Node;
import io.weir.xds.yaml.Node.Mapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code cors:} of a listener or a route: pages of which origins may ask from a browser, as Envoy's CORS filter; an
 * origin, a list of them, or {@code "*"} for every one. What they may ask is what they say, without credentials.
 */
final class CorsForm {
    static final String KEY = "cors";

    private static final String FILTER = "envoy.filters.http.cors";
    private static final String TYPE = "envoy.extensions.filters.http.cors.v3.";
    private static final Pattern ORIGIN = Pattern.compile("https?://[^/*?#\\s]+");
    private static final String ANY = "*";
    private static final Set<String> OFF = Set.of("off", "false", "no");
    /** What browsers keep of the answer to a preflight. */
    private static final String MAX_AGE_SECONDS = "600";

    private CorsForm() {}

    /** The policy; null where there is none, or after a problem. */
    private static @Nullable Mapping policy(Part part) {
        var origins = new ArrayList<Node>();
        for (Part item : part.items()) {
            String text = item.text();
            if (text == null) {
                continue;
            }
            if (OFF.contains(text)) {
                return off(part.at());
            }
            Position at = item.at();
            if (text.equals(ANY)) {
                origins.add(new Tree(at).put("safe_regex", new Tree(at).put("regex", ".*")).mapping());
            } else if (ORIGIN.matcher(text).matches()) {
                origins.add(new Tree(at).put("exact", Tree.text(at, text)).mapping());
            } else {
                item.problem("this is no origin of a page", "write scheme and host, such as https://shop.example");
            }
        }
        Position at = part.at();
        return origins.isEmpty()
                ? null
                : Tree.typed(at, TYPE + "CorsPolicy").put("allow_origin_string_match", List.copyOf(origins))
                        .put("allow_methods", ANY).put("allow_headers", ANY).put("max_age", MAX_AGE_SECONDS).mapping();
    }

    /** In place of a policy around it, which nothing else ends. */
    private static Mapping off(Position at) {
        return Tree.typed(at, TYPE + "CorsPolicy").put("filter_enabled", new Tree(at).put("default_value",
                new Tree(at).put("numerator", Tree.number(at, 0)))).mapping();
    }

    /** Puts the policy where it holds, by the filter's name; says whether there is one. */
    static boolean put(Part where, Tree perFilter) {
        Part part = where.part(KEY);
        Mapping policy = part == null ? null : policy(part);
        if (policy == null) {
            return false;
        }
        perFilter.put(FILTER, policy);
        return true;
    }

    /** What goes before the router. */
    static Mapping filter(Position at) {
        return Tree.extension(at, FILTER, Tree.typed(at, TYPE + "Cors"));
    }
}
