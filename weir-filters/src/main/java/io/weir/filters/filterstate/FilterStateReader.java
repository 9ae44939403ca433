package io.weir.filters.filterstate;

import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.extensions.filters.common.set_filter_state.v3.FilterStateValue;
import io.envoyproxy.envoy.extensions.filters.http.set_filter_state.v3.Config;
import io.weir.core.model.AccessLogSpec.Format;
import io.weir.core.value.FilterState.Kind;
import io.weir.http.route.ValueFormat;
import io.weir.observe.log.AccessLogFormat;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
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
            var kind = kind(message, at);
            var format = message.hasFormatString() ? format(message.getFormatString(), at) : null;
            if (kind != null && format != null) {
                entries.add(new FilterStateSpec.Entry(message.getObjectKey(), kind, format, message.getReadOnly(),
                        message.getSkipIfEmpty()));
            }
        }
        return new FilterStateSpec(entries);
    }

    /** What is made of the text, or null after a problem. */
    private static @Nullable Kind kind(FilterStateValue message, ReadContext at) {
        boolean named = !message.getFactoryKey().isEmpty();
        String factory = named ? message.getFactoryKey() : message.getObjectKey();
        return switch (factory) {
            case "envoy.string" -> Kind.STRING;
            case "envoy.hashable_string" -> Kind.HASHABLE_STRING;
            case "envoy.network.ip" -> Kind.ADDRESS;
            default -> {
                at.problem(named ? "factory_key" : "object_key", factory, "Weir makes no such objects",
                        "write factory_key: envoy.string, envoy.hashable_string or envoy.network.ip");
                yield null;
            }
        };
    }

    /** The format, or null after a problem: only what is known when a request's head passes can stand in it. */
    private static @Nullable AccessLogFormat format(SubstitutionFormatString message, ReadContext at) {
        String text = "";
        switch (at.logFormat("format_string", message)) {
            case Format.Text(String said, boolean _) -> text = said;
            case Format.Default() -> {
                // an empty text, which is one too
            }
            case Format.Json _ -> {
                at.problem("format_string", "", "an object is made of a text",
                        "use text_format_source with inline_string");
                return null;
            }
        }
        if (ValueFormat.compile(text) instanceof ValueFormat.Result.Refused(String why, String cure)) {
            at.problem("format_string", text, why, cure);
            return null;
        }
        return switch (AccessLogFormat.compileBody(new Format.Text(text, message.getOmitEmptyValues()))) {
            case AccessLogFormat.Compiled.Ready(AccessLogFormat ready) -> ready;
            case AccessLogFormat.Compiled.Invalid invalid -> {
                at.problem("format_string", text, "the format is wrong: " + invalid.message(),
                        "use the operators of docs/configuration.md, and %% for a percent sign");
                yield null;
            }
        };
    }
}
