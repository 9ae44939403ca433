package io.weir.filters.compressor;

import io.envoyproxy.envoy.extensions.filters.http.compressor.v3.CompressorPerRoute;
import io.weir.filters.compression.Compression;
import io.weir.http.filter.FilterOverride;
import io.weir.http.filter.OffHere;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import org.jspecify.annotations.Nullable;

/** Reads what a level of the routes says of the compressor. */
public final class CompressorPerRouteReader implements ExtensionReader<CompressorPerRoute, Object> {
    /** What it changes; null keeps what holds outside. With {@code responses} these are compressed whatever holds. */
    private record Changes(String libraryName, @Nullable Compression library,
            boolean responses, @Nullable Boolean removeAcceptEncoding) implements FilterOverride {
        @Override
        public Class<?> filter() {
            return CompressorSpec.class;
        }

        @Override
        public Object over(Object outer) {
            var spec = (CompressorSpec) outer;
            var outside = spec.response();
            var direction = new CompressorSpec.Direction(responses || outside.direction().enabled(),
                    outside.direction().lengthMin(), outside.direction().contentTypes());
            var response = new CompressorSpec.Responses(direction, outside.disableOnEtag(),
                    removeAcceptEncoding == null ? outside.removeAcceptEncoding() : removeAcceptEncoding,
                    outside.uncompressible(), outside.statusHeader());
            return new CompressorSpec(library == null ? spec.libraryName() : libraryName,
                    library == null ? spec.library() : library, spec.request(), response, spec.chooseFirst(),
                    spec.directionInNumbers());
        }
    }

    @Override
    public CompressorPerRoute prototype() {
        return CompressorPerRoute.getDefaultInstance();
    }

    @Override
    public Class<Object> kind() {
        return Object.class;
    }

    @Override
    public @Nullable Object read(CompressorPerRoute config, ReadContext context) {
        if (config.getDisabled()) {
            return new OffHere(CompressorSpec.class);
        }
        var overrides = config.getOverrides();
        var direction = overrides.getResponseDirectionConfig();
        Compression library = null;
        if (overrides.hasCompressorLibrary()) {
            library = context.extension("overrides.compressor_library.typed_config",
                    overrides.getCompressorLibrary().getTypedConfig(), Compression.class);
            if (library == null) {
                return null;
            }
        }
        return new Changes(overrides.getCompressorLibrary().getName(), library,
                overrides.hasResponseDirectionConfig(),
                direction.hasRemoveAcceptEncodingHeader()
                        ? direction.getRemoveAcceptEncodingHeader().getValue()
                        : null);
    }
}
