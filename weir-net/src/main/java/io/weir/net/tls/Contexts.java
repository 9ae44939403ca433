package io.weir.net.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLContext;
import io.weir.core.tls.ClientTls;
import io.weir.core.tls.CommonTls;
import io.weir.core.tls.DataSource;
import io.weir.core.tls.ServerTls;
import io.weir.core.tls.TlsParameters;
import io.weir.core.tls.TlsVersion;
import java.lang.ref.Cleaner;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Builds the library's contexts. Waits for files, and loads the library when first asked. */
final class Contexts {
    static final String COMMON = "common_tls_context";
    private static final List<String> SUITES_OF_1_3 = List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256");
    private static final int TICKET_KEY_BYTES = 80;
    private static final int HMAC_AT = 16;
    private static final int AES_AT = 48;

    private Contexts() {}

    /** The context of a server with this identity. */
    static ReferenceCountedOpenSslContext server(ServerTls spec, Identity identity, @Nullable Trust trust,
            List<OpenSslSessionTicketKey> tickets, @Nullable KeyLog keyLog) throws TlsFailure {
        available();
        var builder = SslContextBuilder.forServer(identity.key(), identity.chain());
        common(builder, spec.common());
        builder.clientAuth(spec.requireClientCertificate()
                ? ClientAuth.REQUIRE
                : trust != null ? ClientAuth.OPTIONAL : ClientAuth.NONE);
        if (trust != null) {
            builder.trustManager(new PeerCheck(trust, false));
        }
        if (identity.staple() != null) {
            builder.enableOcsp(true);
        }
        if (spec.sessionSeconds() > 0) {
            builder.sessionTimeout(spec.sessionSeconds());
        }
        ReferenceCountedOpenSslContext context = built(builder);
        var sessions = (OpenSslServerSessionContext) context.sessionContext();
        sessions.setSessionCacheEnabled(spec.sessionCache());
        sessions.setSessionIdContext(sessionContext(identity, trust, spec.requireClientCertificate()));
        if (!tickets.isEmpty()) {
            sessions.setTicketKeys(tickets.toArray(OpenSslSessionTicketKey[]::new));
        } // else whoever holds the context gives it keys, or none, so that it hands out no tickets
        if (keyLog != null) {
            heard(keyLog, context);
        }
        refine(context, spec.common().parameters(), spec.prefersClients());
        return context;
    }

    /**
     * What a session belongs to: it is taken up again only where the same names are served and the same clients are
     * believed, be it after a certificate was renewed or by another instance with the same keys. Whoever takes up a
     * session shows no certificate, and none is looked at: what would be asked of one belongs to this, all of it.
     */
    private static byte[] sessionContext(Identity identity, @Nullable Trust trust, boolean required) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(Names.served(identity.certificate()).toString().getBytes(StandardCharsets.UTF_8));
            digest.update((byte) (identity.ecdsa() ? 1 : 0));
            digest.update((byte) (required ? 1 : 0));
            if (trust != null) {
                trust.digest(digest);
            }
            return digest.digest();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it, and what was read can be written
        }
    }

    /** The context of clients that speak with hosts of one cluster. */
    static ReferenceCountedOpenSslContext client(ClientTls spec, @Nullable Identity identity, @Nullable Trust trust,
            @Nullable KeyLog keyLog) throws TlsFailure {
        available();
        var builder = SslContextBuilder.forClient();
        common(builder, spec.common());
        if (identity != null) {
            builder.keyManager(identity.key(), identity.chain());
        }
        // who verifies nobody accepts everybody, as in Envoy; the configuration has been warned
        builder.trustManager(new PeerCheck(trust == null ? Trust.read(spec.common().validation(), COMMON) : trust,
                spec.sanOfSni()));
        builder.endpointIdentificationAlgorithm("");
        builder.sessionCacheSize(Math.max(1, spec.sessionsMax()));
        ReferenceCountedOpenSslContext context = built(builder);
        context.sessionContext().setSessionCacheEnabled(spec.sessionsMax() > 0);
        if (keyLog != null) {
            heard(keyLog, context);
        }
        refine(context, spec.common().parameters(), false);
        return context;
    }

    private static void available() throws TlsFailure {
        if (!OpenSsl.isAvailable()) {
            throw new TlsFailure("", "", "BoringSSL cannot be loaded here: " + OpenSsl.unavailabilityCause(),
                    "run Weir on Linux with x86_64 or aarch64, or remove transport_socket");
        }
    }

    private static void common(SslContextBuilder builder, CommonTls common) throws TlsFailure {
        TlsParameters parameters = common.parameters();
        builder.sslProvider(SslProvider.OPENSSL_REFCNT)
                .protocols(Stream.of(TlsVersion.values())
                        .filter(version -> version.compareTo(parameters.min()) >= 0
                                && version.compareTo(parameters.max()) <= 0)
                        .map(TlsVersion::label).toList())
                .ciphers(Stream.concat(suites(parameters.ciphers()).stream(), SUITES_OF_1_3.stream()).toList());
        if (!parameters.groups().isEmpty()) {
            groups(parameters.groups());
            builder.option(OpenSslContextOption.GROUPS, parameters.groups().toArray(String[]::new));
        }
        if (!common.alpn().isEmpty()) {
            builder.applicationProtocolConfig(new ApplicationProtocolConfig(Protocol.ALPN,
                    SelectorFailureBehavior.NO_ADVERTISE, SelectedListenerFailureBehavior.ACCEPT, common.alpn()));
        }
    }

    /** The names in an order of preference: {@code [A|B]} is A and B. */
    private static List<String> suites(List<String> ciphers) throws TlsFailure {
        var names = new ArrayList<String>();
        Collection<String> known = OpenSsl.availableOpenSslCipherSuites();
        for (int i = 0; i < ciphers.size(); i++) {
            for (String name : ciphers.get(i).replaceAll("[\\[\\]]", "").split("\\|", -1)) {
                if (!known.contains(name)) {
                    throw new TlsFailure(COMMON + ".tls_params.cipher_suites[" + i + "]", name,
                            "BoringSSL has no such cipher suite", "use some of " + String.join(", ", known));
                }
                names.add(name);
            }
        }
        return names;
    }

    private static void groups(List<String> groups) throws TlsFailure {
        Set<String> known = Set.of("X25519MLKEM768", "X25519", "P-256", "P-384", "P-521");
        for (int i = 0; i < groups.size(); i++) {
            if (!known.contains(groups.get(i))) {
                throw new TlsFailure(COMMON + ".tls_params.ecdh_curves[" + i + "]", groups.get(i),
                        "BoringSSL has no such key exchange",
                        "use some of X25519MLKEM768, X25519, P-256, P-384, P-521");
            }
        }
    }

    private static ReferenceCountedOpenSslContext built(SslContextBuilder builder) throws TlsFailure {
        try {
            return (ReferenceCountedOpenSslContext) builder.build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new TlsFailure(COMMON, "", "BoringSSL does not take it: " + e.getMessage(), "");
        }
    }

    private static void heard(KeyLog keyLog, ReferenceCountedOpenSslContext context) throws TlsFailure {
        try {
            keyLog.listenTo(context);
        } catch (TlsFailure e) {
            context.release();
            throw e;
        }
    }

    /**
     * Says what the builder does not take: suites that are as good as each other, and whose order counts. Said once to
     * the context: said to each connection it took half of the 4 µs that making one takes, and 200 bytes of each.
     */
    private static void refine(ReferenceCountedOpenSslContext context, TlsParameters parameters,
            boolean prefersClients) throws TlsFailure {
        try {
            if (prefersClients) {
                SSLContext.clearOptions(pointer(context), SSL.SSL_OP_CIPHER_SERVER_PREFERENCE);
            }
            if (parameters.grouped()) {
                SSLContext.setCipherSuite(pointer(context), parameters.cipherLine(), false);
            }
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            context.release();
            throw new TlsFailure(COMMON + ".tls_params.cipher_suites", parameters.cipherLine(),
                    "this Netty does not let an order of suites be said: " + e,
                    "write names without [ and ], and remove prefer_client_ciphers");
        } catch (Exception e) { // all that the library says of what is wrong
            context.release();
            throw new TlsFailure(COMMON + ".tls_params.cipher_suites", parameters.cipherLine(),
                    "BoringSSL does not take these cipher suites: " + e.getMessage(),
                    "write names, or several between [ and ] with | between them");
        }
    }

    /**
     * Where the library's own part of a context is: a field that only its heirs see. Its methods tell BoringSSL's
     * pointer, which is another.
     */
    static long pointer(ReferenceCountedOpenSslContext context) throws ReflectiveOperationException {
        Field pointer = ReferenceCountedOpenSslContext.class.getDeclaredField("ctx");
        pointer.setAccessible(true);
        return pointer.getLong(context);
    }

    /**
     * Keys of tickets: of Envoy's 80 bytes the name (16), of the others the first 16 each, which is what the library
     * has room for: HMAC with SHA-256 and AES-128.
     */
    static List<OpenSslSessionTicketKey> tickets(List<DataSource> sources, String list) throws TlsFailure {
        var keys = new ArrayList<OpenSslSessionTicketKey>();
        for (int i = 0; i < sources.size(); i++) {
            String path = list + "[" + i + "]";
            byte[] bytes = Secrets.bytes(sources.get(i), path);
            if (bytes.length != TICKET_KEY_BYTES) {
                throw new TlsFailure(path, Secrets.name(sources.get(i)), "a ticket key has " + TICKET_KEY_BYTES
                        + " bytes, and this has " + bytes.length,
                        "make one with openssl rand "
                                + TICKET_KEY_BYTES);
            }
            keys.add(new OpenSslSessionTicketKey(part(bytes, 0), part(bytes, HMAC_AT), part(bytes, AES_AT)));
        }
        return keys;
    }

    private static byte[] part(byte[] bytes, int from) {
        return Arrays.copyOfRange(bytes, from, from + OpenSslSessionTicketKey.NAME_SIZE);
    }

    /** Where a certificate of a context stands. */
    static String certificate(CommonTls common, int index) {
        return COMMON + (common.named().certificates().isEmpty()
                ? ".tls_certificates["
                : ".tls_certificate_sds_secret_configs[") + index + "]";
    }

    /** Where it says whom it believes. */
    static String validation(CommonTls common) {
        return COMMON + (common.named().validation() == null
                ? ".validation_context"
                : ".validation_context_sds_secret_config");
    }

    /**
     * Holds contexts, which are outside of what the JVM tidies up, as long as somebody can be reached who may make
     * connections with them: a worker may be about to when the configuration has just replaced them.
     */
    static final class Hold {
        private static final Cleaner CLEANER = Cleaner.create();

        private final List<ReferenceCountedOpenSslContext> held = new ArrayList<>();
        private @Nullable KeyLog keyLog;
        private final AtomicBoolean over = new AtomicBoolean();

        /** Lets go when this one can be reached no more, or earlier. */
        void until(Object owner) {
            CLEANER.register(owner, this::release);
        }

        ReferenceCountedOpenSslContext add(ReferenceCountedOpenSslContext context) {
            held.add(context);
            return context;
        }

        void add(@Nullable KeyLog written) {
            keyLog = written;
        }

        /** Connections that are made with them hold them themselves. */
        void release() {
            if (over.compareAndSet(false, true)) {
                held.forEach(ReferenceCountedOpenSslContext::release);
                if (keyLog != null) {
                    keyLog.release();
                }
            }
        }
    }
}
