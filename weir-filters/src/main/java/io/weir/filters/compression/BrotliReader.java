package io.weir.filters.compression;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.Encoder;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import org.jspecify.annotations.Nullable;

/** Reads the brotli library of compressors; the native library is loaded where one is configured, and only there. */
public final class BrotliReader
        implements
            ExtensionReader<io.envoyproxy.envoy.extensions.compression.brotli.compressor.v3.Brotli, Brotli> {
    private static final int QUALITY = 3;
    private static final int WINDOW_BITS = 18;

    @Override
    public io.envoyproxy.envoy.extensions.compression.brotli.compressor.v3.Brotli prototype() {
        return io.envoyproxy.envoy.extensions.compression.brotli.compressor.v3.Brotli.getDefaultInstance();
    }

    @Override
    public Class<Brotli> kind() {
        return Brotli.class;
    }

    @Override
    public @Nullable Brotli read(io.envoyproxy.envoy.extensions.compression.brotli.compressor.v3.Brotli config,
            ReadContext context) {
        if (!loaded(context)) {
            return null;
        }
        var mode = switch (config.getEncoderMode()) {
            case DEFAULT, GENERIC, UNRECOGNIZED -> Encoder.Mode.GENERIC;
            case TEXT -> Encoder.Mode.TEXT;
            case FONT -> Encoder.Mode.FONT;
        };
        return new Brotli(config.hasQuality() ? config.getQuality().getValue() : QUALITY,
                config.hasWindowBits() ? config.getWindowBits().getValue() : WINDOW_BITS, mode);
    }

    static boolean loaded(ReadContext context) {
        boolean there = Brotli4jLoader.isAvailable();
        if (!there) {
            context.problem("", "", "the native library of brotli cannot be loaded here",
                    "use gzip or zstd on this machine");
        }
        return there;
    }
}
