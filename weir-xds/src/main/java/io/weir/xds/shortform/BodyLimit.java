package io.weir.xds.shortform;

import io.weir.xds.resource.Position;
import io.weir.xds.yaml.Node;
import io.weir.xds.yaml.Node.Mapping;
import io.weir.xds.yaml.Node.Scalar;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code max_body:} of a listener or a route, as Envoy's buffer filter. */
final class BodyLimit {
    static final String KEY = "max_body";

    private static final String FILTER = "envoy.filters.http.buffer";
    private static final String TYPE = "envoy.extensions.filters.http.buffer.v3.Buffer";
    private static final Set<String> OFF = Set.of("off", "false", "no");
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,10})(KiB|MiB|GiB)?");
    /** The filter's field has 32 bits. */
    private static final long BYTES_MAX = (1L << 32) - 1;

    private BodyLimit() {}

    /**
     * What goes before the router; null where no body is limited.
     *
     * @param listeners
     *            the listener's own limit
     * @param routes
     *            a limit of one of its routes: the filter must be there for a route to speak of it, but is off
     *            elsewhere
     */
    static @Nullable Mapping filter(@Nullable Node listeners, @Nullable Node routes) {
        Node limit = listeners == null ? routes : listeners;
        if (limit == null) {
            return null;
        }
        Tree filter = new Tree(limit.at()).put("name", FILTER).put("typed_config",
                Tree.typed(limit.at(), TYPE).put("max_request_bytes", limit));
        return (listeners == null ? filter.put("disabled", true) : filter).mapping();
    }

    /** What a route says for itself, by the filter's name; answers its limit, null where it has none. */
    static @Nullable Node put(Part route, Tree perFilter) {
        Part part = route.part(KEY);
        if (part == null) {
            return null;
        }
        Position at = part.at();
        Node bytes = bytes(part);
        Tree own = Tree.typed(at, TYPE + "PerRoute");
        if (bytes != null) {
            own.put("buffer", new Tree(at).put("max_request_bytes", bytes));
        } else {
            own.put("disabled", true);
        }
        perFilter.put(FILTER, own);
        return bytes;
    }

    /** The limit in bytes; null where it is off, not written, or after a problem. */
    static @Nullable Node bytes(@Nullable Part part) {
        if (part == null || !(part.node() instanceof Scalar scalar)) {
            if (part != null) {
                part.text(); // tells
            }
            return null;
        }
        if (OFF.contains(scalar.text())) {
            return null;
        }
        Matcher size = SIZE.matcher(scalar.text());
        long bytes = size.matches() ? Long.parseLong(size.group(1)) << shift(size.group(2)) : 0;
        if (bytes < 1 || bytes > BYTES_MAX) {
            part.problem("this is no size of a body", "write a number with KiB, MiB or GiB, such as 10MiB and at most"
                    + " 3GiB; or off");
            return null;
        }
        return Tree.number(part.at(), bytes);
    }

    private static int shift(@Nullable String unit) {
        return switch (unit) {
            case "KiB" -> 10;
            case "MiB" -> 20;
            case "GiB" -> 30;
            case null, default -> 0;
        };
    }
}
