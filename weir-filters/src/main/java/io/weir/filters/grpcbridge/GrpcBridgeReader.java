package io.weir.filters.grpcbridge;

import io.envoyproxy.envoy.extensions.filters.http.grpc_http1_bridge.v3.Config;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;

/** Reads the bridge between HTTP/1.1 and gRPC. */
public final class GrpcBridgeReader implements ExtensionReader<Config, GrpcBridgeSpec> {
    @Override
    public Config prototype() {
        return Config.getDefaultInstance();
    }

    @Override
    public Class<GrpcBridgeSpec> kind() {
        return GrpcBridgeSpec.class;
    }

    @Override
    public GrpcBridgeSpec read(Config config, ReadContext context) {
        return new GrpcBridgeSpec(config.getUpgradeProtobufToGrpc(), config.getIgnoreQueryParameters());
    }
}
