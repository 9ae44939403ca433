package io.weir.filters.grpcstats;

import io.weir.filters.grpc.Calls;
import io.weir.http.filter.FilterContext;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How calls of gRPC are counted. Source: Envoy's {@code grpc_stats.v3.FilterConfig}.
 *
 * @param listed
 *            services and their methods that are counted by name
 * @param allNamed
 *            all methods are counted by name, up to {@link Calls#NAMED_MAX}
 * @param dotsReplaced
 *            where all are named, dots in a service's name become underscores
 * @param upstreamTime
 *            how long hosts take is written down too
 */
public record GrpcStatsSpec(Map<String, Set<String>> listed, boolean allNamed, boolean dotsReplaced,
        boolean upstreamTime) implements HttpFilterSpec {
    public GrpcStatsSpec {
        listed = Map.copyOf(listed);
    }

    @Override
    public HttpFilter open(FilterContext context) {
        var calls = new Calls<>(context.clusters(), "grpc", this::name,
                numbers -> new GrpcStatsStep.Numbers(numbers, upstreamTime));
        return exchange -> new GrpcStatsStep(calls.finder(exchange), exchange.worker());
    }

    private @Nullable String name(String service, String method) {
        if (allNamed) {
            return dotsReplaced ? service.replace('.', '_') : service;
        }
        return listed.getOrDefault(service, Set.of()).contains(method) ? service : null;
    }
}
