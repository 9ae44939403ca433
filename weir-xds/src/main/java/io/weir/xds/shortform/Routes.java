package io.weir.xds.shortform;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

import io.weir.xds.resource.Position;
import io.weir.xds.yaml.Node;
import io.weir.xds.yaml.Node.Entry;
import io.weir.xds.yaml.Node.Mapping;

/**
 * {@code routes:} as virtual hosts. The routes of a host stay in the order of the text; a route without a host belongs
 * to every host, at its place in that order.
 */
final class Routes {

    static final List<String> KEYS = List.of("host", "path", "method", "header", "to", "redirect", "respond",
            "timeout", "retries", HedgeForm.KEY, "rewrite", "request", "response", BodyLimit.KEY, RateForm.KEY,
            CompressForm.KEY, CacheForm.KEY, CorsForm.KEY);
    private static final String ANY_HOST = "*";

    /** One route, and whose it is: no hosts for everybody's. */
    private record Owned(Position at, List<Part> hosts, Node route, boolean takesAll) {
    }

    private final Actions actions;
    private final List<Owned> routes = new ArrayList<>();
    private final String name;
    private final List<String> codings;
    private final Set<String> routeCodings = new HashSet<>();
    private @Nullable Node bodyLimit;
    private @Nullable Position rateLimit;
    private @Nullable Mapping session;
    private @Nullable Mapping cache;
    private boolean cors;

    /**
     * @param name
     *            the listener's
     * @param codings
     *            that the listener compresses with
     */
    Routes(Targets targets, String name, List<String> codings) {
        this.actions = new Actions(targets);
        this.name = name;
        this.codings = codings;
    }

    /** The cache of the first route that has one of its own, null where none has. */
    @Nullable
    Mapping cache() {
        return cache;
    }

    /** Whether a route says who may ask from a browser. */
    boolean cors() {
        return cors;
    }

    /** Codings that a route compresses with. */
    Set<String> codings() {
        return routeCodings;
    }

    /** The first limit of a body that a route has of its own, null where none has. */
    @Nullable
    Node bodyLimit() {
        return bodyLimit;
    }

    /** Where the first route has a rate of its own, null where none has. */
    @Nullable
    Position rateLimit() {
        return rateLimit;
    }

    void read(List<Part> parts) {
        for (Part part : parts) {
            if (!part.isMapping("a route", KEYS)) {
                continue;
            }
            Tree route = new Tree(part.at()).put("match", match(part));
            actions.put(part, route);
            Tree perFilter = new Tree(part.at());
            Position rate = RateForm.put(part, perFilter, name);
            rateLimit = rateLimit == null ? rate : rateLimit;
            Node limit = BodyLimit.put(part, perFilter);
            bodyLimit = bodyLimit == null ? limit : bodyLimit;
            Mapping kept = CacheForm.put(part, perFilter);
            cache = cache == null ? kept : cache;
            cors |= CorsForm.put(part, perFilter);
            routeCodings.addAll(CompressForm.put(part, codings, perFilter));
            keepSessions(part.part("to"), perFilter);
            if (!perFilter.isEmpty()) {
                route.put("typed_per_filter_config", perFilter);
            }
            Part path = part.part("path");
            boolean everyPath = path == null || "/".equals(path.text());
            boolean takesAll = everyPath && !part.has("method") && !part.has("header");
            routes.add(new Owned(part.at(), part.items("host"), route.mapping(), takesAll));
        }
    }

    /** The sessions of the first route that keeps any, null where none does. */
    @Nullable
    Mapping session() {
        return session;
    }

    /** Those of the one service that a route goes to; where it goes to several, each has its own. */
    private void keepSessions(@Nullable Part to, Tree perFilter) {
        Mapping first = to == null ? null : actions.targets().session(to);
        session = session == null ? first : session;
        if (first != null && to != null && !(to.node() instanceof Mapping)) {
            StickyForm.put(first, perFilter);
        }
    }

    /** Everything that no other route takes goes there. */
    void rest(Part to) {
        Tree action = new Tree(to.at());
        actions.targets().put(to, action);
        Tree route = new Tree(to.at()).put("match", new Tree(to.at()).put("prefix", "/")).put("route", action);
        Tree perFilter = new Tree(to.at());
        keepSessions(to, perFilter);
        if (!perFilter.isEmpty()) {
            route.put("typed_per_filter_config", perFilter);
        }
        routes.add(new Owned(to.at(), List.of(), route.mapping(), true));
    }

    List<Node> virtualHosts() {
        Map<String, Position> hosts = new LinkedHashMap<>();
        boolean anybody = false;
        for (Owned owned : routes) {
            anybody |= owned.hosts.isEmpty();
            owned.hosts.forEach(part -> hosts.putIfAbsent(host(part), part.at()));
        }
        if (anybody && !routes.isEmpty()) {
            hosts.putIfAbsent(ANY_HOST, routes.getFirst().at);
        }
        var virtualHosts = new ArrayList<Node>();
        hosts.forEach((host, at) -> {
            virtualHosts.add(new Tree(at).put("name", host).put("domains", List.of(Tree.text(at, host)))
                    .put("routes", of(host)).mapping());
        });
        return virtualHosts;
    }

    /** The routes of a host, up to the one behind which nothing is left. */
    private List<Node> of(String host) {
        var own = new ArrayList<Node>();
        for (Owned owned : routes) {
            if (belongs(owned, host)) {
                own.add(owned.route);
                if (owned.takesAll) {
                    break;
                }
            }
        }
        return own;
    }

    private static boolean belongs(Owned owned, String host) {
        return owned.hosts.isEmpty() || owned.hosts.stream().anyMatch(part -> host(part).equals(host));
    }

    private static String host(Part part) {
        return part.node() instanceof Node.Scalar scalar ? scalar.text().toLowerCase(Locale.ROOT) : ANY_HOST;
    }

    private static Tree match(Part part) {
        part.items("host").forEach(Part::text);
        Tree match = new Tree(part.at());
        Part path = part.part("path");
        String text = path == null ? "/" : path.text();
        if (path != null && text != null && !text.startsWith("/")) {
            path.problem("a path begins with /", "write /" + text);
        } else if (path != null && text != null && text.contains("*")) {
            path.problem("a path has no *", "a path that ends in / is a prefix: write "
                    + text.substring(0, text.indexOf('*')));
        }
        Position at = path == null ? part.at() : path.at();
        match.put(text == null || text.endsWith("/") ? "prefix" : "path", Tree.text(at, text == null ? "/" : text));
        List<Node> headers = new ArrayList<>(method(part));
        Part header = part.part("header");
        if (header != null) {
            headers.addAll(headers(header));
        }
        return headers.isEmpty() ? match : match.put("headers", headers);
    }

    private static List<Node> method(Part part) {
        Part method = part.part("method");
        if (method == null) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        for (Part item : method.items()) {
            String name = item.text();
            if (name != null && name.matches("[A-Za-z-]+")) {
                names.add(name.toUpperCase(Locale.ROOT));
            } else if (name != null) {
                item.problem("this is no method", "write GET, POST, PUT ...");
            }
        }
        if (names.isEmpty()) {
            return List.of();
        }
        Position at = method.at();
        Tree matcher = names.size() == 1
                ? new Tree(at).put("exact", names.getFirst())
                : new Tree(at).put("safe_regex", new Tree(at).put("regex", String.join("|", names)));
        return List.of(new Tree(at).put("name", ":method").put("string_match", matcher).mapping());
    }

    private static List<Node> headers(Part header) {
        var headers = new ArrayList<Node>();
        if (!(header.node() instanceof Mapping)) {
            header.problem("header is a mapping of names to values", "write header: { NAME: VALUE }");
            return headers;
        }
        List<Entry> entries = header.entries();
        List<Part> values = header.named();
        for (int i = 0; i < entries.size(); i++) {
            String text = values.get(i).text();
            if (text != null) {
                Position at = values.get(i).at();
                headers.add(value(new Tree(at).put("name", Tree.text(entries.get(i).at(), entries.get(i).key())), at,
                        text).mapping());
            }
        }
        return headers;
    }

    /** {@code *} is any value; a star at the end or the beginning leaves that side open. */
    private static Tree value(Tree matcher, Position at, String text) {
        if (text.equals("*")) {
            return matcher.put("present_match", true);
        }
        boolean openEnd = text.endsWith("*");
        boolean openBegin = text.startsWith("*");
        String bare = text.substring(openBegin ? 1 : 0, text.length() - (openEnd ? 1 : 0));
        String form = openBegin && openEnd ? "contains" : openEnd ? "prefix" : openBegin ? "suffix" : "exact";
        return matcher.put("string_match", new Tree(at).put(form, Tree.text(at, bare)));
    }
}
