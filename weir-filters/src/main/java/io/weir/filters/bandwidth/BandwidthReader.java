package io.weir.filters.bandwidth;

import io.envoyproxy.envoy.extensions.filters.http.bandwidth_limit.v3.BandwidthLimit;
import io.envoyproxy.envoy.extensions.filters.http.bandwidth_limit.v3.BandwidthLimit.EnableMode;
import io.weir.filters.pace.ByteRate;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.Plain;
import io.weir.xds.compile.ReadContext;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the bandwidth limit filter; a level of the routes has the same message, which replaces what is outside. */
public final class BandwidthReader implements ExtensionReader<BandwidthLimit, BandwidthSpec> {
    @Override
    public BandwidthLimit prototype() {
        return BandwidthLimit.getDefaultInstance();
    }

    @Override
    public Class<BandwidthSpec> kind() {
        return BandwidthSpec.class;
    }

    @Override
    public @Nullable BandwidthSpec read(BandwidthLimit config, ReadContext context) {
        var mode = config.getEnableMode();
        boolean requests = mode == EnableMode.REQUEST || mode == EnableMode.REQUEST_AND_RESPONSE;
        boolean responses = mode == EnableMode.RESPONSE || mode == EnableMode.REQUEST_AND_RESPONSE;
        boolean on = !config.getRuntimeEnabled().hasDefaultValue()
                || config.getRuntimeEnabled().getDefaultValue().getValue();
        long limit = config.getLimitKbps().getValue();
        if (!config.hasLimitKbps()) {
            if (requests || responses) {
                context.problem("limit_kbps", "", "there is none, and nothing could pass",
                        "write how many KiB/s may pass, such as 1024, or enable_mode: DISABLED");
                return null;
            }
            limit = 1;
        } else if (Long.compareUnsigned(limit, ByteRate.KIB_MAX) > 0) {
            context.problem("limit_kbps", Long.toUnsignedString(limit), "more than 4 GiB/s cannot be counted",
                    "write at most " + ByteRate.KIB_MAX + ", or leave the filter out");
            return null;
        }
        if (config.getResponseTrailerPrefix().startsWith(":")) {
            context.problem("response_trailer_prefix", config.getResponseTrailerPrefix(),
                    "trailers have no pseudo fields", "begin it with a letter");
            return null;
        }
        String prefix = config.getResponseTrailerPrefix().toLowerCase(Locale.ROOT);
        return new BandwidthSpec(config.getStatPrefix(), on && requests, on && responses, limit,
                config.hasFillInterval() ? Plain.nanos(config.getFillInterval()) : ByteRate.INTERVAL_NANOS,
                config.getEnableResponseTrailers() ? BandwidthSpec.Trailers.of(prefix) : null);
    }
}
