package io.weir.stream.ask;

import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.extensions.filters.network.ratelimit.v3.RateLimit;
import io.weir.stream.client.Wording;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.Plain;
import io.weir.xds.compile.ReadContext;
import io.weir.xds.service.ServiceReader;
import io.weir.xds.service.ServiceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads the network filter that asks how many may be served. */
public final class GlobalLimitReader implements ExtensionReader<RateLimit, AskSpec.Limit> {
    /** Envoy's. */
    private static final long TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    @Override
    public RateLimit prototype() {
        return RateLimit.getDefaultInstance();
    }

    @Override
    public Class<AskSpec.Limit> kind() {
        return AskSpec.Limit.class;
    }

    @Override
    public AskSpec.@Nullable Limit read(RateLimit config, ReadContext context) {
        var rls = config.getRateLimitService();
        long timeoutNanos = config.hasTimeout() ? Plain.nanos(config.getTimeout()) : TIMEOUT_NANOS;
        if (timeoutNanos < 1) {
            context.problem("timeout", timeoutNanos + " ns", "whoever waits for an answer must not wait for ever",
                    "write a time such as 0.02s");
            return null;
        }
        ReadContext at = context.at("rate_limit_service");
        // the filter's own time counts, as in Envoy; the service's only where the filter says none
        ServiceSpec read = ServiceReader.read(rls.getGrpcService(), timeoutNanos, at.at("grpc_service"));
        ServiceSpec service = read == null || !config.hasTimeout()
                ? read
                : new ServiceSpec(read.cluster(), read.authority(), read.metadata(), timeoutNanos);
        var descriptors = new ArrayList<List<AskSpec.Entry>>();
        for (int i = 0; i < config.getDescriptorsCount(); i++) {
            var entries = entries(config.getDescriptors(i), context.at("descriptors", i));
            if (entries == null) {
                return null;
            }
            descriptors.add(entries);
        }
        boolean fine = ServiceReader.speaks(rls.getTransportApiVersion(), "transport_api_version", at);
        return service == null || !fine
                ? null
                : new AskSpec.Limit(config.getStatPrefix(), service, !config.getFailureModeDeny(), config.getDomain(),
                        descriptors);
    }

    private static @Nullable List<AskSpec.Entry> entries(RateLimitDescriptor message, ReadContext at) {
        var entries = new ArrayList<AskSpec.Entry>();
        for (int i = 0; i < message.getEntriesCount(); i++) {
            var value = Wording.read(message.getEntries(i).getValue(), "value", at.at("entries", i));
            if (value == null) {
                return null;
            }
            entries.add(new AskSpec.Entry(message.getEntries(i).getKey(), value));
        }
        return entries;
    }
}
