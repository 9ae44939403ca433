package io.weir.stream.ask;

import io.envoyproxy.envoy.extensions.filters.network.ext_authz.v3.ExtAuthz;
import io.weir.core.value.MetadataTest;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import io.weir.xds.service.ServiceReader;
import io.weir.xds.service.ServiceSpec;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads the network filter that asks who may be served. */
public final class AuthorizeReader implements ExtensionReader<ExtAuthz, AskSpec.Authorize> {
    /** Envoy's. */
    private static final long TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    @Override
    public ExtAuthz prototype() {
        return ExtAuthz.getDefaultInstance();
    }

    @Override
    public Class<AskSpec.Authorize> kind() {
        return AskSpec.Authorize.class;
    }

    @Override
    public AskSpec.@Nullable Authorize read(ExtAuthz config, ReadContext context) {
        if (!config.hasGrpcService()) {
            context.problem("grpc_service", "", "nobody is there to be asked",
                    "write grpc_service with envoy_grpc and the name of a cluster");
            return null;
        }
        ServiceSpec service = ServiceReader.read(config.getGrpcService(), TIMEOUT_NANOS, context.at("grpc_service"));
        MetadataTest enabled = config.hasFilterEnabledMetadata()
                ? context.metadataTest("filter_enabled_metadata", config.getFilterEnabledMetadata())
                : null;
        boolean fine = ServiceReader.speaks(config.getTransportApiVersion(), "transport_api_version", context)
                && (enabled != null || !config.hasFilterEnabledMetadata());
        return service == null || !fine
                ? null
                : new AskSpec.Authorize(config.getStatPrefix(), service, config.getFailureModeAllow(),
                        config.getIncludePeerCertificate(), config.getIncludeTlsSession(), enabled);
    }
}
