package io.weir.filters.compression;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDictCompress;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import org.jspecify.annotations.Nullable;

/** Reads the zstd library of compressors; the native library is loaded where one is configured, and only there. */
public final class ZstdReader
        implements
            ExtensionReader<io.envoyproxy.envoy.extensions.compression.zstd.compressor.v3.Zstd, Zstandard> {
    @Override
    public io.envoyproxy.envoy.extensions.compression.zstd.compressor.v3.Zstd prototype() {
        return io.envoyproxy.envoy.extensions.compression.zstd.compressor.v3.Zstd.getDefaultInstance();
    }

    @Override
    public Class<Zstandard> kind() {
        return Zstandard.class;
    }

    @Override
    public @Nullable Zstandard read(io.envoyproxy.envoy.extensions.compression.zstd.compressor.v3.Zstd config,
            ReadContext context) {
        if (!loaded(context)) {
            return null;
        }
        int level = config.hasCompressionLevel()
                ? config.getCompressionLevel().getValue()
                : Zstd.defaultCompressionLevel();
        if (level < 0 || level > Zstd.maxCompressionLevel()) {
            context.problem("compression_level", Integer.toUnsignedString(level),
                    "the library has levels 1 to " + Zstd.maxCompressionLevel() + ", and 0 for its own choice",
                    "write 3");
            return null;
        }
        byte[] dictionary = config.hasDictionary()
                ? DictionaryReader.read(config.getDictionary(), context.at("dictionary"))
                : null;
        if (dictionary == null) {
            return config.hasDictionary()
                    ? null
                    : new Zstandard(level, config.getEnableChecksum(), config.getStrategyValue(), null);
        }
        return new Zstandard(level, config.getEnableChecksum(), config.getStrategyValue(),
                new ZstdDictCompress(dictionary, level == 0 ? Zstd.defaultCompressionLevel() : level));
    }

    static boolean loaded(ReadContext context) {
        try {
            return Zstd.maxCompressionLevel() > 0;
        } catch (LinkageError e) {
            context.problem("", "", "the native library of zstd cannot be loaded here", "use gzip on this machine");
            return false;
        }
    }
}
