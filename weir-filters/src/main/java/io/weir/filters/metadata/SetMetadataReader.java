package io.weir.filters.metadata;

import io.envoyproxy.envoy.extensions.filters.http.set_metadata.v3.Config;
import io.weir.xds.compile.ExtensionReader;
import io.weir.xds.compile.ReadContext;
import java.util.ArrayList;

/** Reads the filter; a level of the routes has the same message, which replaces what holds outside. */
public final class SetMetadataReader implements ExtensionReader<Config, SetMetadataSpec> {
    @Override
    public Config prototype() {
        return Config.getDefaultInstance();
    }

    @Override
    public Class<SetMetadataSpec> kind() {
        return SetMetadataSpec.class;
    }

    @Override
    @SuppressWarnings("deprecation") // the older form is what many files still use
    public SetMetadataSpec read(Config config, ReadContext context) {
        var entries = new ArrayList<SetMetadataSpec.Entry>();
        if (config.hasValue() && config.getMetadataNamespace().isEmpty()) {
            context.problem("metadata_namespace", "", "a value needs a namespace", "name one, or use metadata");
        } else if (config.hasValue()) {
            entries.add(new SetMetadataSpec.Entry(config.getMetadataNamespace(), true,
                    ValueReader.values(config.getValue())));
        }
        for (var message : config.getMetadataList()) {
            entries.add(new SetMetadataSpec.Entry(message.getMetadataNamespace(), message.getAllowOverwrite(),
                    ValueReader.values(message.getValue())));
        }
        return new SetMetadataSpec(entries);
    }
}
