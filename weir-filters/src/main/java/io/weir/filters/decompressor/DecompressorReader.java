package io.weir.filters.decompressor;

import io.envoyproxy.envoy.extensions.filters.http.decompressor.v3.Decompressor;
import io.envoyproxy.envoy.extensions.filters.http.decompressor.v3.Decompressor.CommonDirectionConfig;
import io.weir.filters.compression.Decompression;
import io.weir.filters.decompressor.DecompressorSpec.Direction;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import org.jspecify.annotations.Nullable;

/** Reads the decompressor filter. */
public final class DecompressorReader implements ExtensionReader<Decompressor, DecompressorSpec> {
    @Override
    public Decompressor prototype() {
        return Decompressor.getDefaultInstance();
    }

    @Override
    public Class<DecompressorSpec> kind() {
        return DecompressorSpec.class;
    }

    @Override
    public @Nullable DecompressorSpec read(Decompressor config, ReadContext context) {
        var library = context.extension("decompressor_library.typed_config",
                config.getDecompressorLibrary().getTypedConfig(), Decompression.class);
        if (library == null) {
            return null;
        }
        var request = config.getRequestDirectionConfig();
        return new DecompressorSpec(config.getDecompressorLibrary().getName(), library,
                direction(request.getCommonConfig()), direction(config.getResponseDirectionConfig().getCommonConfig()),
                !request.hasAdvertiseAcceptEncoding() || request.getAdvertiseAcceptEncoding().getValue());
    }

    private static Direction direction(CommonDirectionConfig config) {
        boolean enabled = !config.getEnabled().hasDefaultValue() || config.getEnabled().getDefaultValue().getValue();
        return new Direction(enabled, config.getIgnoreNoTransformHeader());
    }
}
