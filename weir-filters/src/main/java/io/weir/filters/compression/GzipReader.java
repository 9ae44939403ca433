package io.weir.filters.compression;

import io.envoyproxy.envoy.extensions.compression.gzip.compressor.v3.Gzip.CompressionStrategy;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/** Reads the gzip library of compressors. */
public final class GzipReader
        implements
            ExtensionReader<io.envoyproxy.envoy.extensions.compression.gzip.compressor.v3.Gzip, Gzip> {
    @Override
    public io.envoyproxy.envoy.extensions.compression.gzip.compressor.v3.Gzip prototype() {
        return io.envoyproxy.envoy.extensions.compression.gzip.compressor.v3.Gzip.getDefaultInstance();
    }

    @Override
    public Class<Gzip> kind() {
        return Gzip.class;
    }

    @Override
    public @Nullable Gzip read(io.envoyproxy.envoy.extensions.compression.gzip.compressor.v3.Gzip config,
            ReadContext context) {
        int level = config.getCompressionLevelValue();
        int strategy = switch (config.getCompressionStrategy()) {
            case DEFAULT_STRATEGY -> Deflater.DEFAULT_STRATEGY;
            case FILTERED -> Deflater.FILTERED;
            case HUFFMAN_ONLY -> Deflater.HUFFMAN_ONLY;
            case RLE, FIXED, UNRECOGNIZED -> -1;
        };
        if (strategy < 0) {
            context.problem("compression_strategy", config.getCompressionStrategy().name(),
                    "the JDK's zlib has no such strategy", "write " + CompressionStrategy.DEFAULT_STRATEGY);
            return null;
        }
        return new Gzip(level == 0 ? Deflater.DEFAULT_COMPRESSION : level, strategy);
    }
}
