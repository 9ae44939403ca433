package io.weir.http.route;

import io.weir.http.codec.HttpHead;
import org.jspecify.annotations.Nullable;

/** A virtual host, made ready to be asked. Immutable. */
final class HostIndex {
    private final VirtualHost host;
    private final RouteIndex routes;

    HostIndex(VirtualHost host) {
        this.host = host;
        this.routes = new RouteIndex(host.routes());
    }

    VirtualHost host() {
        return host;
    }

    @Nullable
    Route match(HttpHead head, long random) {
        return routes.match(head, random);
    }
}
