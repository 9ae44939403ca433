package io.weir.xds.listen;

import com.google.protobuf.Message;
import io.envoyproxy.envoy.extensions.filters.listener.http_inspector.v3.HttpInspector;
import io.envoyproxy.envoy.extensions.filters.listener.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.extensions.filters.listener.original_dst.v3.OriginalDst;
import io.envoyproxy.envoy.extensions.filters.listener.original_src.v3.OriginalSrc;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.Extensions;
import io.weir.xds.compile.Plain;
import io.weir.xds.compile.ReadContext;
import io.weir.xds.spec.ListenerFilterSpec;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The readers of all listener filters. */
public final class ListenerFilters {
    private ListenerFilters() {}

    /** These extensions and the listener filters. */
    public static Extensions addTo(Extensions extensions) {
        return extensions.with(
                new ListenerFilterReader<>(TlsInspector.getDefaultInstance(),
                        (config, _) -> new ListenerFilterSpec.TlsInspector(
                                config.getCloseConnectionOnClientHelloParsingErrors(),
                                config.getEnableJa3Fingerprinting().getValue(),
                                config.getEnableJa4Fingerprinting().getValue())),
                new ListenerFilterReader<>(HttpInspector.getDefaultInstance(),
                        (_, _) -> new ListenerFilterSpec.HttpInspector()),
                new ListenerFilterReader<>(OriginalDst.getDefaultInstance(),
                        (_, _) -> new ListenerFilterSpec.OriginalDst()),
                new ListenerFilterReader<>(OriginalSrc.getDefaultInstance(),
                        (config, _) -> new ListenerFilterSpec.OriginalSrc(config.getBindPort(), config.getMark())),
                new ListenerFilterReader<>(LocalRateLimit.getDefaultInstance(), ListenerFilters::rate),
                new ProxyProtocolReader());
    }

    private static @Nullable ListenerFilterSpec rate(LocalRateLimit config, ReadContext context) {
        var bucket = Plain.bucket(config.getTokenBucket());
        boolean enabled = !config.getRuntimeEnabled().hasDefaultValue()
                || config.getRuntimeEnabled().getDefaultValue().getValue();
        return bucket == null
                ? null
                : new ListenerFilterSpec.LocalRateLimit(config.getStatPrefix(), bucket, enabled);
    }

    /** One whose message says little. */
    private record ListenerFilterReader<M extends Message>(M prototype,
            BiFunction<M, ReadContext, @Nullable ListenerFilterSpec> reading)
            implements
                ExtensionReader<M, ListenerFilterSpec> {
        @Override
        public Class<ListenerFilterSpec> kind() {
            return ListenerFilterSpec.class;
        }

        @Override
        public @Nullable ListenerFilterSpec read(M config, ReadContext context) {
            return reading.apply(config, context);
        }
    }
}
