package io.weir.filters.transcode;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds what belongs to a method of HTTP and a path among many templates, by a tree of their segments: a literal goes
 * before any one segment, that before the rest. A search sees no node twice. Immutable once filled; any thread.
 *
 * @param <T>
 *            what belongs to a template
 */
final class TemplateIndex<T> {
    /** Fits every method. */
    static final String ANY_METHOD = "*";

    private final Node<T> root = new Node<>();
    private final Set<String> verbs = new HashSet<>();
    private final boolean unregisteredVerbs;

    private static final class Node<T> {
        private final Map<String, Node<T>> below = new HashMap<>();
        private final Map<Key, T> found = new HashMap<>();

        Node<T> below(String segment) {
            return below.computeIfAbsent(segment, _ -> new Node<>());
        }
    }

    private record Key(String method, String verb) {
    }

    /**
     * A path's place in the tree.
     *
     * @param segments
     *            of the path, without a verb
     */
    record Match<T>(T found, List<String> segments) {
    }

    /**
     * Holds nothing yet.
     *
     * @param unregisteredVerbs
     *            what stands behind the last colon of a path is a verb, whether or not a template has it
     */
    TemplateIndex(boolean unregisteredVerbs) {
        this.unregisteredVerbs = unregisteredVerbs;
    }

    /** Adds a template; says whether its place was free. */
    boolean add(String method, HttpTemplate template, T value) {
        var node = root;
        for (String segment : template.segments()) {
            node = node.below(segment);
        }
        if (!template.verb().isEmpty()) {
            verbs.add(template.verb());
        }
        return node.found.putIfAbsent(new Key(method, template.verb()), value) == null;
    }

    /**
     * Looks up.
     *
     * @param path
     *            from the first slash on, without the query
     */
    @Nullable
    Match<T> find(String method, String path) {
        if (!path.startsWith("/")) {
            return null;
        }
        int colon = path.lastIndexOf(':');
        if (colon > path.lastIndexOf('/')) {
            String verb = path.substring(colon + 1);
            if (unregisteredVerbs || verbs.contains(verb)) {
                var with = find(method, verb, segments(path.substring(1, colon)));
                if (with != null || unregisteredVerbs) {
                    return with;
                }
            }
        }
        return find(method, "", segments(path.substring(1)));
    }

    private static List<String> segments(String path) {
        return List.of(path.split("/", -1));
    }

    private @Nullable Match<T> find(String method, String verb, List<String> segments) {
        T found = find(root, segments, 0, new Key(method, verb), new Key(ANY_METHOD, verb));
        return found == null ? null : new Match<>(found, segments);
    }

    private static <T> @Nullable T find(Node<T> node, List<String> segments, int at, Key key, Key any) {
        if (at == segments.size()) {
            T here = here(node, key, any);
            return here != null ? here : rest(node, key, any);
        }
        String segment = segments.get(at);
        var literal = node.below.get(segment);
        T found = literal == null || isWild(segment) ? null : find(literal, segments, at + 1, key, any);
        var one = node.below.get(HttpTemplate.ONE);
        if (found == null && one != null && !segment.isEmpty()) {
            found = find(one, segments, at + 1, key, any);
        }
        return found != null ? found : rest(node, key, any);
    }

    /** A path may hold a star, which is no wildcard there. */
    private static boolean isWild(String segment) {
        return segment.equals(HttpTemplate.ONE) || segment.equals(HttpTemplate.REST);
    }

    private static <T> @Nullable T rest(Node<T> node, Key key, Key any) {
        var rest = node.below.get(HttpTemplate.REST);
        return rest == null ? null : here(rest, key, any);
    }

    private static <T> @Nullable T here(Node<T> node, Key key, Key any) {
        T exact = node.found.get(key);
        return exact != null ? exact : node.found.get(any);
    }
}
