package io.weir.filters.filterstate;

import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.extensions.filters.http.set_filter_state.v3.Config;
import io.weir.http.route.ValueFormat;
import io.weir.observe.log.AccessLogFormat;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import io.weir.xds.state.StateReading;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** Reads the filter; a level of the routes has the same message, which adds to what holds outside. */
public final class FilterStateReader implements ExtensionReader<Config, FilterStateSpec> {
    @Override
    public Config prototype() {
        return Config.getDefaultInstance();
    }

    @Override
    public Class<FilterStateSpec> kind() {
        return FilterStateSpec.class;
    }

    @Override
    public FilterStateSpec read(Config config, ReadContext context) {
        var entries = new ArrayList<FilterStateSpec.Entry>();
        for (int i = 0; i < config.getOnRequestHeadersCount(); i++) {
            var message = config.getOnRequestHeaders(i);
            var at = context.at("on_request_headers", i);
            var kind = StateReading.kind(message, at);
            var format = message.hasFormatString() ? format(message.getFormatString(), at) : null;
            if (kind != null && format != null) {
                entries.add(new FilterStateSpec.Entry(message.getObjectKey(), kind, format, message.getReadOnly(),
                        message.getSkipIfEmpty()));
            }
        }
        return new FilterStateSpec(entries);
    }

    /** The format, or null after a problem: only what is known when a request's head passes can stand in it. */
    private static @Nullable AccessLogFormat format(SubstitutionFormatString message, ReadContext at) {
        var said = StateReading.text(message, at);
        if (said == null) {
            return null;
        }
        String text = said.format();
        if (ValueFormat.compile(text) instanceof ValueFormat.Result.Refused(String why, String cure)) {
            at.problem("format_string", text, why, cure);
            return null;
        }
        return switch (AccessLogFormat.compileBody(said)) {
            case AccessLogFormat.Compiled.Ready(AccessLogFormat ready) -> ready;
            case AccessLogFormat.Compiled.Invalid invalid -> {
                at.problem("format_string", text, "the format is wrong: " + invalid.message(),
                        "use the operators of docs/configuration.md, and %% for a percent sign");
                yield null;
            }
        };
    }
}
