package io.weir.stream.gate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.BoolValue;
import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.UInt64Value;
import io.envoyproxy.envoy.config.core.v3.RuntimeFeatureFlag;
import io.envoyproxy.envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit;
import io.envoyproxy.envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.type.v3.TokenBucket;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.embedded.EmbeddedChannel;
import io.weir.core.admit.Carryover;
import io.weir.core.stats.Stats;
import io.weir.net.transport.ChannelSettings;
import io.weir.net.transport.ListenFailure;
import io.weir.net.transport.ListenOptions;
import io.weir.net.transport.Listener;
import io.weir.net.transport.Workers;
import io.weir.stream.client.Farewell;
import io.weir.testkit.Await;
import io.weir.xds.compile.Extensions;
import io.weir.xds.compile.ReadContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Gates before a service that says one byte to whom it is given. */
@Timeout(30)
class GateTest {
    private static final long HOUR = TimeUnit.HOURS.toNanos(1);

    private final Stats stats = new Stats();

    /** A listener with gates. */
    private final class Door implements AutoCloseable {
        private final Workers workers = Workers.start(2);
        private final Listener listener;

        Door(GateSpec... gates) {
            var options = ListenOptions.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    ChannelSettings.STREAM);
            try {
                listener = Listener.bind(workers, options,
                        new GatedAcceptor(List.of(gates), stats, new Carryover(), System.nanoTime(),
                                (_, channel) -> greet(channel)));
            } catch (ListenFailure e) {
                throw new UncheckedIOException(e);
            }
        }

        /** And goes when the client goes. */
        private static void greet(Channel channel) {
            channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
            channel.config().setAutoRead(true);
            channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[]{'x'}));
        }

        Socket connect() throws IOException {
            var address = (InetSocketAddress) listener.localAddress();
            var socket = new Socket(address.getAddress(), address.getPort());
            socket.setSoTimeout(20_000);
            return socket;
        }

        @Override
        public void close() {
            listener.close();
            workers.close();
        }
    }

    /** Whether a connection was let in; waits for the byte or the close. */
    private static boolean in(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() == 'x';
        } catch (SocketException reset) {
            return false;
        }
    }

    private long counter(String family, String tag, String name) {
        return stats.root().child(family).tagged(tag, "p").counter(name).value();
    }

    @Test
    void asManyConnectionsComeInAsThereAreTokens() throws Exception {
        var rate = new GateSpec.Rate("p", new io.weir.core.admit.TokenBucket.Rule(3, 1, HOUR), true);
        try (var door = new Door(rate)) {
            int in = 0;
            for (int i = 0; i < 10; i++) {
                try (var socket = door.connect()) {
                    in += in(socket) ? 1 : 0;
                }
            }
            assertThat(in).isEqualTo(3);
            assertThat(counter("local_rate_limit", "envoy.local_network_ratelimit_prefix", "rate_limited"))
                    .isEqualTo(7);
        }
    }

    @Test
    void asManyConnectionsAsTheLimitAreOpenAndAPlaceComesBackWithEachThatCloses() throws Exception {
        try (var door = new Door(new GateSpec.AtOnce("p", 2, 0, true))) {
            var one = door.connect();
            var two = door.connect();
            assertThat(in(one) && in(two)).isTrue();
            try (var three = door.connect()) {
                assertThat(in(three)).isFalse();
            }
            var scope = stats.root().child("connection_limit").tagged("envoy.connection_limit_prefix", "p");
            assertThat(scope.gauge("active_connections").value()).isEqualTo(2);
            assertThat(scope.counter("limited_connections").value()).isOne();
            one.close();
            Await.until("a place comes back", () -> {
                try (var again = door.connect()) {
                    return in(again);
                }
            });
            two.close();
        }
    }

    @Test
    void aRefusedConnectionThatIsResetClosesBeforeItsDelayWithoutAWord() {
        var channel = new EmbeddedChannel();
        try (var workers = Workers.start(1)) {
            Farewell.after(workers.all().getFirst(), channel, HOUR);
            var late = Unpooled.buffer(1).writeByte(1);
            channel.writeInbound(late);
            assertThat(late.refCnt()).isZero();
            assertThat(channel.isOpen()).isTrue();
            channel.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
            assertThat(channel.isOpen()).isFalse();
            channel.checkException(); // what reaches the pipeline's end would be thrown here
        }
    }

    @Test
    void aRefusedConnectionStaysOpenForItsDelay() throws Exception {
        long delay = TimeUnit.MILLISECONDS.toNanos(200);
        try (var door = new Door(new GateSpec.AtOnce("p", 1, delay, true)); var one = door.connect()) {
            assertThat(in(one)).isTrue();
            long begun = System.nanoTime();
            try (var two = door.connect()) {
                assertThat(in(two)).isFalse();
                assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(delay);
            }
        }
    }

    @Test
    void aGateThatIsOffLetsEverybodyInAndTheNextIsAsked() throws Exception {
        var off = new GateSpec.Rate("p", new io.weir.core.admit.TokenBucket.Rule(1, 1, HOUR), false);
        try (var door = new Door(off, new GateSpec.AtOnce("p", 3, 0, true))) {
            var open = new ArrayList<Socket>();
            int in = 0;
            for (int i = 0; i < 5; i++) {
                open.add(door.connect());
                in += in(open.getLast()) ? 1 : 0;
            }
            for (var socket : open) {
                socket.close();
            }
            assertThat(in).isEqualTo(3);
        }
    }

    @Test
    void bothFiltersAreRead() {
        var context = ReadContext.standalone(Extensions.basic());
        var bucket = TokenBucket.newBuilder().setMaxTokens(5).setTokensPerFill(UInt32Value.of(2))
                .setFillInterval(Duration.newBuilder().setSeconds(1));
        assertThat(new ConnectionRateReader()
                .read(LocalRateLimit.newBuilder().setStatPrefix("p").setTokenBucket(bucket).build(), context))
                .isEqualTo(new GateSpec.Rate("p", new io.weir.core.admit.TokenBucket.Rule(5, 2, 1_000_000_000), true));
        var off = RuntimeFeatureFlag.newBuilder().setDefaultValue(BoolValue.of(false));
        assertThat(new ConnectionLimitReader().read(
                ConnectionLimit.newBuilder().setStatPrefix("p").setMaxConnections(UInt64Value.of(7))
                        .setDelay(Duration.newBuilder().setSeconds(2)).setRuntimeEnabled(off).build(),
                context)).isEqualTo(new GateSpec.AtOnce("p", 7, 2_000_000_000L, false));
        assertThat(context.problems()).isEmpty();
    }
}
