package io.weir.http.config;

import io.envoyproxy.envoy.config.core.v3.HealthCheck.GrpcHealthCheck;
import io.weir.http.check.GrpcCheck;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;

/** Reads Envoy's {@code grpc_health_check}. */
final class GrpcCheckReader implements ExtensionReader<GrpcHealthCheck, GrpcCheck> {
    @Override
    public GrpcHealthCheck prototype() {
        return GrpcHealthCheck.getDefaultInstance();
    }

    @Override
    public Class<GrpcCheck> kind() {
        return GrpcCheck.class;
    }

    @Override
    public GrpcCheck read(GrpcHealthCheck config, ReadContext context) {
        TextReader.checkHost(config.getAuthority(), "authority", context);
        return new GrpcCheck(config.getServiceName(), config.getAuthority(),
                HttpCheckReader.fields("initial_metadata", config.getInitialMetadataList(), context));
    }
}
