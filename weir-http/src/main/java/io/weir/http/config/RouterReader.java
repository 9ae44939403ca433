package io.weir.http.config;

import io.weir.http.filter.RouterSpec;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;

/** Reads the router filter. */
final class RouterReader implements ExtensionReader<Router, RouterSpec> {
    @Override
    public Router prototype() {
        return Router.getDefaultInstance();
    }

    @Override
    public Class<RouterSpec> kind() {
        return RouterSpec.class;
    }

    @Override
    public RouterSpec read(Router config, ReadContext context) {
        return new RouterSpec(config.getSuppressEnvoyHeaders());
    }
}
