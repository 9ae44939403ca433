package io.weir.xds.tls;

import java.util.ArrayList;
import java.util.List;

import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.weir.core.tls.NamedSecrets;
import io.weir.core.tls.SecretSpec;
import io.weir.xds.compile.ReadContext;

import org.jspecify.annotations.Nullable;

/**
 * Reads secrets that are had by name: {@code SdsSecretConfig}. Those of the bootstrap are what they are; those of a
 * file are read when they are needed, and again when it changes.
 */
final class SecretNames {

    /** Of the bootstrap, or of a file; neither after a problem. */
    record Found<S extends SecretSpec>(@Nullable S known, NamedSecrets.@Nullable Ref ref) {
    }

    private SecretNames() {}

    static <S extends SecretSpec> Found<S> read(ReadContext context, SdsSecretConfig message, Class<S> kind) {
        if (!message.hasSdsConfig()) {
            return new Found<>(context.secret(message.getName(), kind), null);
        }
        return new Found<>(null, ref(message.getName(), message.getSdsConfig()));
    }

    /** All of a list that are known; the others are added to the references. */
    static <S extends SecretSpec> List<S> read(ReadContext context, String list, List<SdsSecretConfig> messages,
            Class<S> kind, List<NamedSecrets.Ref> refs) {
        var known = new ArrayList<S>();
        for (int i = 0; i < messages.size(); i++) {
            Found<S> found = read(context.at(list, i), messages.get(i), kind);
            if (found.known() != null) {
                known.add(found.known());
            }
            if (found.ref() != null) {
                refs.add(found.ref());
            }
        }
        return known;
    }

    @SuppressWarnings("deprecation") // path is what older files have
    private static NamedSecrets.@Nullable Ref ref(String name, ConfigSource source) {
        if (name.isEmpty()) {
            return null; // the rules of the API tell
        }
        return switch (source.getConfigSourceSpecifierCase()) {
            case PATH_CONFIG_SOURCE -> new NamedSecrets.Ref(name, source.getPathConfigSource().getPath(),
                    source.getPathConfigSource().hasWatchedDirectory()
                            ? source.getPathConfigSource().getWatchedDirectory().getPath()
                            : null);
            case PATH -> new NamedSecrets.Ref(name, source.getPath(), null);
            // what else there is the table of honoured fields refuses; the rules of the API tell that one is needed
            case API_CONFIG_SOURCE, ADS, SELF, CONFIGSOURCESPECIFIER_NOT_SET -> null;
        };
    }
}
