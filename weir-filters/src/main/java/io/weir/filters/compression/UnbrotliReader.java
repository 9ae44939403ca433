package io.weir.filters.compression;

import io.envoyproxy.envoy.extensions.compression.brotli.decompressor.v3.Brotli;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import org.jspecify.annotations.Nullable;

/** Reads the brotli library of decompressors. */
public final class UnbrotliReader implements ExtensionReader<Brotli, Unbrotli> {
    @Override
    public Brotli prototype() {
        return Brotli.getDefaultInstance();
    }

    @Override
    public Class<Unbrotli> kind() {
        return Unbrotli.class;
    }

    @Override
    public @Nullable Unbrotli read(Brotli config, ReadContext context) {
        return BrotliReader.loaded(context) ? new Unbrotli(GunzipReader.RATIO_MAX) : null;
    }
}
