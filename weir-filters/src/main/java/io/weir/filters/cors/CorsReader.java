package io.weir.filters.cors;

import io.envoyproxy.envoy.extensions.filters.http.cors.v3.Cors;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;

/** Reads the CORS filter of a connection manager, which has nothing to say by itself: policies stand on the routes. */
public final class CorsReader implements ExtensionReader<Cors, CorsSpec> {
    @Override
    public Cors prototype() {
        return Cors.getDefaultInstance();
    }

    @Override
    public Class<CorsSpec> kind() {
        return CorsSpec.class;
    }

    @Override
    public CorsSpec read(Cors config, ReadContext context) {
        return CorsSpec.NONE;
    }
}
