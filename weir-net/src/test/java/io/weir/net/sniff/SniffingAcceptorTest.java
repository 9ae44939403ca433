package io.weir.net.sniff;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.weir.core.stats.Scope;
import io.weir.core.socket.TlvChoice;
import io.weir.core.stats.Stats;
import io.weir.net.transport.ChannelSettings;
import io.weir.net.transport.ListenFailure;
import io.weir.net.transport.ListenOptions;
import io.weir.net.transport.Listener;
import io.weir.net.transport.OriginalDestination;
import io.weir.net.transport.Workers;
import io.weir.testkit.Hellos;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Looks at connections of real clients, before a server that sends back what it reads. */
@Timeout(60)
class SniffingAcceptorTest {
    private static final long HOUR = TimeUnit.HOURS.toNanos(1);

    private final Stats stats = new Stats();
    private final Scope scope = stats.root().child("listener");
    /** What is known of connections when they are served. */
    private final BlockingQueue<String> served = new LinkedBlockingQueue<>();

    /** A listener whose connections are looked at. */
    private final class Door implements AutoCloseable {
        private final Workers workers = Workers.start(2);
        private final Listener listener;

        Door(long timeoutNanos, boolean continues, Inspector... inspectors) {
            var sniffing = new SniffingAcceptor("door", List.of(inspectors), timeoutNanos, continues, scope,
                    (worker, channel) -> {
                        var traits = Greeting.traits(channel);
                        served.add(traits.transportProtocol() + " " + traits.serverName() + " "
                                + traits.applicationProtocols() + " " + Greeting.remoteAddress(channel) + " "
                                + OriginalDestination.localAddress(channel));
                        worker.settings(channel, ChannelSettings.MESSAGES);
                        channel.pipeline().addLast(new Mirror());
                    });
            try {
                listener = Listener.bind(workers, ListenOptions
                        .of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), SniffingAcceptor.SETTINGS),
                        sniffing);
            } catch (ListenFailure e) {
                throw new UncheckedIOException(e);
            }
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

    /** Says one byte when its connection stands, and sends back what comes, when a read is complete. */
    private static final class Mirror extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.writeAndFlush(ctx.alloc().buffer(1).writeByte('>'));
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.write(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.flush();
        }
    }

    private String said() throws InterruptedException {
        @Nullable
        String said = served.poll(20, TimeUnit.SECONDS);
        assertThat(said).as("what was known when the connection was served").isNotNull();
        return String.valueOf(said);
    }

    private static byte[] answer(Socket socket, int bytes) throws IOException {
        return socket.getInputStream().readNBytes(1 + bytes);
    }

    private static boolean closed(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    @Test
    void everyByteThatWasLookedAtIsServed() throws Exception {
        byte[] hello = Hellos.inRecords(Hellos.of("www.example.com", "h2"), 50);
        try (var door = new Door(HOUR, false, new TlsInspector(false, false, false, stats));
                var client = door.connect()) {
            for (int at = 0; at < hello.length; at += 100) {
                client.getOutputStream().write(hello, at, Math.min(100, hello.length - at));
                client.getOutputStream().flush();
            }
            assertThat(said()).startsWith("tls www.example.com [h2]");
            byte[] back = answer(client, hello.length);
            assertThat(back).startsWith('>').endsWith(hello);
            client.getOutputStream().write('!');
            assertThat(client.getInputStream().read()).isEqualTo('!');
        }
    }

    @Test
    void aProxysHeadIsReadAndNobodyBehindSeesIt() throws Exception {
        try (var door = new Door(HOUR, false, new ProxyProtocol("", false, Set.of(), List.of(), TlvChoice.NONE, stats),
                new HttpInspector(stats)); var client = door.connect()) {
            client.getOutputStream().write("PROXY TCP4 192.0.2.1 198.51.100.2 5000 443\r\nGET / HTTP/1.1\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(said()).isEqualTo("raw_buffer  [http/1.1] /192.0.2.1:5000 /198.51.100.2:443");
            assertThat(answer(client, 16)).asString(StandardCharsets.US_ASCII).isEqualTo(">GET / HTTP/1.1\r\n");
        }
        assertThat(stats.root().child("http_inspector").counter("http11_found").value()).isEqualTo(1);
    }

    @Test
    void aServerThatSpeaksFirstIsNotHeldUpWhereNothingIsToBeFoundOut() throws Exception {
        try (var door = new Door(HOUR, false, new TlsInspector(false, false, false, stats).when(_ -> false));
                var client = door.connect()) {
            assertThat(client.getInputStream().read()).isEqualTo('>');
        }
    }

    @Test
    void whoSaysNothingIsClosedWhenTimeIsOverOrServedWhereTheListenerSaysSo() throws Exception {
        long soon = TimeUnit.MILLISECONDS.toNanos(50);
        try (var door = new Door(soon, false, new TlsInspector(false, false, false, stats));
                var client = door.connect()) {
            assertThat(closed(client)).isTrue();
        }
        try (var door = new Door(soon, true, new TlsInspector(false, false, false, stats));
                var client = door.connect()) {
            client.getOutputStream().write(22);
            assertThat(answer(client, 1)).containsExactly('>', 22);
            assertThat(said()).startsWith("raw_buffer ");
        }
        assertThat(scope.counter("downstream_pre_cx_timeout").value()).isEqualTo(2);
        assertThat(scope.gauge("downstream_pre_cx_active").value()).isZero();
    }

    @Test
    void whoComesWithoutTheHeadThatIsAskedForIsRefused() throws Exception {
        try (var door = new Door(HOUR, false,
                new ProxyProtocol("p", false, Set.of(2), List.of(), TlvChoice.NONE, stats));
                var plain = door.connect();
                var second = door.connect()) {
            plain.getOutputStream().write("GET".getBytes(StandardCharsets.US_ASCII));
            assertThat(closed(plain)).isTrue();
            second.getOutputStream().write(new byte[]{0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54,
                    0x0a, 0x20, 0, 0, 0});
            assertThat(closed(second)).as("version 2 is refused").isTrue();
        }
        assertThat(scope.counter("downstream_listener_filter_error").value()).isEqualTo(2);
        assertThat(served).isEmpty();
    }

    @Test
    void whoEndsBeforeItHasSaidEnoughIsCounted() throws Exception {
        try (var door = new Door(HOUR, false, new TlsInspector(false, false, false, stats));
                var client = door.connect()) {
            client.getOutputStream().write(22);
            client.shutdownOutput();
            assertThat(closed(client)).isTrue();
        }
        assertThat(scope.counter("downstream_listener_filter_remote_close").value()).isEqualTo(1);
    }
}
