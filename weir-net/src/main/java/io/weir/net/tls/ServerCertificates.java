package io.weir.net.tls;

import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.weir.core.tls.DataSource;
import io.weir.core.tls.NamedSecrets;
import io.weir.core.tls.ServerTls;
import io.weir.net.hello.ClientHello;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
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
    private final @Nullable KeyLog keyLog;
    private final Contexts.Hold hold = new Contexts.Hold();
    private boolean single;
    private boolean seals;

    /**
     * A certificate and what is made of it.
     *
     * @param context
     *            holds the key
     */
    record Shown(Identity identity, ReferenceCountedOpenSslContext context) {
        /** What becomes of it for a client that asks for a staple. */
        Stapling stapling(ServerTls.Staples rule, Instant now) {
            Staple staple = identity.staple();
            boolean good = staple != null && staple.good(now);
            return switch (identity.mustBeStapled() ? ServerTls.Staples.REQUIRED : rule) {
                case LENIENT -> good ? Stapling.STAPLED : Stapling.BARE;
                case STRICT -> good ? Stapling.STAPLED : staple == null ? Stapling.BARE : Stapling.UNUSABLE;
                case REQUIRED -> good ? Stapling.STAPLED : Stapling.UNUSABLE;
            };
        }
    }

    /** How a certificate is shown to a client that asks for a staple. */
    enum Stapling {
        /** With one. */
        STAPLED,
        /** Without. */
        BARE,
        /** Not at all. */
        UNUSABLE
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
        Shown of(boolean checksEcdsa, Predicate<Shown> usable) {
            Shown first = checksEcdsa || rsa == null ? ecdsa : rsa;
            if (first != null && usable.test(first)) {
                return first;
            }
            return rsa != null && usable.test(rsa) ? rsa : null;
        }

        /**
         * Where none is usable one that is not: it is the name's, whose client is to hear that its staple is at fault
         * and not be shown another name's certificate.
         */
        @Nullable
        Shown best(boolean checksEcdsa, Predicate<Shown> usable) {
            Shown good = of(checksEcdsa, usable);
            return good == null ? of(checksEcdsa, _ -> true) : good;
        }
    }

    /** The name with {@code *} in the place of its first label. */
    private static String wild(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? "" : "*" + name.substring(dot);
    }

    private ServerCertificates(ServerTls spec, List<DataSource> ticketKeys, @Nullable Trust trust,
            @Nullable KeyLog keyLog) {
        this.spec = spec;
        this.ticketKeys = List.copyOf(ticketKeys);
        this.trust = trust;
        this.keyLog = keyLog;
        hold.add(keyLog);
        hold.until(this);
    }

    /**
     * Reads them all. Waits for files.
     *
     * @param secrets
     *            where those come from that have names only
     * @throws TlsFailure
     *             for the first thing that is wrong; nothing is held then
     */
    static ServerCertificates read(ServerTls named, SecretSource secrets) throws TlsFailure {
        ServerTls spec = named.withCommon(secrets.filled(named.common()));
        var specs = spec.common().certificates();
        if (specs.isEmpty()) {
            throw new TlsFailure(Contexts.COMMON, "", "a server needs a certificate",
                    "add tls_certificates with certificate_chain and private_key");
        }
        Trust.sensible(spec.common());
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
        var certificates = new ServerCertificates(spec, keys, trust, KeyLog.open(spec.common()));
        try {
            for (int i = 0; i < specs.size(); i++) {
                String path = Contexts.certificate(spec.common(), i);
                Identity identity = Identity.read(specs.get(i), path);
                stapled(spec, identity, path);
                certificates.add(new Shown(identity,
                        certificates.hold.add(Contexts.server(spec, identity, trust, tickets, certificates.keyLog))));
            }
        } catch (TlsFailure e) {
            certificates.release();
            throw e;
        }
        certificates.seals = tickets.isEmpty() && !(spec.tickets() instanceof ServerTls.Tickets.Off);
        return certificates;
    }

    private static void stapled(ServerTls spec, Identity identity, String path) throws TlsFailure {
        boolean asks = identity.mustBeStapled();
        if (identity.staple() == null && (asks || spec.staples() == ServerTls.Staples.REQUIRED)) {
            throw new TlsFailure(path, "", "there is no staple, and " + (asks
                    ? "the certificate itself asks for one (RFC 7633)"
                    : "ocsp_staple_policy asks for one"), "add ocsp_staple");
        }
    }

    private void add(Shown shown) {
        all.add(shown);
        single = all.size() == 1 && !spec.requireSni() && spec.staples() == ServerTls.Staples.LENIENT
                && shown.identity.staple() == null
                && !shown.identity.mustBeStapled(); // read from the certificate, so once and not for each connection
        for (String name : Names.served(shown.identity.certificate())) {
            byName.computeIfAbsent(name, _ -> new Choice()).add(shown);
        }
    }

    /**
     * They are what clients are shown from now on, and these keys seal their sessions where nothing else is told. Not
     * before: the keys are for those in use, which others that are read and then refused must not take them from.
     */
    void serve(OwnTickets own) {
        if (seals) {
            own.usedBy(all.stream().map(Shown::context).toList());
        }
    }

    /** Whom clients' certificates are checked by; null: they are not asked for any. */
    @Nullable
    Trust trust() {
        return trust;
    }

    /** Where connections with them have their secrets written; null: nowhere. */
    @Nullable
    KeyLog keyLog() {
        return keyLog;
    }

    /** Whether one of them is for this name, in lower case. */
    boolean serves(String name) {
        return byName.containsKey(name) || byName.containsKey(wild(name));
    }

    List<Shown> all() {
        return all;
    }

    /** Whether every client is shown the same one in the same way, whatever it asks for. */
    boolean single() {
        return single;
    }

    Shown first() {
        return all.getFirst();
    }

    /**
     * @param hello
     *            null: it cannot be read, which the library will tell
     */
    Shown choose(@Nullable ClientHello hello, Instant now) {
        String name = hello == null || hello.serverName().isEmpty() ? null : hello.serverName();
        boolean ecdsa = hello != null && hello.ecdsa();
        Predicate<Shown> usable = hello == null || !hello.asksForStatus()
                ? _ -> true
                : shown -> shown.stapling(spec.staples(), now) != Stapling.UNUSABLE;
        Choice exact = name == null ? null : byName.get(name);
        Shown shown = exact == null ? null : exact.best(ecdsa, usable);
        if (shown == null && name != null) {
            Choice wild = byName.get(wild(name));
            shown = wild == null ? null : wild.best(ecdsa, usable);
        }
        if (shown != null) {
            return shown;
        }
        for (int i = 0; spec.scansAll() && i < all.size(); i++) {
            if ((ecdsa || !all.get(i).identity.ecdsa()) && usable.test(all.get(i))) {
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
