package io.weir.stream.postgres;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.weir.net.tls.TlsSession;
import io.weir.net.transport.Acceptor;
import io.weir.net.transport.Worker;
import io.weir.stream.client.Refusal;

/**
 * Lets clients that began with TLS, without a word of PostgreSQL before it, pass on only where the two have agreed on
 * PostgreSQL for what is inside (RFC 7301): else somebody could lead a client of another protocol here, and what it
 * says would be taken for PostgreSQL. Those that have asked for TLS need not agree on anything, but on nothing else.
 * Source: PostgreSQL 17, section 53.2.10, SSL Session Encryption, and its be-secure-openssl.c. Any worker.
 */
public final class DirectTls implements Acceptor {
    /** PostgreSQL among the protocols that clients offer, as IANA has it. */
    public static final String ALPN = "postgresql";

    private static final AttributeKey<Boolean> DIRECT = AttributeKey.valueOf("weir.postgres.direct");

    private final Acceptor inner;

    /** Before {@code inner}, behind who secures connections. */
    public DirectTls(Acceptor inner) {
        this.inner = inner;
    }

    /** This one's client has begun so. */
    static void begins(Channel channel) {
        channel.attr(DIRECT).set(true);
    }

    @Override
    public void accepted(Worker worker, Channel channel) {
        TlsSession session = TlsSession.of(channel);
        String agreed = session == null ? null : session.applicationProtocol();
        if (agreed == null ? channel.hasAttr(DIRECT) : !agreed.equals(ALPN)) {
            Refusal.note(channel, "postgres_alpn_required");
            channel.close();
        } else {
            inner.accepted(worker, channel);
        }
    }

    @Override
    public void acceptFailed(Worker worker, Throwable cause) {
        inner.acceptFailed(worker, cause);
    }
}
