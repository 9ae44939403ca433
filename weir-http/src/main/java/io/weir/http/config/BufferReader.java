package io.weir.http.config;

import io.weir.http.filter.BufferSpec;
import io.envoyproxy.envoy.extensions.filters.http.buffer.v3.Buffer;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;

/** Reads the buffer filter. */
final class BufferReader implements ExtensionReader<Buffer, BufferSpec> {
    @Override
    public Buffer prototype() {
        return Buffer.getDefaultInstance();
    }

    @Override
    public Class<BufferSpec> kind() {
        return BufferSpec.class;
    }

    @Override
    public BufferSpec read(Buffer config, ReadContext context) {
        return of(config);
    }

    static BufferSpec of(Buffer config) {
        return new BufferSpec(Integer.toUnsignedLong(config.getMaxRequestBytes().getValue()));
    }
}
