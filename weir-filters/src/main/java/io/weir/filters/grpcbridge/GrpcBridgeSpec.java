package io.weir.filters.grpcbridge;

import io.weir.http.filter.FilterContext;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;

/**
 * How clients of HTTP/1.1 make calls of gRPC. Source: Envoy's {@code grpc_http1_bridge.v3.Config}.
 *
 * @param upgradesProtobuf
 *            a body of {@code application/x-protobuf} is one message, which gets its prefix on the way to the host and
 *            loses it on the way back
 * @param ignoresQuery
 *            what follows the path is not sent
 */
public record GrpcBridgeSpec(boolean upgradesProtobuf, boolean ignoresQuery) implements HttpFilterSpec {
    @Override
    public HttpFilter open(FilterContext context) {
        return exchange -> new GrpcBridgeStep(this, exchange);
    }
}
