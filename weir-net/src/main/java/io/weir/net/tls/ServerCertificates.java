package io.weir.net.tls;

import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.weir.core.tls.DataSource;
import io.weir.core.tls.NamedSecrets;
import io.weir.core.tls.ServerTls;
import io.weir.net.hello.ClientHello;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of a server and which of them a client is shown: by the name that it asks for, exact names first,
 * then {@code *} in the place of the first label, then the first certificate. Of those for one name an elliptic curve's
 * goes to clients that can check it, which costs less, and RSA's to the others. Immutable; any thread.
 */
final class ServerCertificates {
    private final List<Shown> all = new ArrayList<>();
    private final Map<String, Choice> byName = new HashMap<>();
    private final ServerTls spec;
    private final List<DataSource> ticketKeys;
    private final @Nullable Trust trust;
    private final Contexts.Hold hold = new Contexts.Hold();

    /**
     * A certificate and what is made of it.
     *
     * @param context
     *            holds the key
     */
    record Shown(Identity identity, ReferenceCountedOpenSslContext context) {
    }

    /** For one name: the first of each kind. */
    private static final class Choice {
        private @Nullable Shown ecdsa;
        private @Nullable Shown rsa;

        void add(Shown shown) {
            if (shown.identity.ecdsa()) {
                ecdsa = ecdsa == null ? shown : ecdsa;
            } else {
                rsa = rsa == null ? shown : rsa;
            }
        }

        @Nullable
        Shown of(boolean checksEcdsa) {
            Shown first = checksEcdsa || rsa == null ? ecdsa : rsa;
            return first == null ? rsa : first;
        }
    }

    private ServerCertificates(ServerTls spec, List<DataSource> ticketKeys, @Nullable Trust trust) {
        this.spec = spec;
        this.ticketKeys = List.copyOf(ticketKeys);
        this.trust = trust;
        hold.until(this);
    }

    /**
     * Reads them all. Waits for files.
     *
     * @param secrets
     *            where those come from that have names only
     * @param own
     *            what seals sessions where nothing else is told
     * @throws TlsFailure
     *             for the first thing that is wrong; nothing is held then
     */
    static ServerCertificates read(ServerTls named, SecretSource secrets, OwnTickets own) throws TlsFailure {
        ServerTls spec = named.withCommon(secrets.filled(named.common()));
        var specs = spec.common().certificates();
        if (specs.isEmpty()) {
            throw new TlsFailure(Contexts.COMMON, "", "a server needs a certificate",
                    "add tls_certificates with certificate_chain and private_key");
        }
        var validation = spec.common().validation();
        boolean asks = spec.requireClientCertificate() || validation.verifies();
        Trust trust = asks ? Trust.read(validation, Contexts.validation(spec.common())) : null;
        NamedSecrets.Ref keysByName = spec.common().named().ticketKeys();
        List<DataSource> keys = keysByName != null
                ? secrets.ticketKeys(keysByName)
                : spec.tickets() instanceof ServerTls.Tickets.Shared(List<DataSource> sources) ? sources : List.of();
        var tickets = Contexts.tickets(keys, keysByName == null
                ? "session_ticket_keys.keys"
                : "session_ticket_keys_sds_secret_config." + keysByName.name() + ".keys");
        var certificates = new ServerCertificates(spec, keys, trust);
        try {
            for (int i = 0; i < specs.size(); i++) {
                Identity identity = Identity.read(specs.get(i), Contexts.certificate(spec.common(), i));
                certificates.add(new Shown(identity,
                        certificates.hold.add(Contexts.server(spec, identity, trust, tickets))));
            }
        } catch (TlsFailure e) {
            certificates.release();
            throw e;
        }
        if (tickets.isEmpty() && !(spec.tickets() instanceof ServerTls.Tickets.Off)) {
            own.usedBy(certificates.all.stream().map(Shown::context).toList());
        }
        return certificates;
    }

    private void add(Shown shown) {
        all.add(shown);
        for (String name : Names.served(shown.identity.certificate())) {
            byName.computeIfAbsent(name, _ -> new Choice()).add(shown);
        }
    }

    /** Whom clients' certificates are checked by; null: they are not asked for any. */
    @Nullable
    Trust trust() {
        return trust;
    }

    List<Shown> all() {
        return all;
    }

    /** Whether every client is shown the same one, whatever it asks for. */
    boolean single() {
        return all.size() == 1;
    }

    Shown first() {
        return all.getFirst();
    }

    /**
     * @param hello
     *            null: it cannot be read, which the library will tell
     */
    Shown choose(@Nullable ClientHello hello) {
        String name = hello == null || hello.serverName().isEmpty() ? null : hello.serverName();
        boolean ecdsa = hello != null && hello.ecdsa();
        Choice found = name == null ? null : byName.get(name);
        if (found == null && name != null) {
            int dot = name.indexOf('.');
            found = dot < 0 ? null : byName.get("*" + name.substring(dot));
        }
        Shown shown = found == null ? null : found.of(ecdsa);
        if (shown != null) {
            return shown;
        }
        for (int i = 0; spec.scansAll() && i < all.size(); i++) {
            if (ecdsa || !all.get(i).identity.ecdsa()) {
                return all.get(i);
            }
        }
        return first();
    }

    /** What tells by changing that others are to be read. */
    Set<String> watched() {
        return WatchedFiles.of(spec.common(), ticketKeys);
    }

    /** No new connection is made with them; those that are go on. */
    void release() {
        hold.release();
    }
}
