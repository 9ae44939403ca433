package io.weir.net.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslClientHelloHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import io.weir.core.overload.TimerScale;
import io.weir.core.stats.Counter;
import io.weir.core.tls.NamedSecrets;
import io.weir.core.tls.ServerTls;
import io.weir.net.hello.ClientHello;
import io.weir.net.tls.ServerCertificates.Shown;
import io.weir.net.transport.Acceptor;
import io.weir.net.transport.TimerWheel;
import io.weir.net.transport.Worker;
import java.nio.channels.ClosedChannelException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS of a server: what a chain's {@code DownstreamTlsContext} says, at work. Opened, reloaded and closed by the
 * conductor; connections are secured on their workers.
 */
public final class TlsServer implements Renewable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TlsServer.class);
    /** A client's first message is a few hundred bytes, with a key exchange for quantum times 1,700. */
    private static final int HELLO_BYTES_MAX = 16 * 1024;
    /** The alert of who has no certificate to show, in a record of its own (RFC 8446 section 6.2). */
    private static final byte[] HANDSHAKE_FAILURE = {21, 3, 3, 0, 2, 2, 40};
    /** And of who knows nobody by the name that a client asks for (RFC 6066 section 3). */
    private static final byte[] UNRECOGNIZED_NAME = {21, 3, 3, 0, 2, 2, 112};
    /** And of who speaks none of the protocols that a client offers (RFC 7301 section 3.2). */
    private static final byte[] NO_APPLICATION_PROTOCOL = {21, 3, 3, 0, 2, 2, 120};

    private static final AttributeKey<String> FAILURE = AttributeKey.valueOf("weir.tls.failure");

    private final ServerTls spec;
    private final SecretSource secrets;
    private final OwnTickets own;
    private final InstantSource clock;
    private volatile ServerCertificates certificates;
    /** What the last renewal has failed with; empty: it has not. */
    private volatile Set<String> tried = Set.of();

    private TlsServer(ServerTls spec, SecretSource secrets, OwnTickets own, ServerCertificates certificates,
            InstantSource clock) {
        this.spec = spec;
        this.secrets = secrets;
        this.own = own;
        this.clock = clock;
        this.certificates = certificates;
        certificates.serve(own);
    }

    /**
     * Reads certificates and keys and makes ready. Waits for files.
     *
     * @param secrets
     *            where those come from that have names only
     * @throws TlsFailure
     *             for the first thing that is wrong; nothing is held then
     */
    public static TlsServer open(ServerTls spec, SecretSource secrets) throws TlsFailure {
        return open(spec, secrets, null);
    }

    /**
     * The same for the clients of another server, whose place it takes: what that has sealed by keys of its own is
     * opened here, where the same names are served and the same clients are believed.
     *
     * @param before
     *            goes on as it is; null: there is none
     */
    public static TlsServer open(ServerTls spec, SecretSource secrets, @Nullable TlsServer before) throws TlsFailure {
        return open(spec, secrets, before, InstantSource.system());
    }

    /**
     * The same.
     *
     * @param clock
     *            by which staples and certificates of sessions hold; those of a new handshake go by the system's
     */
    static TlsServer open(ServerTls spec, SecretSource secrets, @Nullable TlsServer before, InstantSource clock)
            throws TlsFailure {
        var own = before == null ? new OwnTickets(System.nanoTime()) : new OwnTickets(before.own);
        return new TlsServer(spec, secrets, own, ServerCertificates.read(spec, secrets), clock);
    }

    /** The same of a context that names none. */
    public static TlsServer open(ServerTls spec) throws TlsFailure {
        return open(spec, SecretSource.NONE);
    }

    @Override
    public void renew() throws TlsFailure {
        try {
            ServerCertificates next = ServerCertificates.read(spec, secrets);
            try {
                Trust.stays(certificates.trust(), next.trust(), Contexts.validation(spec.common()));
            } catch (TlsFailure e) {
                next.release();
                throw e;
            }
            next.serve(own);
            certificates = next; // those before go when nobody is about to use them
            tried = Set.of();
        } catch (TlsFailure e) {
            tried = WatchedFiles.tried(spec.common(), secrets);
            throw e;
        }
    }

    @Override
    public Set<String> watched() {
        return WatchedFiles.both(certificates.watched(), tried);
    }

    @Override
    public Set<NamedSecrets.Ref> named() {
        return Set.copyOf(spec.common().named().all());
    }

    /** The keys of tickets that are its own. */
    OwnTickets ownTickets() {
        return own;
    }

    public ServerTls spec() {
        return spec;
    }

    /**
     * Secures what comes in and hands it on when that is done; the acceptor then finds the channel active, and what is
     * known of it by {@link TlsSession#of}.
     *
     * @param late
     *            counts connections that were not secured in time
     * @param timeoutNanos
     *            how long a client may take, less for those that come while resources are short; 0: for ever
     */
    public Acceptor before(Acceptor acceptor, TlsStats stats, Counter late, long timeoutNanos) {
        return before(acceptor, stats, late, timeoutNanos, null);
    }

    /**
     * The same.
     *
     * @param protocol
     *            what a client that offers protocols for what is inside must have among them, or is turned away by an
     *            alert; one that offers none is not. Null: those that we do not speak are passed over
     */
    public Acceptor before(Acceptor acceptor, TlsStats stats, Counter late, long timeoutNanos,
            @Nullable String protocol) {
        return (worker, channel) -> new Securing(acceptor, stats, late, timeoutNanos, protocol, worker).begin(channel);
    }

    /** Whether a certificate is here for this name, in lower case; the first one, for whatever name, does not count. */
    public boolean serves(String name) {
        return certificates.serves(name);
    }

    /** Why TLS could not be agreed on with this connection's client; null: it was, or nobody has tried. */
    public static @Nullable String failure(Channel channel) {
        return channel.hasAttr(FAILURE) ? channel.attr(FAILURE).get() : null;
    }

    /** What is wrong, for people. */
    private static String reason(Throwable cause) {
        Refused refused = TlsStats.refused(cause);
        if (refused != null) {
            return "its certificate is refused: " + refused.getMessage();
        }
        if (TlsStats.withoutCertificate(cause)) {
            return "it has shown no certificate";
        }
        return TlsStats.withoutTls(cause)
                ? "it does not speak TLS"
                : String.valueOf(cause.getMessage());
    }

    /** No connection is secured by it any more; those that are go on. Once. */
    @Override
    public void close() {
        certificates.release();
    }

    /** One connection on its way to be secured. */
    private final class Securing extends Handshake {
        private final Acceptor acceptor;
        private final TlsStats stats;
        private final Counter late;
        private final long timeoutNanos;
        private final @Nullable String protocol;
        private final Worker worker;
        private final Timeout timeout = new Timeout();
        private final ServerCertificates from = certificates;
        private @Nullable Channel channel;
        private @Nullable ReferenceCountedOpenSslEngine engine;
        private @Nullable Shown shown;
        private @Nullable String serverName;
        private boolean stapled;

        Securing(Acceptor acceptor, TlsStats stats, Counter late, long timeoutNanos, @Nullable String protocol,
                Worker worker) {
            this.acceptor = acceptor;
            this.stats = stats;
            this.late = late;
            this.timeoutNanos = timeoutNanos;
            this.protocol = protocol;
            this.worker = worker;
        }

        void begin(Channel accepted) {
            channel = accepted;
            if (from.single() && protocol == null) {
                accepted.pipeline().addLast(handler(from.first()));
            } else {
                accepted.pipeline().addLast(new Hello());
            }
            accepted.pipeline().addLast(this);
            accepted.config().setAutoRead(true); // whoever gets it says when it is read from then on
            if (timeoutNanos > 0) {
                timeout.begin(worker.nowNanos());
            }
        }

        private SslHandler handler(Shown chosen) {
            // of the library's own making: an engine for others is given, and gives, one record at a time
            SslHandler handler = chosen.context().newHandler(worker.allocator());
            var made = (ReferenceCountedOpenSslEngine) handler.engine();
            Staple staple = stapled ? chosen.identity().staple() : null;
            if (staple != null) {
                made.setOcspResponse(staple.der());
            }
            KeyLog keyLog = from.keyLog();
            if (keyLog != null && channel != null) {
                keyLog.follow(made, channel, stats);
            }
            shown = chosen;
            engine = made;
            handler.setHandshakeTimeoutMillis(0); // the time counts from the connection's beginning, by our own timer
            return handler;
        }

        @Override
        boolean secured(Channel done) {
            worker.timers().cancel(timeout);
            Shown mine = shown;
            ReferenceCountedOpenSslEngine made = engine;
            if (mine == null || made == null) {
                throw new IllegalStateException("a handshake without a certificate");
            }
            own.used(worker.nowNanos());
            TlsSession session = TlsSession.server(done, made, from.trust(), serverName, mine.identity());
            if (spec.requireClientCertificate() && session.peer() == null) {
                // the library asks in each handshake; in case a session from elsewhere comes without one all the same
                stats.failedWithout();
                lost(done, "it has taken up a session without a certificate");
                return false;
            }
            try {
                session.stillValid(clock.instant());
            } catch (Refused e) { // its certificate's time has passed since the session began
                stats.failed(e);
                lost(done, reason(e));
                return false;
            }
            stats.completed(session);
            acceptor.accepted(worker, done);
            return true;
        }

        @Override
        void failed(Channel lost, Throwable cause) {
            worker.timers().cancel(timeout);
            if (cause instanceof ClosedChannelException) {
                LOG.debug("{} has closed before TLS was agreed on", lost.remoteAddress());
                lost.attr(FAILURE).setIfAbsent("TLS error: the client has closed before TLS was agreed on");
                lost.close();
                return;
            }
            stats.failed(cause);
            lost(lost, reason(cause));
        }

        /** The connection ends, and its log and Weir's say why. */
        private void lost(Channel lost, String why) {
            lost.attr(FAILURE).setIfAbsent("TLS error: " + why);
            if (stats.tells(worker.nowNanos())) {
                LOG.info("TLS with {} at {} failed: {}", text(lost.remoteAddress()), text(lost.localAddress()), why);
            }
            lost.close();
        }

        /** Reads what the client says first, without taking it, to choose a certificate by. */
        private final class Hello extends SslClientHelloHandler<@Nullable Shown> {
            private boolean unnamed;
            private boolean foreign;
            private boolean hello;

            Hello() {
                super(HELLO_BYTES_MAX);
            }

            @Override
            protected Future<@Nullable Shown> lookup(ChannelHandlerContext context, @Nullable ByteBuf clientHello) {
                ClientHello said = clientHello == null
                        ? null
                        : ClientHello.read(ByteBufUtil.getBytes(clientHello));
                hello = said != null;
                serverName = said == null || said.serverName().isEmpty() ? null : said.serverName();
                // Without a ClientHello too: one may come behind records that mean nothing, which BoringSSL lets pass.
                unnamed = spec.requireSni() && (serverName == null || !from.serves(serverName));
                foreign = said != null && protocol != null && !said.protocols().isEmpty()
                        && !said.protocols().contains(protocol);
                return context.executor().newSucceededFuture(unnamed || foreign ? null : chosen(said));
            }

            /** Null: there is none that may be shown. */
            private @Nullable Shown chosen(@Nullable ClientHello hello) {
                Instant now = clock.instant();
                Shown choice = from.choose(hello, now);
                if (hello == null || !hello.asksForStatus()) {
                    return choice;
                }
                stats.stapleRequests.increment();
                return switch (choice.stapling(spec.staples(), now)) {
                    case STAPLED -> {
                        stats.stapleResponses.increment();
                        stapled = true;
                        yield choice;
                    }
                    case BARE -> {
                        stats.stapleOmitted.increment();
                        yield choice;
                    }
                    case UNUSABLE -> {
                        stats.stapleFailed.increment();
                        yield null;
                    }
                };
            }

            @Override
            protected void onLookupComplete(ChannelHandlerContext context, Future<@Nullable Shown> found) {
                Shown choice = found.getNow();
                if (choice != null) {
                    context.pipeline().replace(this, null, handler(choice));
                    return;
                }
                context.writeAndFlush(Unpooled.wrappedBuffer(
                        unnamed ? UNRECOGNIZED_NAME : foreign ? NO_APPLICATION_PROTOCOL : HANDSHAKE_FAILURE));
                context.pipeline().remove(this); // it would ask again when the connection ends
                refuse(context.channel(), new SSLException(why()));
            }

            private String why() {
                if (!unnamed && foreign) {
                    return "it offers protocols for what is inside, and " + protocol + " is none of them";
                }
                if (!unnamed) {
                    return "the answer of OCSP that its certificate is to be shown with has expired";
                }
                if (!hello) {
                    return "it does not begin with a ClientHello, and require_sni wants the name in one";
                }
                return serverName == null
                        ? "it asks for no name, and require_sni wants one"
                        : "no certificate is for the name that it asks for, and require_sni wants one";
            }
        }

        private final class Timeout extends TimerWheel.Timer {
            private long beganNanos;

            private long dueNanos() {
                return beganNanos + worker.overload().levels()
                        .shortened(TimerScale.Timer.TRANSPORT_SOCKET_CONNECT, timeoutNanos);
            }

            void begin(long nowNanos) {
                beganNanos = nowNanos;
                arm(nowNanos);
            }

            /** Looks on the way: the time may become shorter while resources are, which nobody tells. */
            private void arm(long nowNanos) {
                worker.timers().arm(this, nowNanos + worker.overload().levels()
                        .lookNanos(TimerScale.Timer.TRANSPORT_SOCKET_CONNECT, dueNanos() - nowNanos));
            }

            @Override
            protected void expired(long nowNanos) {
                Channel slow = channel;
                if (slow == null || over()) {
                    return;
                }
                if (nowNanos - dueNanos() < 0) {
                    arm(nowNanos);
                } else {
                    late.increment();
                    slow.attr(FAILURE).setIfAbsent("TLS error: it was not agreed on in time");
                    slow.close();
                }
            }
        }
    }
}
