package io.weir.net.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.weir.core.model.Endpoint;
import io.weir.core.stats.Scope;
import io.weir.core.stats.Stats;
import io.weir.core.tls.CertificateSpec;
import io.weir.core.tls.DataSource;
import io.weir.net.transport.Acceptor;
import io.weir.net.transport.ChannelSettings;
import io.weir.net.transport.ConnectOptions;
import io.weir.net.transport.ListenOptions;
import io.weir.net.transport.Listener;
import io.weir.net.transport.Worker;
import io.weir.net.transport.Workers;
import io.weir.testkit.AnyCertificate;
import io.weir.testkit.Certificates.Issued;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A server of TLS on a free port that sends back what it gets, and its clients: the JDK's, and Weir's own. */
final class SecuredEcho implements AutoCloseable {
    static final long PATIENCE_SECONDS = 20;

    final Stats stats = new Stats();
    private final Scope scope = stats.root().child("listener");
    private final BlockingQueue<TlsSession> sessions = new LinkedBlockingQueue<>();
    private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
    private final Workers workers = Workers.start(1);
    private final Listener listener;

    /** It is its opener's to close. */
    SecuredEcho(TlsServer tls) throws IOException {
        Acceptor securing = tls.before(this::secured, new TlsStats(scope), scope.counter("late"), 0);
        listener = Listener.bind(workers,
                ListenOptions.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        ChannelSettings.MESSAGES),
                (worker, channel) -> {
                    accepted.add(channel);
                    securing.accepted(worker, channel);
                });
    }

    private void secured(Worker worker, Channel channel) {
        sessions.add(Objects.requireNonNull(TlsSession.of(channel)));
        echo(channel);
    }

    /** What comes is sent back. */
    static void echo(Channel channel) {
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                context.writeAndFlush(message);
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                context.close();
            }
        });
    }

    static CertificateSpec spec(Issued one) {
        return new CertificateSpec(new DataSource.File(one.chain().toString()),
                new DataSource.File(one.key().toString()), null, null, null, null);
    }

    /** A client of the JDK's that accepts whatever it is shown, and shows this certificate, if any. */
    static SSLContext client(@Nullable Issued own) {
        try {
            KeyManager[] keys = {};
            if (own != null) {
                Identity identity = Identity.read(spec(own), "client");
                KeyStore store = KeyStore.getInstance("PKCS12");
                store.load(null, null);
                store.setKeyEntry("own", identity.key(), new char[0],
                        identity.chain().toArray(X509Certificate[]::new));
                var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                factory.init(store, new char[0]);
                keys = factory.getKeyManagers();
            }
            return AnyCertificate.context(keys);
        } catch (GeneralSecurityException | IOException | TlsFailure e) {
            throw new IllegalStateException(e);
        }
    }

    /** Shakes hands, has five bytes sent back and ends. */
    void speak(SSLContext client, String version, @Nullable String name) throws IOException {
        InetSocketAddress to = address();
        try (var socket = (SSLSocket) client.getSocketFactory().createSocket(to.getAddress(), to.getPort())) {
            socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setProtocols(new String[]{version});
            if (name != null) {
                parameters.setServerNames(List.of(new SNIHostName(name)));
            }
            socket.setSSLParameters(parameters);
            socket.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
            assertThat(socket.getInputStream().readNBytes(5)).asString().isEqualTo("hello");
        }
    }

    /** A way to connect. */
    interface Connecting {
        ChannelFuture by(Worker worker, ConnectOptions options, ChannelHandler handler);
    }

    /** Connects by Weir's own client, and has five bytes sent back. */
    Channel connect(TlsClient client) throws Exception {
        return connect((worker, options, handler) -> client.connect(worker, address(), Endpoint.of(address()), null,
                options, Offer.NOTHING, handler));
    }

    /** The same in another way. */
    Channel connect(Connecting way) throws Exception {
        var done = new CompletableFuture<Channel>();
        Worker worker = workers.all().getFirst();
        worker.loop().execute(() -> way.by(worker,
                ConnectOptions.of(TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS), ChannelSettings.MESSAGES),
                new Speaking(done)).addListener(future -> {
                    if (!future.isSuccess()) {
                        done.completeExceptionally(future.cause());
                    }
                }));
        return done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static final class Speaking extends ChannelInboundHandlerAdapter {
        private final CompletableFuture<Channel> done;
        private boolean begun;

        Speaking(CompletableFuture<Channel> done) {
            this.done = done;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            if (begun) {
                done.completeExceptionally(new IllegalStateException("it has become active twice"));
            }
            begun = true;
            context.channel().config().setAutoRead(true);
            context.writeAndFlush(Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII));
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
            done.complete(context.channel()); // what the server had to say of sessions came before
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            done.completeExceptionally(new IllegalStateException("closed before it was answered"));
        }
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    /** The next that has been secured, waited for. */
    TlsSession session() throws InterruptedException {
        return Objects.requireNonNull(sessions.poll(PATIENCE_SECONDS, TimeUnit.SECONDS), "no connection was secured");
    }

    /** Whether none has been secured that was not asked for. */
    boolean securedNoMore() {
        return sessions.isEmpty();
    }

    /** The next that has come, secured or not, when it is closed: all that is told of it is there. */
    Channel ended() throws InterruptedException {
        Channel channel = Objects.requireNonNull(accepted.poll(PATIENCE_SECONDS, TimeUnit.SECONDS), "nobody has come");
        assertThat(channel.closeFuture().await(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("closed").isTrue();
        return channel;
    }

    /** One of the numbers of TLS. */
    long count(String name) {
        return scope.child("ssl").counter(name).value();
    }

    @Override
    public void close() {
        listener.close();
        for (Channel each = accepted.poll(); each != null; each = accepted.poll()) {
            each.close().awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS); // what it holds is let go
        }
        workers.close();
    }
}
