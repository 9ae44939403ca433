package io.weir.net.tls;

import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.weir.core.tls.ServerTls;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of a server and which of them a client is shown: by the name that it asks for, exact names first,
 * then {@code *} in the place of the first label, then the first certificate. Of those for one name an elliptic curve's
 * goes to clients that can check it, which costs less, and RSA's to the others. Immutable; any thread.
 */
final class ServerCertificates {
    private final List<Shown> all = new ArrayList<>();
    private final Map<String, Choice> byName = new HashMap<>();
    private final boolean scansAll;
    private final @Nullable Trust trust;

    /**
     * A certificate and what is made of it.
     *
     * @param context
     *            holds the key; to be released when nobody is shown it any more
     * @param tickets
     *            null: they are not this process' own
     */
    record Shown(Identity identity, ReferenceCountedOpenSslContext context, @Nullable OwnTickets tickets) {
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
        Shown of(ClientHello hello) {
            Shown first = hello.ecdsa() || rsa == null ? ecdsa : rsa;
            return first == null ? rsa : first;
        }
    }

    private ServerCertificates(boolean scansAll, @Nullable Trust trust) {
        this.scansAll = scansAll;
        this.trust = trust;
    }

    /**
     * Reads them all. Waits for files.
     *
     * @throws TlsFailure
     *             for the first thing that is wrong; nothing is held then
     */
    static ServerCertificates read(ServerTls spec) throws TlsFailure {
        var specs = spec.common().certificates();
        if (specs.isEmpty()) {
            throw new TlsFailure(Contexts.COMMON, "", "a server needs a certificate",
                    "add tls_certificates with certificate_chain and private_key");
        }
        var validation = spec.common().validation();
        boolean asks = spec.requireClientCertificate() || validation.verifies();
        Trust trust = asks ? Trust.read(validation, Contexts.COMMON + ".validation_context") : null;
        var tickets = Contexts.tickets(spec.tickets());
        var certificates = new ServerCertificates(spec.scansAll(), trust);
        try {
            for (int i = 0; i < specs.size(); i++) {
                Identity identity = Identity.read(specs.get(i), Contexts.COMMON + ".tls_certificates[" + i + "]");
                var context = Contexts.server(spec, identity, trust, tickets);
                boolean own = spec.tickets() instanceof ServerTls.Tickets.Own;
                certificates.add(new Shown(identity, context,
                        own ? new OwnTickets(context, System.nanoTime()) : null));
            }
        } catch (TlsFailure e) {
            certificates.release();
            throw e;
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

    Shown choose(ClientHello hello) {
        String name = hello.serverName();
        Choice found = name == null ? null : byName.get(name);
        if (found == null && name != null) {
            int dot = name.indexOf('.');
            found = dot < 0 ? null : byName.get("*" + name.substring(dot));
        }
        Shown shown = found == null ? null : found.of(hello);
        if (shown != null) {
            return shown;
        }
        for (int i = 0; scansAll && i < all.size(); i++) {
            if (hello.ecdsa() || !all.get(i).identity.ecdsa()) {
                return all.get(i);
            }
        }
        return first();
    }

    /** No new connection is made with them; those that are go on. */
    void release() {
        all.forEach(shown -> shown.context.release());
    }
}
