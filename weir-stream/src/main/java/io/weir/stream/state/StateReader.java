package io.weir.stream.state;

import io.envoyproxy.envoy.extensions.filters.network.set_filter_state.v3.Config;
import io.weir.stream.client.Wording;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import io.weir.xds.state.StateReading;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** Reads the network filter that leaves objects. */
public final class StateReader implements ExtensionReader<Config, StateSpec> {
    @Override
    public Config prototype() {
        return Config.getDefaultInstance();
    }

    @Override
    public Class<StateSpec> kind() {
        return StateSpec.class;
    }

    @Override
    public @Nullable StateSpec read(Config config, ReadContext context) {
        var entries = new ArrayList<StateSpec.Entry>();
        for (int i = 0; i < config.getOnNewConnectionCount(); i++) {
            var message = config.getOnNewConnection(i);
            var at = context.at("on_new_connection", i);
            var kind = StateReading.kind(message, at);
            var text = message.hasFormatString() ? StateReading.text(message.getFormatString(), at) : null;
            var format = text == null ? null : Wording.read(text, "format_string", at);
            if (kind != null && format != null) {
                entries.add(new StateSpec.Entry(message.getObjectKey(), kind, format, message.getReadOnly(),
                        message.getSkipIfEmpty()));
            }
        }
        return entries.size() == config.getOnNewConnectionCount() ? new StateSpec(entries) : null;
    }
}
