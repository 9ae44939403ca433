package io.weir.http.config;

import io.envoyproxy.envoy.extensions.filters.http.health_check.v3.HealthCheck;
import io.weir.http.selfcheck.HealthFilterSpec;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.Plain;
import io.weir.xds.compile.ReadContext;
import java.util.HashMap;
import java.util.Map;

/** Reads Envoy's health check filter. */
final class HealthFilterReader implements ExtensionReader<HealthCheck, HealthFilterSpec> {
    @Override
    public HealthCheck prototype() {
        return HealthCheck.getDefaultInstance();
    }

    @Override
    public Class<HealthFilterSpec> kind() {
        return HealthFilterSpec.class;
    }

    @Override
    public HealthFilterSpec read(HealthCheck config, ReadContext context) {
        boolean passThrough = config.getPassThroughMode().getValue();
        if (!passThrough && config.hasCacheTime()) {
            context.problem("cache_time", "", "only what a host answers can be kept, and no host is asked",
                    "remove it, or set pass_through_mode: true");
        }
        if (passThrough && config.getClusterMinHealthyPercentagesCount() > 0) {
            context.problem("cluster_min_healthy_percentages", "", "checks are passed on to a host, which decides",
                    "remove it, or set pass_through_mode: false");
        }
        Map<String, Integer> percents = new HashMap<>();
        config.getClusterMinHealthyPercentagesMap().forEach((name, percent) -> {
            String at = "cluster_min_healthy_percentages[" + name + "]";
            context.clusterReferenced(at, name);
            if (!(percent.getValue() >= 0 && percent.getValue() <= 100)) {
                context.problem(at, Double.toString(percent.getValue()), "a percentage is 0 to 100",
                        "write a number from 0 to 100");
            } else {
                percents.put(name, (int) percent.getValue()); // whole percents, as Envoy cuts them
            }
        });
        return new HealthFilterSpec(passThrough, Math.max(0, Plain.nanos(config.getCacheTime())), percents,
                MatchReader.headers("headers", config.getHeadersList(), context));
    }
}
