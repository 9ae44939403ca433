package io.weir.stream.gate;

import io.envoyproxy.envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.Plain;
import io.weir.xds.compile.ReadContext;
import org.jspecify.annotations.Nullable;

/** Reads the network filter that limits how many connections there are at once. */
public final class ConnectionLimitReader implements ExtensionReader<ConnectionLimit, GateSpec.AtOnce> {
    @Override
    public ConnectionLimit prototype() {
        return ConnectionLimit.getDefaultInstance();
    }

    @Override
    public Class<GateSpec.AtOnce> kind() {
        return GateSpec.AtOnce.class;
    }

    @Override
    public GateSpec.@Nullable AtOnce read(ConnectionLimit config, ReadContext context) {
        // uint64, which comes as a signed long; that it is at least 1 is a rule of the API, which tells
        long given = config.getMaxConnections().getValue();
        long max = given < 0 ? Long.MAX_VALUE : given;
        boolean enabled = !config.getRuntimeEnabled().hasDefaultValue()
                || config.getRuntimeEnabled().getDefaultValue().getValue();
        return max == 0
                ? null
                : new GateSpec.AtOnce(config.getStatPrefix(), max, Math.max(0, Plain.nanos(config.getDelay())),
                        enabled);
    }
}
