package io.weir.xds.shortform;

import io.weir.xds.resource.Position;
import io.weir.xds.yaml.Node;
import io.weir.xds.yaml.Node.Mapping;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code sticky:} of a service: where a client keeps which endpoint its session is at, as Envoy's filter for stateful
 * sessions. The filter is there for every route of a listener and off, and each route to the service switches it on.
 */
final class StickyForm {
    static final String KEY = "sticky";

    private static final List<String> KEYS = List.of("cookie", "header", "ttl", "path", "strict");
    private static final String FILTER = "envoy.filters.http.stateful_session";
    private static final String TYPE = "envoy.extensions.filters.http.stateful_session.v3.StatefulSession";
    private static final String STATE = "envoy.http.stateful_session.";
    private static final String STATE_TYPE = "envoy.extensions.http.stateful_session.";
    /** A session ends with its host, not with the host's last new session. */
    private static final List<String> KEEPING = List.of("UNKNOWN", "HEALTHY", "DEGRADED", "DRAINING");

    private StickyForm() {}

    /** What a service says of sessions, as the fields of the filter's message; null where it says nothing. */
    static @Nullable Mapping session(Part service, Tree cluster) {
        Part sticky = service.part(KEY);
        if (sticky == null || !sticky.isMapping(KEY, KEYS)) {
            return null;
        }
        Position at = sticky.at();
        cluster.put("common_lb_config", new Tree(at).put("override_host_status",
                new Tree(at).put("statuses", KEEPING.stream().map(status -> Tree.text(at, status)).toList())));
        Node cookie = sticky.scalar("cookie");
        Node header = sticky.scalar("header");
        if ((cookie == null) == (header == null)) {
            sticky.problem(cookie == null
                    ? "nothing says where clients keep their session's endpoint"
                    : "a session is kept in one place, and here are two", "write { cookie: NAME } or { header: NAME }");
            return null;
        }
        Tree session = new Tree(at);
        if (header != null) {
            for (String unused : List.of("ttl", "path")) {
                Part part = sticky.part(unused);
                if (part != null) {
                    part.problem(unused + " is for cookies", "remove it, or write cookie in the place of header");
                }
            }
            session.put("session_state", Tree.extension(at, STATE + "header",
                    Tree.typed(at, STATE_TYPE + "header.v3.HeaderBasedSessionState").put("name", header)));
        } else if (cookie != null) {
            Node path = sticky.scalar("path");
            Tree made = new Tree(at).put("name", cookie).putIf("ttl", sticky.duration("ttl")).put("path",
                    path == null ? Tree.text(at, "/") : path);
            session.put("session_state", Tree.extension(at, STATE + "cookie",
                    Tree.typed(at, STATE_TYPE + "cookie.v3.CookieBasedSessionState").put("cookie", made)));
        }
        session.putIf("strict", sticky.scalar("strict"));
        return session.mapping();
    }

    /** Has a route, or a weighted cluster of one, keep such sessions. */
    static void put(Mapping session, Tree perFilter) {
        perFilter.put(FILTER, Tree.typed(session.at(), TYPE + "PerRoute").put("stateful_session", session));
    }

    /** What goes before the router; null where no route keeps sessions. */
    static @Nullable Mapping filter(@Nullable Mapping session) {
        if (session == null) {
            return null;
        }
        Tree config = Tree.typed(session.at(), TYPE);
        session.entries().forEach(entry -> config.put(entry.key(), entry.value()));
        return new Tree(session.at()).put("name", FILTER).put("typed_config", config).put("disabled", true).mapping();
    }
}
