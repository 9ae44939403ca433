package io.weir.xds.shortform;

import io.weir.xds.resource.Position;
import io.weir.xds.yaml.Node.Mapping;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code cache:} of a listener or a route, as Envoy's cache filter: {@code true} for memory, or the path of a
 * directory.
 */
final class CacheForm {
    static final String KEY = "cache";

    private static final String FILTER = "envoy.filters.http.cache";
    private static final String TYPE = "envoy.extensions.filters.http.cache.v3.CacheConfig";
    private static final String MEMORY = "envoy.extensions.http.cache.simple_http_cache.v3.SimpleHttpCacheConfig";
    private static final String FILES = "envoy.extensions.http.cache.file_system_http_cache.v3."
            + "FileSystemHttpCacheConfig";
    private static final Set<String> ON = Set.of("true", "on", "yes");
    private static final Set<String> OFF = Set.of("off", "false", "no");
    /** What clients negotiate; anything else that an answer varies by is likely to be one client's alone. */
    private static final List<String> VARY = List.of("accept", "accept-encoding", "accept-language");

    private CacheForm() {}

    /** The filter's message; null where the cache is off, not written, or after a problem. */
    static @Nullable Mapping config(@Nullable Part part) {
        String text = part == null ? null : part.text();
        if (part == null || text == null || OFF.contains(text)) {
            return null;
        }
        Position at = part.at();
        if (!ON.contains(text) && !text.startsWith("/")) {
            part.problem("this is no place for a cache", "write true for memory, the path of a directory, or off");
            return null;
        }
        Tree place = ON.contains(text)
                ? Tree.typed(at, MEMORY)
                : Tree.typed(at, FILES).put("manager_config", new Tree(at).put("thread_pool", new Tree(at)))
                        .put("cache_path", Tree.text(at, text)).put("create_cache_path", true);
        return Tree.typed(at, TYPE).put("typed_config", place).put("allowed_vary_headers",
                VARY.stream().map(name -> new Tree(at).put("exact", name).mapping()).toList()).mapping();
    }

    /**
     * What goes before the router; null where nothing is cached.
     *
     * @param listeners
     *            the listener's own
     * @param routes
     *            that of one of its routes: the filter must be there for a route to speak of it, but is off elsewhere
     */
    static @Nullable Mapping filter(@Nullable Mapping listeners, @Nullable Mapping routes) {
        Mapping config = listeners == null ? routes : listeners;
        if (config == null) {
            return null;
        }
        Tree filter = new Tree(config.at()).put("name", FILTER).put("typed_config", config);
        return (listeners == null ? filter.put("disabled", true) : filter).mapping();
    }

    /** What a route says for itself, by the filter's name; answers its own, null where it has none. */
    static @Nullable Mapping put(Part route, Tree perFilter) {
        Part part = route.part(KEY);
        if (part == null) {
            return null;
        }
        Mapping own = config(part);
        if (own != null) {
            perFilter.put(FILTER, own);
        } else {
            perFilter.put(FILTER, Tree.typed(part.at(), TYPE).put("disabled", true));
        }
        return own;
    }
}
