package io.weir.xds.shortform;

import io.weir.xds.resource.Nearest;
import io.weir.xds.resource.Position;
import io.weir.xds.yaml.Node;
import io.weir.xds.yaml.Node.Mapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code compress:} of a listener or a route, as Envoy's compressor filters: {@code true} for every coding, one coding,
 * or a list of them, the dearest to the server first.
 */
final class CompressForm {
    static final String KEY = "compress";

    private static final String FILTER = "envoy.filters.http.compressor.";
    private static final String TYPE = "envoy.extensions.filters.http.compressor.v3.Compressor";
    /** Of codings that a client likes as much the first is taken: the one that makes the least of a text goes first. */
    private static final List<String> CODINGS = List.of("brotli", "zstd", "gzip");
    private static final List<String> MESSAGES = List.of("Brotli", "Zstd", "Gzip");
    private static final Set<String> ON = Set.of("true", "on", "yes");
    private static final Set<String> OFF = Set.of("off", "false", "no");
    /** What is shorter fits into one packet as it is. */
    private static final long LENGTH_MIN = 1024;
    /** What is text, and becomes shorter; pictures, films and archives are compressed already. */
    private static final List<String> CONTENT_TYPES = List.of("text/html", "text/plain", "text/css", "text/javascript",
            "text/csv", "text/xml", "text/markdown", "text/event-stream", "application/javascript", "application/json",
            "application/problem+json", "application/ld+json", "application/manifest+json", "application/xml",
            "application/xhtml+xml", "application/rss+xml", "application/atom+xml", "application/wasm",
            "image/svg+xml", "font/ttf", "font/otf");

    private CompressForm() {}

    /** Which codings; none where it is off, not written, or after a problem. */
    static List<String> codings(@Nullable Part part) {
        var chosen = new ArrayList<String>();
        for (Part item : part == null ? List.<Part>of() : part.items()) {
            String text = item.text();
            if (text == null || OFF.contains(text)) {
                continue;
            }
            if (ON.contains(text)) {
                chosen.addAll(CODINGS);
            } else if (CODINGS.contains(text)) {
                chosen.add(text);
            } else {
                item.problem("this is no coding", Nearest.cure(text, CODINGS,
                        "write true, off, or some of " + String.join(", ", CODINGS)));
            }
        }
        return chosen.stream().distinct().toList();
    }

    /**
     * What goes before the router.
     *
     * @param listeners
     *            the codings of the listener itself
     * @param routes
     *            those of its routes: a filter must be there for a route to speak of it, but is off elsewhere
     */
    static List<Node> filters(Position at, List<String> listeners, Set<String> routes) {
        var filters = new ArrayList<Node>();
        for (String coding : Stream.concat(listeners.stream(), CODINGS.stream()).distinct().toList()) {
            boolean everywhere = listeners.contains(coding);
            if (!everywhere && !routes.contains(coding)) {
                continue;
            }
            Tree common = new Tree(at).put("min_content_length", Tree.number(at, LENGTH_MIN)).put("content_type",
                    CONTENT_TYPES.stream().map(type -> Tree.text(at, type)).toList());
            Tree filter = new Tree(at).put("name", FILTER + coding).put("typed_config", Tree.typed(at, TYPE)
                    .put("response_direction_config", new Tree(at).put("common_config", common))
                    .put("compressor_library", Tree.extension(at, coding,
                            Tree.typed(at, "envoy.extensions.compression." + coding + ".compressor.v3."
                                    + MESSAGES.get(CODINGS.indexOf(coding))))));
            filters.add((everywhere ? filter : filter.put("disabled", true)).mapping());
        }
        return filters;
    }

    /** What a route says for itself, by the filters' names; answers its codings. */
    static List<String> put(Part route, List<String> listeners, Tree perFilter) {
        Part part = route.part(KEY);
        if (part == null) {
            return List.of();
        }
        Position at = part.at();
        List<String> chosen = codings(part);
        for (String coding : CODINGS) {
            if (chosen.contains(coding) && !listeners.contains(coding)) {
                perFilter.put(FILTER + coding, Tree.typed(at, TYPE + "PerRoute").put("overrides",
                        new Tree(at).put("response_direction_config", new Mapping(at, List.of()))));
            } else if (!chosen.contains(coding) && listeners.contains(coding)) {
                perFilter.put(FILTER + coding, Tree.typed(at, TYPE + "PerRoute").put("disabled", true));
            }
        }
        return chosen;
    }
}
