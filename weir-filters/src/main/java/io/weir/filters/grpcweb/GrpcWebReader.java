package io.weir.filters.grpcweb;

import io.envoyproxy.envoy.extensions.filters.http.grpc_web.v3.GrpcWeb;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;

/** Reads the filter of gRPC-Web. */
public final class GrpcWebReader implements ExtensionReader<GrpcWeb, GrpcWebSpec> {
    @Override
    public GrpcWeb prototype() {
        return GrpcWeb.getDefaultInstance();
    }

    @Override
    public Class<GrpcWebSpec> kind() {
        return GrpcWebSpec.class;
    }

    @Override
    public GrpcWebSpec read(GrpcWeb config, ReadContext context) {
        return new GrpcWebSpec();
    }
}
