package io.weir.http.sticky;

import io.weir.core.stats.Counter;
import io.weir.core.stats.Scope;
import io.weir.http.filter.FilterContext;

/** How sessions fare, under Envoy's names. */
final class SessionStats {
    /** Requests that came to their session's host. */
    final Counter routed;
    /** Requests that went to another, as theirs could not be had; those without a session yet too, as in Envoy. */
    final Counter failedOpen;
    /** Requests that were refused, as their host could not be had and no other may serve them. */
    final Counter failedClosed;
    /** Requests that belong to no session, wherever they went. */
    final Counter noSession;

    SessionStats(FilterContext context, String prefix) {
        Scope scope = context.stats().root().child("http")
                .tagged("envoy.http_conn_manager_prefix", context.statPrefix()).child("stateful_session")
                .child(prefix);
        routed = scope.counter("routed");
        failedOpen = scope.counter("failed_open");
        failedClosed = scope.counter("failed_closed");
        noSession = scope.counter("no_session");
    }
}
