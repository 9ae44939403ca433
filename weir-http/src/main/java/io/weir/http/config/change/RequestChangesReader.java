package io.weir.http.config.change;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.weir.xds.spec.FilterChainSpec;
import org.jspecify.annotations.Nullable;

/**
 * Tells changes that concern requests from those that concern connections: routes, the HTTP filters, and what becomes
 * of Weir's own answers are looked at anew with each request, so that connections need not end for them.
 */
public final class RequestChangesReader {
    private RequestChangesReader() {}

    /** Whether nothing but that differs between two filter chains, which both serve HTTP. */
    public static boolean only(FilterChainSpec before, FilterChainSpec after) {
        FilterChain rest = rest(before);
        return rest != null && rest.equals(rest(after));
    }

    /** Everything else; null of a chain that does not serve HTTP. */
    private static @Nullable FilterChain rest(FilterChainSpec spec) {
        if (!(spec.source() instanceof FilterChain chain) || chain.getFiltersCount() == 0) {
            return null;
        }
        int last = chain.getFiltersCount() - 1;
        Filter filter = chain.getFilters(last);
        if (!filter.getTypedConfig().is(HttpConnectionManager.class)) {
            return null;
        }
        try {
            var manager = filter.getTypedConfig().unpack(HttpConnectionManager.class).toBuilder();
            manager.clearRouteSpecifier().clearHttpFilters().clearLocalReplyConfig();
            return chain.toBuilder().setFilters(last, filter.toBuilder().setTypedConfig(Any.pack(manager.build())))
                    .build();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e); // it has been compiled
        }
    }
}
