package io.weir.http.config;

import io.weir.http.filter.BufferSpec;
import io.envoyproxy.envoy.extensions.filters.http.buffer.v3.BufferPerRoute;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;

/** Reads what a virtual host, a route or a weighted cluster says of the buffer filter. */
final class BufferPerRouteReader implements ExtensionReader<BufferPerRoute, BufferSpec> {
    @Override
    public BufferPerRoute prototype() {
        return BufferPerRoute.getDefaultInstance();
    }

    @Override
    public Class<BufferSpec> kind() {
        return BufferSpec.class;
    }

    @Override
    public BufferSpec read(BufferPerRoute config, ReadContext context) {
        return switch (config.getOverrideCase()) {
            case DISABLED, OVERRIDE_NOT_SET -> BufferSpec.OFF; // the API's rules refuse the second
            case BUFFER -> BufferReader.of(config.getBuffer());
        };
    }
}
