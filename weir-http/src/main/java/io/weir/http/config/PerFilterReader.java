package io.weir.http.config;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.route.v3.FilterConfig;
import io.weir.xds.compile.ReadContext;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what a level of the routes says of single HTTP filters. */
final class PerFilterReader {
    private static final String FIELD = "typed_per_filter_config";

    private PerFilterReader() {}

    /**
     * What holds one level further in.
     *
     * @param configs
     *            {@code typed_per_filter_config} of that level
     */
    static Buffering inside(Buffering outside, Map<String, Any> configs, ReadContext context) {
        String filter = outside.filter();
        var result = outside;
        for (var entry : configs.entrySet()) {
            var spec = spec(entry.getValue(), context, FIELD + "[" + entry.getKey() + "]");
            if (!entry.getKey().equals(filter)) {
                context.warning(FIELD + "[" + entry.getKey() + "]", "",
                        "no filter of this name and kind stands in http_filters, so this changes nothing",
                        filter.isEmpty()
                                ? "add the filter to http_filters; disabled: true leaves it off elsewhere"
                                : "write its name, " + filter);
            } else if (spec != null) {
                result = new Buffering(filter, spec);
            }
        }
        return result;
    }

    /** What the configuration of one filter says; null after a problem. */
    private static @Nullable BufferSpec spec(Any config, ReadContext context, String path) {
        if (!config.is(FilterConfig.class)) {
            return context.extension(path, config, BufferSpec.class);
        }
        try {
            var wrapped = config.unpack(FilterConfig.class);
            if (wrapped.getDisabled()) {
                return BufferSpec.OFF;
            }
            return context.extension(path + ".config", wrapped.getConfig(), BufferSpec.class);
        } catch (InvalidProtocolBufferException e) {
            context.problem(path, "", "the bytes here are not of the type that is named", "send them anew");
            return null;
        }
    }
}
