package io.weir.filters.compression;

import io.envoyproxy.envoy.extensions.compression.zstd.decompressor.v3.Zstd;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import org.jspecify.annotations.Nullable;

/** Reads the zstd library of decompressors. */
public final class UnzstdReader implements ExtensionReader<Zstd, Unzstandard> {
    @Override
    public Zstd prototype() {
        return Zstd.getDefaultInstance();
    }

    @Override
    public Class<Unzstandard> kind() {
        return Unzstandard.class;
    }

    @Override
    public @Nullable Unzstandard read(Zstd config, ReadContext context) {
        return ZstdReader.loaded(context) ? new Unzstandard(GunzipReader.RATIO_MAX) : null;
    }
}
