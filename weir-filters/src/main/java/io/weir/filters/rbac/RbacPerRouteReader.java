package io.weir.filters.rbac;

import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBACPerRoute;
import io.weir.http.filter.OffHere;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a level of the routes has in place of the RBAC filter that holds outside; an empty one switches it off.
 */
public final class RbacPerRouteReader implements ExtensionReader<RBACPerRoute, Object> {
    private final RbacReader rules = new RbacReader();

    @Override
    public RBACPerRoute prototype() {
        return RBACPerRoute.getDefaultInstance();
    }

    @Override
    public Class<Object> kind() {
        return Object.class;
    }

    @Override
    public @Nullable Object read(RBACPerRoute config, ReadContext context) {
        return config.hasRbac() ? rules.read(config.getRbac(), context.at("rbac")) : new OffHere(RbacSpec.class);
    }
}
