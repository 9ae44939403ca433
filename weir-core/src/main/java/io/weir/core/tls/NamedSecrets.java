package io.weir.core.tls;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Secrets that a TLS context has by name, from files that may say something else later: Envoy's
 * {@code SdsSecretConfig}. Immutable; any thread.
 *
 * @param certificates
 *            in the place of those that stand in the context itself
 * @param validation
 *            beside the rules that stand in the context; null: none
 * @param ticketKeys
 *            in the place of those that stand in the context; null: none
 */
public record NamedSecrets(List<Ref> certificates, @Nullable Ref validation, @Nullable Ref ticketKeys) {
    /** Nothing is had by name. */
    public static final NamedSecrets NONE = new NamedSecrets(List.of(), null, null);

    public NamedSecrets {
        certificates = List.copyOf(certificates);
    }

    /**
     * One secret.
     *
     * @param file
     *            where it stands among others
     * @param watched
     *            the directory whose changes say that the file has changed; null: the file's own
     */
    public record Ref(String name, String file, @Nullable String watched) {
    }

    /** The same with the keys of tickets by name. */
    public NamedSecrets withTicketKeys(Ref ref) {
        return new NamedSecrets(certificates, validation, ref);
    }

    /** All of them. */
    public List<Ref> all() {
        var all = new ArrayList<>(certificates);
        if (validation != null) {
            all.add(validation);
        }
        if (ticketKeys != null) {
            all.add(ticketKeys);
        }
        return all;
    }
}
