package io.weir.filters.compressor;

import io.envoyproxy.envoy.config.core.v3.RuntimeFeatureFlag;
import io.envoyproxy.envoy.extensions.filters.http.compressor.v3.Compressor;
import io.envoyproxy.envoy.extensions.filters.http.compressor.v3.Compressor.CommonDirectionConfig;
import io.weir.filters.compression.Compression;
import io.weir.filters.compressor.CompressorSpec.Direction;
import io.weir.filters.compressor.CompressorSpec.Responses;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the compressor filter. */
public final class CompressorReader implements ExtensionReader<Compressor, CompressorSpec> {
    private static final int LENGTH_MIN = 30;
    /** Envoy's, and their synonyms. */
    private static final Set<String> CONTENT_TYPES = Set.of("application/ecmascript", "application/javascript",
            "application/json", "application/x-javascript", "application/x-json", "application/xhtml+xml",
            "application/xml", "image/svg+xml", "text/css", "text/ecmascript", "text/html", "text/javascript",
            "text/js", "text/jscript", "text/plain", "text/x-javascript", "text/x-js", "text/x-json", "text/xml");

    @Override
    public Compressor prototype() {
        return Compressor.getDefaultInstance();
    }

    @Override
    public Class<CompressorSpec> kind() {
        return CompressorSpec.class;
    }

    @Override
    public @Nullable CompressorSpec read(Compressor config, ReadContext context) {
        var library = context.extension("compressor_library.typed_config",
                config.getCompressorLibrary().getTypedConfig(), Compression.class);
        if (library == null) {
            return null;
        }
        var request = config.hasRequestDirectionConfig()
                ? direction(config.getRequestDirectionConfig().getCommonConfig())
                : new Direction(false, LENGTH_MIN, CONTENT_TYPES);
        var own = config.getResponseDirectionConfig();
        var response = config.hasResponseDirectionConfig()
                ? new Responses(direction(own.getCommonConfig()), own.getDisableOnEtagHeader(),
                        own.getRemoveAcceptEncodingHeader(), new HashSet<>(own.getUncompressibleResponseCodesList()),
                        own.getStatusHeaderEnabled())
                : old(config);
        return new CompressorSpec(config.getCompressorLibrary().getName(), library, request, response,
                config.getChooseFirst(), config.hasResponseDirectionConfig());
    }

    /** By the fields that stood here before responses had a place of their own. */
    @SuppressWarnings("deprecation") // they hold where nothing newer stands
    private static Responses old(Compressor config) {
        return new Responses(
                new Direction(!config.hasRuntimeEnabled() || on(config.getRuntimeEnabled()),
                        config.hasContentLength()
                                ? Integer.toUnsignedLong(config.getContentLength().getValue())
                                : LENGTH_MIN,
                        types(config.getContentTypeList())),
                config.getDisableOnEtagHeader(), config.getRemoveAcceptEncodingHeader(), Set.of(), false);
    }

    private static Direction direction(CommonDirectionConfig config) {
        return new Direction(!config.hasEnabled() || on(config.getEnabled()),
                config.hasMinContentLength()
                        ? Integer.toUnsignedLong(config.getMinContentLength().getValue())
                        : LENGTH_MIN,
                types(config.getContentTypeList()));
    }

    private static boolean on(RuntimeFeatureFlag flag) {
        return !flag.hasDefaultValue() || flag.getDefaultValue().getValue();
    }

    private static Set<String> types(List<String> given) {
        var all = new HashSet<String>();
        given.forEach(type -> all.add(type.toLowerCase(Locale.ROOT)));
        return all.isEmpty() ? CONTENT_TYPES : all;
    }
}
