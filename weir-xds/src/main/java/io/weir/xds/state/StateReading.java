package io.weir.xds.state;

import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.extensions.filters.common.set_filter_state.v3.FilterStateValue;
import io.weir.core.model.AccessLogSpec.Format;
import io.weir.core.value.FilterState.Kind;
import io.weir.xds.compile.ReadContext;
import org.jspecify.annotations.Nullable;

/** Reads which objects are left, and of which texts they are made. Source: Envoy's {@code set_filter_state}. */
public final class StateReading {
    private StateReading() {}

    /** What is made of the text; null after a problem. */
    public static @Nullable Kind kind(FilterStateValue message, ReadContext at) {
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

    /** The text with its operators, which are not looked at; null after a problem. */
    public static Format.@Nullable Text text(SubstitutionFormatString message, ReadContext at) {
        return switch (at.logFormat("format_string", message)) {
            case Format.Text(String said, boolean _) -> new Format.Text(said, message.getOmitEmptyValues());
            // an empty text, which is one too
            case Format.Default() -> new Format.Text("", message.getOmitEmptyValues());
            case Format.Json _ -> {
                at.problem("format_string", "", "an object is made of a text",
                        "use text_format_source with inline_string");
                yield null;
            }
        };
    }
}
