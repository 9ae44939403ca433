package io.weir.net.tls;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.weir.core.model.Endpoint;
import io.weir.core.tls.CertificateSpec;
import io.weir.core.tls.ClientTls;
import io.weir.core.tls.NamedSecrets;
import io.weir.net.transport.ConnectOptions;
import io.weir.net.transport.Connector;
import io.weir.net.transport.TimerWheel;
import io.weir.net.transport.Worker;
import io.weir.net.turn.TlsTurn;
import io.weir.net.turn.TurnFailure;
import io.weir.net.turn.Turning;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS of a client: what a cluster's {@code UpstreamTlsContext} says, at work. Opened by the conductor; connections are
 * made and secured on their workers. What it holds of the library is let go when nobody can name it any more: a worker
 * may be about to connect with one that the configuration has just replaced.
 */
public final class TlsClient implements Renewable {
    private static final Logger LOG = LoggerFactory.getLogger(TlsClient.class);

    private final ClientTls spec;
    private final SecretSource secrets;
    private final TlsStats stats;
    private final InstantSource clock;
    private volatile Made made;
    /** What the last renewal has failed with; empty: it has not. */
    private volatile Set<String> tried = Set.of();

    /** What is made of the secrets as they are. */
    private static final class Made {
        private final ClientTls spec;
        private final @Nullable Identity identity;
        private final Trust trust;
        private final Map<Offer, ReferenceCountedOpenSslContext> contexts = new EnumMap<>(Offer.class);
        private final KeptSessions sessions;
        private final Contexts.Hold hold = new Contexts.Hold();
        private final @Nullable KeyLog keyLog;

        private Made(ClientTls spec, @Nullable Identity identity, Trust trust, @Nullable KeyLog keyLog) {
            this.spec = spec;
            this.identity = identity;
            this.trust = trust;
            this.keyLog = keyLog;
            this.sessions = new KeptSessions(spec.sessionsMax() > 0 && trust.timed() && !trust.spec().allowExpired(),
                    contexts);
            hold.add(keyLog);
            hold.until(this);
        }

        static Made of(ClientTls named, SecretSource secrets) throws TlsFailure {
            ClientTls spec = named.withCommon(secrets.filled(named.common()));
            if (spec.sanOfSni()) {
                spec = spec.withSanOfSni(); // those of a secret would have to be carried too
            }
            Trust.sensible(spec.common());
            if (spec.sanOfSni()) {
                Trust.proves(spec.common());
            }
            List<CertificateSpec> certificates = spec.common().certificates();
            Identity identity = certificates.isEmpty()
                    ? null
                    : Identity.read(certificates.getFirst(), Contexts.certificate(spec.common(), 0));
            var made = new Made(spec, identity,
                    Trust.read(spec.common().validation(), Contexts.validation(spec.common())),
                    KeyLog.open(spec.common()));
            try {
                for (Offer offer : Offer.values()) {
                    made.make(offer);
                }
            } catch (TlsFailure e) {
                made.hold.release();
                throw e;
            }
            return made;
        }

        /** What is offered for what is inside either the configuration says, or who connects: one context for each. */
        private void make(Offer offer) throws TlsFailure {
            ReferenceCountedOpenSslContext any = contexts.get(Offer.NOTHING);
            boolean says = !spec.common().alpn().isEmpty();
            contexts.put(offer, says && any != null
                    ? any
                    : hold.add(Contexts.client(says ? spec : spec.withAlpn(offer.protocols()), identity, trust,
                            keyLog)));
        }
    }

    /**
     * Sessions that a client has kept to take up again: none is offered that began with a certificate whose time is
     * over by now. Whoever takes one up is shown no certificate, so that a host that has renewed its own would have to
     * be refused for the one before. The library drops all of a context or none, so they go all at once; a full
     * handshake each makes others. Any thread.
     */
    private static final class KeptSessions {
        private static final long NEVER = Long.MAX_VALUE;

        private final boolean timed;
        private final Map<Offer, ReferenceCountedOpenSslContext> contexts;
        /** When the first certificate of those that sessions began with ends, in seconds since 1970. */
        private final AtomicLong endSeconds = new AtomicLong(NEVER);

        /**
         * @param timed
         *            whether certificates' time matters, and any session is kept
         * @param contexts
         *            which keep them
         */
        KeptSessions(boolean timed, Map<Offer, ReferenceCountedOpenSslContext> contexts) {
            this.timed = timed;
            this.contexts = contexts;
        }

        /** One may be kept from now on. */
        void began(TlsSession session) {
            Instant end = timed ? session.peerEnd() : null;
            if (end != null && end.getEpochSecond() < endSeconds.get()) {
                endSeconds.accumulateAndGet(end.getEpochSecond(), Math::min);
            }
        }

        /** Before one is offered. */
        void forgetExpired(Instant now) {
            long end = endSeconds.get();
            if (now.getEpochSecond() >= end && endSeconds.compareAndSet(end, NEVER)) {
                for (ReferenceCountedOpenSslContext context : contexts.values()) {
                    OpenSslSessionContext sessions = context.sessionContext();
                    sessions.setSessionCacheEnabled(false); // which drops them
                    sessions.setSessionCacheEnabled(true);
                }
            }
        }
    }

    /**
     * What a request wants of a connection.
     *
     * @param sni
     *            the name that the host is asked for; empty: the configured one
     * @param host
     *            whom its certificate must be made for, where it must be made for somebody; empty: for what it was
     *            asked for
     */
    record Asked(String sni, String host) {
    }

    private TlsClient(ClientTls spec, SecretSource secrets, TlsStats stats, Made made, InstantSource clock) {
        this.spec = spec;
        this.secrets = secrets;
        this.stats = stats;
        this.made = made;
        this.clock = clock;
    }

    /**
     * Reads certificates and keys and makes ready. Waits for files.
     *
     * @param secrets
     *            where those come from that have names only
     * @throws TlsFailure
     *             for the first thing that is wrong; nothing is held then
     */
    public static TlsClient open(ClientTls spec, SecretSource secrets, TlsStats stats) throws TlsFailure {
        return open(spec, secrets, stats, InstantSource.system());
    }

    /**
     * The same.
     *
     * @param clock
     *            by which certificates of sessions hold; those of a new handshake go by the system's
     */
    static TlsClient open(ClientTls spec, SecretSource secrets, TlsStats stats, InstantSource clock) throws TlsFailure {
        return new TlsClient(spec, secrets, stats, Made.of(spec, secrets), clock);
    }

    @Override
    public void renew() throws TlsFailure {
        try {
            Made next = Made.of(spec, secrets);
            Trust.stays(made.trust, next.trust, Contexts.validation(spec.common()));
            made = next;
            tried = Set.of();
        } catch (TlsFailure e) {
            tried = WatchedFiles.tried(spec.common(), secrets);
            throw e;
        }
    }

    @Override
    public Set<String> watched() {
        return WatchedFiles.both(WatchedFiles.of(made.spec.common(), List.of()), tried);
    }

    @Override
    public Set<NamedSecrets.Ref> named() {
        return Set.copyOf(spec.common().named().all());
    }

    /**
     * Connects and agrees on TLS, both within the options' time, from the worker's own thread. As
     * {@link Connector#connect}, but that the future succeeds, and the handler sees {@code channelActive}, once, when
     * the connection is secured; what the host said meanwhile comes after both. The future also fails with
     * {@link HandshakeFailure}, also where the host, asked in the words of the options, does not agree. What is known
     * of the connection is then found by {@link TlsSession#of}.
     *
     * @param asked
     *            goes before the configured names; null: it is made for no request
     * @param offer
     *            counts where the configuration names no protocols
     */
    ChannelFuture connect(Worker worker, SocketAddress address, Endpoint endpoint, @Nullable Asked asked,
            ConnectOptions options, Offer offer, ChannelHandler handler) {
        Made now = made;
        now.sessions.forgetExpired(clock.instant());
        String name = asked == null || asked.sni.isEmpty() ? name(endpoint) : asked.sni;
        String known = asked != null && !asked.host.isEmpty() ? asked.host : known(name, address);
        var securing = new Securing(worker, handler, tls(now, worker, address, name, known, offer), now, name,
                options.turn());
        ChannelFuture connecting = Connector.connect(worker, address, options, securing);
        ChannelPromise done = securing.done;
        if (done == null) { // there was not even a channel to stand in
            securing.engine.release();
            return connecting;
        }
        worker.timers().arm(securing.timeout, worker.nowNanos() + options.timeoutNanos());
        connecting.addListener(connected -> {
            if (!connected.isSuccess()) {
                securing.unconnected(connected.cause());
            }
        });
        return done;
    }

    /** How many connections there are whose secrets may be written down. */
    int followed() {
        KeyLog keyLog = made.keyLog;
        return keyLog == null ? 0 : keyLog.followed();
    }

    /** What goes by itself when nobody has this any more goes now. */
    void release() {
        made.hold.release();
    }

    /** What a host is asked for where no request says it; empty: nothing. */
    String name(Endpoint endpoint) {
        return spec.sniOfHost() && !endpoint.hostname().isEmpty() ? endpoint.hostname() : spec.sni();
    }

    /**
     * Sessions are kept by the name and the port that an engine is told; a host that is asked for no name goes by its
     * address, which is what its certificate must be made for too, where it must be made for what was asked for.
     */
    private static String known(String name, SocketAddress address) {
        return !name.isEmpty()
                ? name
                : address instanceof InetSocketAddress inet && inet.getAddress() != null
                        ? inet.getAddress().getHostAddress()
                        : address.toString();
    }

    private SslHandler tls(Made now, Worker worker, SocketAddress address, String name, String known, Offer offer) {
        int port = address instanceof InetSocketAddress inet ? inet.getPort() : 1;
        SslHandler tls = Objects.requireNonNull(now.contexts.get(offer)).newHandler(worker.allocator(), known, port);
        if (!name.isEmpty()) {
            SSLParameters parameters = tls.engine().getSSLParameters();
            // bytes, as of characters it takes no underscore
            parameters.setServerNames(List.of(new SNIHostName(name.getBytes(StandardCharsets.US_ASCII))));
            tls.engine().setSSLParameters(parameters);
        }
        return tls;
    }

    /** One connection on its way to be secured. */
    private final class Securing extends Handshake {
        private final Worker worker;
        private final ChannelHandler owner;
        private final SslHandler tls;
        private final ReferenceCountedOpenSslEngine engine;
        /** Keeps the contexts until the connection has one of them. */
        private final Made from;
        private final String name;
        private final @Nullable TlsTurn turn;
        private final Timeout timeout = new Timeout();
        private @Nullable ChannelPromise done;

        Securing(Worker worker, ChannelHandler owner, SslHandler tls, Made from, String name,
                @Nullable TlsTurn turn) {
            this.worker = worker;
            this.owner = owner;
            this.tls = tls;
            this.engine = (ReferenceCountedOpenSslEngine) tls.engine();
            this.from = from;
            this.name = name;
            this.turn = turn;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            done = context.newPromise();
            tls.setHandshakeTimeoutMillis(0); // the time counts from the connect on, by our own timer
            if (turn != null) { // the library begins when it hears that the connection stands, which is then
                context.pipeline().addBefore(context.name(), null, new Turning(turn));
            }
            context.pipeline().addBefore(context.name(), null, tls).addLast(owner);
            if (from.keyLog != null) {
                from.keyLog.follow(engine, context.channel(), stats);
            }
        }

        /** Held back: for its owner the connection stands when it is secured. */
        @Override
        public void channelActive(ChannelHandlerContext context) {
            // see completed(...)
        }

        @Override
        boolean secured(Channel channel) {
            TlsSession session = TlsSession.client(channel, engine, from.trust, name.isEmpty() ? null : name,
                    from.identity);
            try {
                session.stillValid(clock.instant());
            } catch (Refused e) { // it was offered before the time was over
                from.sessions.began(session); // so that it is not offered again
                failed(channel, e);
                return false;
            }
            worker.timers().cancel(timeout);
            from.sessions.began(session);
            stats.completed(session);
            if (turn != null) {
                turn.secured();
            }
            ChannelPromise promise = done;
            if (promise != null) {
                promise.trySuccess();
            }
            return true; // which makes its owner see it active
        }

        @Override
        void failed(Channel channel, Throwable cause) {
            ChannelPromise promise = done;
            // too late, or wanted no more, or not even connected, which has been told: not the host's doing
            if (closing() || promise != null && promise.isDone()) {
                unconnected(cause);
                return;
            }
            var failure = new HandshakeFailure(cause);
            if (!(cause instanceof TurnFailure)) { // there was no TLS to fail
                stats.failed(cause);
            }
            if (turn != null) {
                turn.failed();
            }
            if (stats.tells(worker.nowNanos())) {
                LOG.info("{} ({})", failure.getMessage(), text(channel.remoteAddress()));
            }
            unconnected(failure);
            channel.close();
        }

        void unconnected(Throwable cause) {
            worker.timers().cancel(timeout);
            ChannelPromise promise = done;
            if (promise != null) {
                promise.tryFailure(cause);
            }
        }

        /**
         * In TLS 1.3 a client has agreed before its own certificate is looked at: a host that does not accept it, or
         * misses one, says so by an alert behind the handshake. Whose connection it was finds it in the session.
         */
        @Override
        void broken(Channel channel, Throwable cause) {
            TlsSession session = TlsSession.of(channel);
            if (cause instanceof SSLException && session != null && session.broken(HandshakeFailure.reason(cause))) {
                stats.failed(cause);
                if (stats.tells(worker.nowNanos())) {
                    LOG.info("TLS error: behind the handshake: {} ({})", cause.getMessage(),
                            text(channel.remoteAddress()));
                }
            }
        }

        private final class Timeout extends TimerWheel.Timer {
            @Override
            protected void expired(long nowNanos) {
                ChannelPromise promise = done;
                if (promise == null || promise.isDone()) {
                    return;
                }
                if (turn != null && promise.channel().isActive()) { // it was asked, and said nothing
                    turn.failed();
                }
                if (promise.tryFailure(new ConnectTimeoutException("TLS was not agreed on in time"))) {
                    promise.channel().close();
                }
            }
        }
    }
}
