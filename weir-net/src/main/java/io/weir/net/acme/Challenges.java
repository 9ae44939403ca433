package io.weir.net.acme;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.weir.core.tls.AcmeSpec;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What is asked of this server just now to prove that a name is its own. Any thread. */
public final class Challenges {
    /** The protocol that an authority speaks to see such a proof (RFC 8737 section 4). */
    static final String ACME_TLS = "acme-tls/1";

    private final Map<String, byte[]> byToken = new ConcurrentHashMap<>();
    private final Map<String, SslContext> byName = new ConcurrentHashMap<>();

    /** One that stands until it is closed. */
    public interface Open extends AutoCloseable {
        @Override
        void close();
    }

    /** From now on this is answered. */
    Open open(AcmeSpec.Challenge kind, String domain, String token, String proof, Instant now) throws AcmeFailure {
        return switch (kind) {
            case HTTP_01 -> open(token, proof);
            case TLS_ALPN_01 -> {
                SslContext context = context(ChallengeCertificate.make(domain, proof, now));
                byName.put(domain, context);
                yield () -> byName.remove(domain, context);
            }
        };
    }

    /** From now on this is answered over HTTP. */
    public Open open(String token, String proof) {
        byToken.put(token, proof.getBytes(StandardCharsets.US_ASCII));
        return () -> byToken.remove(token);
    }

    private static SslContext context(ChallengeCertificate shown) throws AcmeFailure {
        try {
            // not the counted kind: it goes when nobody holds it, be it an authority in the middle of a handshake
            return SslContextBuilder.forServer(shown.key(), shown.certificate()).sslProvider(SslProvider.OPENSSL)
                    .protocols("TLSv1.2", "TLSv1.3")
                    .applicationProtocolConfig(new ApplicationProtocolConfig(Protocol.ALPN,
                            SelectorFailureBehavior.NO_ADVERTISE, SelectedListenerFailureBehavior.ACCEPT, ACME_TLS))
                    .build();
        } catch (SSLException | UnsatisfiedLinkError e) {
            throw new AcmeFailure("the proof cannot be shown: " + e.getMessage());
        }
    }

    /** Whether any proof over HTTP is asked for. */
    public boolean overHttp() {
        return !byToken.isEmpty();
    }

    /**
     * What is answered to a request for {@code /.well-known/acme-challenge/} and this (RFC 8555 section 8.3); null: it
     * is not one of ours. Not to be written to.
     */
    public byte @Nullable [] answer(String token) {
        return byToken.get(token);
    }

    /** Whether any proof by a certificate is asked for. */
    boolean overTls() {
        return !byName.isEmpty();
    }

    /** What is shown to who asks for this name by {@link #ACME_TLS}; null: nothing is. */
    @Nullable
    SslContext shown(String name) {
        return byName.get(name);
    }
}
