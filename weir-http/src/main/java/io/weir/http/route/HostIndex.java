package io.weir.http.route;

import io.weir.http.codec.HttpHead;
import io.weir.http.route.match.RequestFacts;
import io.weir.http.route.tree.MatchTree;
import org.jspecify.annotations.Nullable;

/** A virtual host, made ready to be asked. Immutable. */
final class HostIndex {
    private final VirtualHost host;
    private final RouteIndex routes;
    private final @Nullable MatchTree<RouteIndex> tree;

    HostIndex(VirtualHost host) {
        var leaves = host.tree();
        this.host = host;
        this.routes = new RouteIndex(host.routes());
        this.tree = leaves == null ? null : leaves.map(RouteIndex::new);
    }

    VirtualHost host() {
        return host;
    }

    /** A route at the end of a tree is asked whether it matches, as any other. */
    @Nullable
    Route match(HttpHead head, long random, RequestFacts facts) {
        var asked = tree == null ? routes : tree.find(head, facts);
        return asked == null ? null : asked.match(head, random, facts);
    }
}
