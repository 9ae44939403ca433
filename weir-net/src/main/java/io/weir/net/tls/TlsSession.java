package io.weir.net.tls;

import io.netty.channel.Channel;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.internal.tcnative.SSL;
import io.netty.util.AttributeKey;
import io.weir.core.tls.TlsFacts;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a secured connection: taken down when its handshake was complete, so that it can still be told when
 * the connection has gone. Belongs to the connection's worker.
 */
public final class TlsSession implements TlsFacts {
    private static final AttributeKey<TlsSession> KEY = AttributeKey.valueOf("weir.tls");

    private final String version;
    private final String cipher;
    private final @Nullable String group;
    private final @Nullable String serverName;
    private final @Nullable String applicationProtocol;
    private final byte[] id;
    private final boolean resumed;
    private final List<X509Certificate> peerChain;
    private final @Nullable Trust trust;
    private final boolean peerIsServer;
    private final @Nullable CertificateText local;
    private @Nullable CertificateText peer;
    private @Nullable Boolean validated;
    private @Nullable String failure;

    @SuppressWarnings("deprecation") // the pointer is the only way to ask the library for what it knows
    private TlsSession(ReferenceCountedOpenSslEngine engine, boolean peerIsServer, @Nullable Trust trust,
            @Nullable String serverName, @Nullable Identity identity) {
        long ssl = engine.sslPointer();
        SSLSession session = engine.getSession();
        this.version = session.getProtocol();
        this.cipher = cipher(ssl, session);
        this.group = group(ssl);
        String protocol = engine.getApplicationProtocol();
        this.applicationProtocol = protocol == null || protocol.isEmpty() ? null : protocol;
        this.id = session.getId();
        this.resumed = ssl != 0 && SSL.isSessionReused(ssl);
        String sni = serverName != null || peerIsServer || ssl == 0 ? serverName : SSL.getSniHostname(ssl);
        this.serverName = sni == null || sni.isEmpty() ? null : sni.toLowerCase(Locale.ROOT);
        // who asks nobody for a certificate has none, and the library would say so by an exception each time
        this.peerChain = peerIsServer || trust != null ? chain(session) : List.of();
        this.peerIsServer = peerIsServer;
        this.trust = trust;
        this.local = identity == null ? null : new CertificateText(identity.chain());
    }

    private static String cipher(long ssl, SSLSession session) {
        String name = ssl == 0 ? null : SSL.getCipherForSSL(ssl);
        return name == null ? session.getCipherSuite() : name;
    }

    private static @Nullable String group(long ssl) {
        try {
            return ssl == 0 ? null : SSL.getGroupName(ssl);
        } catch (Exception e) {
            return null; // of a session that was taken up again without a key exchange
        }
    }

    private static List<X509Certificate> chain(SSLSession session) {
        try {
            var chain = new ArrayList<X509Certificate>();
            for (Certificate each : session.getPeerCertificates()) {
                chain.add((X509Certificate) each);
            }
            return chain;
        } catch (SSLPeerUnverifiedException e) {
            return List.of(); // it has shown none
        }
    }

    /** Takes down what is known of a server's connection, for {@link #of}. */
    static TlsSession server(Channel channel, ReferenceCountedOpenSslEngine engine, @Nullable Trust trust,
            @Nullable String serverName, Identity identity) {
        return keep(channel, new TlsSession(engine, false, trust, serverName, identity));
    }

    /** The same of a client's. */
    static TlsSession client(Channel channel, ReferenceCountedOpenSslEngine engine, Trust trust,
            @Nullable String serverName, @Nullable Identity identity) {
        return keep(channel, new TlsSession(engine, true, trust, serverName, identity));
    }

    private static TlsSession keep(Channel channel, TlsSession session) {
        channel.attr(KEY).set(session);
        return session;
    }

    /** What is known of this connection; null: it is not secured, or its handshake has not ended. */
    public static @Nullable TlsSession of(Channel channel) {
        return channel.hasAttr(KEY) ? channel.attr(KEY).get() : null;
    }

    /** Whether this connection is secured and this protocol was agreed on for what is inside. */
    public static boolean agreed(Channel channel, String protocol) {
        TlsSession session = of(channel);
        return session != null && protocol.equals(session.applicationProtocol);
    }

    /**
     * It has broken behind its handshake, and so: the first counts, as what fails behind it may be its consequence.
     *
     * @return whether this is the first
     */
    boolean broken(String why) {
        boolean first = failure == null;
        if (first) {
            failure = why;
        }
        return first;
    }

    /**
     * Why the connection has broken behind its handshake, where that is TLS's doing, as of one with which it could not
     * even be agreed on: a host of TLS 1.3 refuses its client's certificate by then. Null: it has not, or else.
     */
    public @Nullable String failure() {
        return failure;
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public String cipher() {
        return cipher;
    }

    /** What the keys were exchanged by; null where none was. */
    @Nullable
    String group() {
        return group;
    }

    @Override
    public @Nullable String serverName() {
        return serverName;
    }

    @Override
    public @Nullable String applicationProtocol() {
        return applicationProtocol;
    }

    @Override
    public @Nullable String sessionId() {
        return id.length == 0 ? null : HexFormat.of().formatHex(id);
    }

    @Override
    public boolean resumed() {
        return resumed;
    }

    /**
     * Whether what the other side has shown still holds, if that was in an earlier handshake.
     *
     * @throws Refused
     *             when it does not
     */
    void stillValid(Instant now) throws Refused {
        if (resumed && trust != null) {
            trust.still(peerChain, now);
        }
    }

    /** When the certificate that the other side has shown holds no longer; null: it has shown none. */
    @Nullable
    Instant peerEnd() {
        return peerChain.isEmpty() ? null : peerChain.getFirst().getNotAfter().toInstant();
    }

    @Override
    public @Nullable CertificateText peer() {
        if (peer == null && !peerChain.isEmpty()) {
            peer = new CertificateText(peerChain);
        }
        return peer;
    }

    @Override
    public boolean peerValidated() {
        Boolean known = validated;
        if (known == null) {
            known = !peerChain.isEmpty() && trust != null && trust.validates(peerChain, peerIsServer);
            validated = known;
        }
        return known;
    }

    @Override
    public @Nullable CertificateText local() {
        return local;
    }
}
