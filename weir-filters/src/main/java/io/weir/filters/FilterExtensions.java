package io.weir.filters;

import io.weir.filters.bandwidth.BandwidthReader;
import io.weir.filters.cache.CacheReader;
import io.weir.filters.cache.PlaceReaders;
import io.weir.filters.compression.BrotliReader;
import io.weir.filters.compression.GunzipReader;
import io.weir.filters.compression.GzipReader;
import io.weir.filters.compression.UnbrotliReader;
import io.weir.filters.compression.UnzstdReader;
import io.weir.filters.compression.ZstdReader;
import io.weir.filters.compressor.CompressorPerRouteReader;
import io.weir.filters.compressor.CompressorReader;
import io.weir.filters.cors.CorsPolicyReader;
import io.weir.filters.cors.CorsReader;
import io.weir.filters.csrf.CsrfReader;
import io.weir.filters.decompressor.DecompressorReader;
import io.weir.filters.fault.FaultReader;
import io.weir.filters.filterstate.FilterStateReader;
import io.weir.filters.grpcbridge.GrpcBridgeReader;
import io.weir.filters.grpcstats.GrpcStatsReader;
import io.weir.filters.grpcweb.GrpcWebReader;
import io.weir.filters.iptag.IpTagReader;
import io.weir.filters.jsonmeta.JsonToMetadataReader;
import io.weir.filters.metadata.SetMetadataReader;
import io.weir.filters.metadata.ToMetadataReader;
import io.weir.filters.mutation.MutationPerRouteReader;
import io.weir.filters.mutation.MutationReader;
import io.weir.filters.rbac.RbacPerRouteReader;
import io.weir.filters.rbac.RbacReader;
import io.weir.filters.transcode.TranscodeReader;
import io.weir.xds.compile.Extensions;

/** What this module adds to the configuration that Weir understands: a filter's reader is named here. */
public final class FilterExtensions {
    private static final String HONOURED = "/io/weir/filters/honoured.txt";
    private static final String DEFAULTS = "/io/weir/filters/defaults.yaml";

    private FilterExtensions() {}

    /** The filters beside what is known already. */
    public static Extensions addTo(Extensions extensions) {
        return extensions.with(new CorsReader(), new CorsPolicyReader(), new CsrfReader(), new FaultReader(),
                new BandwidthReader())
                .with(new MutationReader(), new MutationPerRouteReader(), new ToMetadataReader(),
                        new SetMetadataReader(), new FilterStateReader())
                .with(new CompressorReader(), new CompressorPerRouteReader(), new DecompressorReader(),
                        new GzipReader(), new GunzipReader(), new BrotliReader(), new UnbrotliReader(),
                        new ZstdReader(), new UnzstdReader())
                .with(new GrpcStatsReader(), new GrpcWebReader(), new GrpcBridgeReader(), new TranscodeReader())
                .with(new RbacReader(), new RbacPerRouteReader(), new IpTagReader(), new JsonToMetadataReader())
                .with(new CacheReader()).with(PlaceReaders.all())
                .withHonoured(FilterExtensions.class, HONOURED).withDefaults(FilterExtensions.class, DEFAULTS);
    }
}
