package io.weir.stream.gate;

import io.envoyproxy.envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.Plain;
import io.weir.xds.compile.ReadContext;
import org.jspecify.annotations.Nullable;

/** Reads the network filter that limits how many connections come in a while. */
public final class ConnectionRateReader implements ExtensionReader<LocalRateLimit, GateSpec.Rate> {
    @Override
    public LocalRateLimit prototype() {
        return LocalRateLimit.getDefaultInstance();
    }

    @Override
    public Class<GateSpec.Rate> kind() {
        return GateSpec.Rate.class;
    }

    @Override
    public GateSpec.@Nullable Rate read(LocalRateLimit config, ReadContext context) {
        var bucket = Plain.bucket(config.getTokenBucket());
        boolean enabled = !config.getRuntimeEnabled().hasDefaultValue()
                || config.getRuntimeEnabled().getDefaultValue().getValue();
        return bucket == null ? null : new GateSpec.Rate(config.getStatPrefix(), bucket, enabled);
    }
}
