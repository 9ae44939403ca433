package io.weir.filters.fault;

import io.envoyproxy.envoy.extensions.filters.common.fault.v3.FaultRateLimit;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.FaultAbort;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.weir.http.config.MatchReader;
import io.weir.filters.fault.FaultSpec.Abort;
import io.weir.filters.fault.FaultSpec.Delay;
import io.weir.filters.fault.FaultSpec.Slowdown;
import io.weir.filters.metadata.ValueReader;
import io.weir.filters.pace.ByteRate;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.Plain;
import io.weir.xds.compile.ReadContext;
import org.jspecify.annotations.Nullable;

/** Reads the fault filter; a level of the routes has the same message, which replaces what is outside. */
public final class FaultReader implements ExtensionReader<HTTPFault, FaultSpec> {
    private static final int GRPC_STATUS_MAX = 16;

    @Override
    public HTTPFault prototype() {
        return HTTPFault.getDefaultInstance();
    }

    @Override
    public Class<FaultSpec> kind() {
        return FaultSpec.class;
    }

    @Override
    public @Nullable FaultSpec read(HTTPFault config, ReadContext context) {
        Delay delay = null;
        if (config.hasDelay()) {
            var own = config.getDelay();
            delay = new Delay(own.hasFixedDelay() ? Plain.nanos(own.getFixedDelay()) : 0,
                    MatchReader.share(own.getPercentage()));
        }
        Abort abort = null;
        if (config.hasAbort()) {
            abort = abort(config.getAbort(), context.at("abort"));
            if (abort == null) {
                return null;
            }
        }
        Slowdown slowdown = null;
        if (config.hasResponseRateLimit()) {
            slowdown = slowdown(config.getResponseRateLimit(), context.at("response_rate_limit"));
            if (slowdown == null) {
                return null;
            }
        }
        return new FaultSpec(delay, abort, slowdown, config.getUpstreamCluster(),
                MatchReader.headers("headers", config.getHeadersList(), context), config.getDownstreamNodesList(),
                config.hasMaxActiveFaults()
                        ? Integer.toUnsignedLong(config.getMaxActiveFaults().getValue())
                        : Long.MAX_VALUE,
                ValueReader.values(config.getFilterMetadata()));
    }

    private static @Nullable Slowdown slowdown(FaultRateLimit config, ReadContext context) {
        long limit = config.hasFixedLimit() ? config.getFixedLimit().getLimitKbps() : 0;
        if (Long.compareUnsigned(limit, ByteRate.KIB_MAX) > 0) {
            context.problem("fixed_limit.limit_kbps", Long.toUnsignedString(limit),
                    "more than 4 GiB/s cannot be counted",
                    "write at most " + ByteRate.KIB_MAX + ", or leave response_rate_limit out");
            return null;
        }
        return new Slowdown(limit, MatchReader.share(config.getPercentage()));
    }

    private static @Nullable Abort abort(FaultAbort config, ReadContext context) {
        if (config.hasGrpcStatus() && Integer.toUnsignedLong(config.getGrpcStatus()) > GRPC_STATUS_MAX) {
            context.problem("grpc_status", Integer.toUnsignedString(config.getGrpcStatus()),
                    "there is no such gRPC status", "write one of 0 (OK) to " + GRPC_STATUS_MAX);
            return null;
        }
        return new Abort(config.hasHttpStatus() ? config.getHttpStatus() : -1,
                config.hasGrpcStatus() ? config.getGrpcStatus() : -1, MatchReader.share(config.getPercentage()));
    }
}
