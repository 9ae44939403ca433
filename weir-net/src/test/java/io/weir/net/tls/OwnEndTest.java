package io.weir.net.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ConnectTimeoutException;
import io.weir.core.model.Endpoint;
import io.weir.core.stats.Scope;
import io.weir.core.stats.Stats;
import io.weir.core.tls.ClientTls;
import io.weir.core.tls.CommonTls;
import io.weir.net.transport.ChannelSettings;
import io.weir.net.transport.ConnectOptions;
import io.weir.net.transport.Worker;
import io.weir.net.transport.Workers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Handshakes with a host that says nothing: what becomes of them is not the host's doing, and is not told as that. */
class OwnEndTest {
    private final Stats stats = new Stats();
    private final Scope ssl = stats.root().child("cluster").child("ssl");
    private final Workers workers = Workers.start(1);

    @AfterEach
    void close() {
        workers.close();
    }

    /** How connecting to it ends, when its channel has gone. */
    private Throwable ends(ServerSocket host, long timeoutNanos, boolean given) throws Exception {
        TlsClient client = TlsClient.open(ClientTls.of(CommonTls.DEFAULT, "host.example"), SecretSource.NONE,
                new TlsStats(stats.root().child("cluster")));
        var to = (InetSocketAddress) host.getLocalSocketAddress();
        var done = new CompletableFuture<Channel>();
        var gone = new CompletableFuture<Channel>();
        Worker worker = workers.all().getFirst();
        worker.loop().execute(() -> {
            Channel channel = client.connect(worker, to, Endpoint.of(to), null,
                    ConnectOptions.of(timeoutNanos, ChannelSettings.MESSAGES), Offer.NOTHING, new Nothing())
                    .addListener(future -> done.completeExceptionally(future.cause())).channel();
            channel.closeFuture().addListener(_ -> worker.loop().execute(() -> gone.complete(channel)));
            if (given) {
                worker.loop().schedule(() -> channel.close(), 50, TimeUnit.MILLISECONDS);
            }
        });
        try (Socket silent = host.accept()) {
            gone.get(SecuredEcho.PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(silent.getInputStream().read()).as("TLS was begun").isEqualTo(22);
        }
        Throwable cause = catchThrowable(() -> done.get(SecuredEcho.PATIENCE_SECONDS, TimeUnit.SECONDS));
        client.release();
        assertThat(cause).isInstanceOf(ExecutionException.class);
        return Objects.requireNonNull(cause.getCause());
    }

    private static final class Nothing extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext context) {
            throw new IllegalStateException("it is not secured");
        }
    }

    @Test
    void aHandshakeThatIsNotDoneInTimeIsNoErrorOfTlsAndNotEndedByTheHost() throws Exception {
        try (ServerSocket host = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(ends(host, TimeUnit.MILLISECONDS.toNanos(200), false))
                    .isInstanceOf(ConnectTimeoutException.class);
            assertThat(ssl.counter("connection_error").value()).isZero();
        }
    }

    @Test
    void aHandshakeThatItsOwnerGivesUpIsNoErrorOfTlsAndNotEndedByTheHost() throws Exception {
        try (ServerSocket host = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(ends(host, TimeUnit.HOURS.toNanos(1), true)).isNotInstanceOf(HandshakeFailure.class);
            assertThat(ssl.counter("connection_error").value()).isZero();
        }
    }

    @Test
    void aHostThatClosesIsStillTold() throws Exception {
        try (ServerSocket host = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(closed(host)).isInstanceOf(HandshakeFailure.class)
                    .hasMessage("TLS error: the host closed before TLS was agreed on");
            assertThat(ssl.counter("connection_error").value()).isEqualTo(1);
        }
    }

    private Throwable closed(ServerSocket host) throws Exception {
        TlsClient client = TlsClient.open(ClientTls.of(CommonTls.DEFAULT, "host.example"), SecretSource.NONE,
                new TlsStats(stats.root().child("cluster")));
        var to = (InetSocketAddress) host.getLocalSocketAddress();
        var done = new CompletableFuture<Channel>();
        Worker worker = workers.all().getFirst();
        worker.loop().execute(() -> client.connect(worker, to, Endpoint.of(to), null,
                ConnectOptions.of(TimeUnit.HOURS.toNanos(1), ChannelSettings.MESSAGES), Offer.NOTHING, new Nothing())
                .addListener(future -> done.completeExceptionally(future.cause())));
        try (Socket silent = host.accept()) {
            assertThat(silent.getInputStream().read()).isEqualTo(22);
            silent.shutdownOutput();
            Throwable cause = catchThrowable(() -> done.get(SecuredEcho.PATIENCE_SECONDS, TimeUnit.SECONDS));
            assertThat(cause).isInstanceOf(ExecutionException.class);
            return Objects.requireNonNull(cause.getCause());
        } finally {
            client.release();
        }
    }
}
