package io.weir.filters.grpcstats;

import io.envoyproxy.envoy.extensions.filters.http.grpc_stats.v3.FilterConfig;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the filter that counts calls of gRPC. */
public final class GrpcStatsReader implements ExtensionReader<FilterConfig, GrpcStatsSpec> {
    @Override
    public FilterConfig prototype() {
        return FilterConfig.getDefaultInstance();
    }

    @Override
    public Class<GrpcStatsSpec> kind() {
        return GrpcStatsSpec.class;
    }

    @Override
    public @Nullable GrpcStatsSpec read(FilterConfig config, ReadContext context) {
        Map<String, Set<String>> listed = new HashMap<>();
        for (var service : config.getIndividualMethodStatsAllowlist().getServicesList()) {
            listed.computeIfAbsent(service.getName(), _ -> new HashSet<>()).addAll(service.getMethodNamesList());
        }
        boolean all = config.hasStatsForAllMethods() && config.getStatsForAllMethods().getValue();
        if (config.getReplaceDotsInGrpcServiceName() && !all) {
            context.warning("replace_dots_in_grpc_service_name", "true",
                    "this has an effect only where all methods are counted by name",
                    "set stats_for_all_methods, or leave it out");
        }
        return new GrpcStatsSpec(listed, all, config.getReplaceDotsInGrpcServiceName(),
                config.getEnableUpstreamStats());
    }
}
