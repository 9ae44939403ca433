package io.weir.filters.grpcweb;

import io.weir.filters.grpc.Calls;
import io.weir.http.filter.FilterContext;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;

/** Calls of gRPC-Web become calls of gRPC. Source: Envoy's {@code grpc_web.v3.GrpcWeb}, which says nothing more. */
public record GrpcWebSpec() implements HttpFilterSpec {
    @Override
    public HttpFilter open(FilterContext context) {
        var calls = new Calls<>(context.clusters(), "grpc-web", (service, _) -> service, numbers -> numbers);
        return exchange -> new GrpcWebStep(calls.finder(exchange), exchange);
    }
}
