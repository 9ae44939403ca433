package io.weir.filters.compression;

import io.envoyproxy.envoy.extensions.compression.gzip.decompressor.v3.Gzip;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;

/** Reads the gzip library of decompressors. */
public final class GunzipReader implements ExtensionReader<Gzip, Gunzip> {
    /** Envoy's; the other libraries have no field for it. */
    static final int RATIO_MAX = 100;

    @Override
    public Gzip prototype() {
        return Gzip.getDefaultInstance();
    }

    @Override
    public Class<Gunzip> kind() {
        return Gunzip.class;
    }

    @Override
    public Gunzip read(Gzip config, ReadContext context) {
        return new Gunzip(config.hasMaxInflateRatio() ? config.getMaxInflateRatio().getValue() : RATIO_MAX);
    }
}
