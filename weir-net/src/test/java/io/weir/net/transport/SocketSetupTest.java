package io.weir.net.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import io.weir.core.socket.SocketOption;
import io.weir.core.socket.SocketRules;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Options of real listening sockets, and what their connections have of them. */
@Timeout(60)
class SocketSetupTest {
    private static final int SOL_TCP = 6;
    private static final int TCP_CONGESTION = 13;
    private static final int TCP_KEEPIDLE = 4;

    private final BlockingQueue<String> taken = new LinkedBlockingQueue<>();

    @BeforeEach
    void onlyWithEpoll() {
        Assumptions.assumeTrue(Epoll.isAvailable(), "options by number are those of the epoll transport");
    }

    private static SocketRules options(SocketOption... options) {
        return new SocketRules(false, false, -1, 0, false, List.of(options));
    }

    private Listener listen(Workers workers, SocketRules rules) throws ListenFailure {
        return Listener.bind(workers,
                ListenOptions.of(Loopback.at("127.0.0.1", 0), ChannelSettings.MESSAGES).withRules(rules),
                (worker, channel) -> {
                    ByteBuffer congestion = Objects.requireNonNull(channel.config()
                            .getOption(new RawUnixChannelOption("TCP_CONGESTION", SOL_TCP, TCP_CONGESTION, 16)));
                    taken.add(worker.index() + " " + text(congestion) + " "
                            + channel.config().getOption(EpollChannelOption.TCP_KEEPIDLE));
                    hold(channel);
                });
    }

    private static String text(ByteBuffer bytes) {
        byte[] all = new byte[bytes.remaining()];
        bytes.get(all);
        return new String(all, StandardCharsets.US_ASCII).replace("\0", "");
    }

    private static void hold(Channel channel) {
        channel.config().setAutoRead(true);
    }

    private static Socket connect(Listener listener) throws IOException {
        var address = (InetSocketAddress) listener.localAddress();
        return new Socket(address.getAddress(), address.getPort());
    }

    private String took() throws InterruptedException {
        return Objects.requireNonNull(taken.poll(20, TimeUnit.SECONDS), "no connection within 20 s");
    }

    @Test
    void connectionsHaveTheOptionsOfTheSocketThatTookThem() throws Exception {
        var rules = options(
                new SocketOption("", SOL_TCP, TCP_CONGESTION, new SocketOption.Text("reno"), SocketOption.When.PREBIND),
                new SocketOption("", SOL_TCP, TCP_KEEPIDLE, new SocketOption.Whole(77),
                        SocketOption.When.LISTENING));
        try (Workers workers = Workers.start(2); Listener listener = listen(workers, rules)) {
            for (int i = 0; i < 8; i++) {
                try (Socket client = connect(listener)) {
                    assertThat(client.isConnected()).isTrue();
                    assertThat(took()).endsWith(" reno 77");
                }
            }
        }
    }

    @Test
    void anOptionThatTheSystemDoesNotHaveIsTold() {
        var rules = options(new SocketOption("what is this", SOL_TCP, 9999, new SocketOption.Whole(1),
                SocketOption.When.PREBIND));
        try (Workers workers = Workers.start(1)) {
            assertThatThrownBy(() -> listen(workers, rules).close()).isInstanceOfSatisfying(ListenFailure.class,
                    failure -> assertThat(failure.reason()).isEqualTo(ListenFailure.Reason.OPTION))
                    .hasMessageContaining("level 6 name 9999 (what is this)");
        }
    }

    @Test
    void balancedConnectionsGoToTheWorkerWithTheFewest() throws Exception {
        var rules = new SocketRules(false, false, 16, 1, true, List.of());
        var held = new ArrayList<Socket>();
        try (Workers workers = Workers.start(3); Listener listener = listen(workers, rules)) {
            int[] counts = new int[3];
            for (int i = 0; i < 30; i++) {
                held.add(connect(listener));
                counts[took().charAt(0) - '0']++;
            }
            assertThat(counts).containsExactly(10, 10, 10);
            for (Socket socket : held) {
                socket.close();
            }
        }
    }

    @Test
    void aConnectionThatIsLostBeforeItIsSetUpCountsOnNoWorker() throws Exception {
        var rules = new SocketRules(false, false, -1, 0, true, List.of());
        try (Workers workers = Workers.start(2); Listener listener = listen(workers, rules)) {
            EpollSocketChannel lost = new EpollSocketChannel();
            lost.unsafe().closeForcibly();
            new EmbeddedChannel(new AcceptHandler(listener, workers.all().getFirst(),
                    workers.all())).writeInbound(lost);
            for (int i = 0; i < 2; i++) {
                assertThat(Objects.requireNonNull(listener.balance()).get(i)).isZero();
            }
        }
    }

    @Test
    void aTransparentSocketTakesWhatWasGoingElsewhere() throws Exception {
        Assumptions.assumeTrue(System.getProperty("user.name", "").equals("root"), "IP_TRANSPARENT needs a capability");
        try (Workers workers = Workers.start(1);
                Listener listener = Listener.bind(workers,
                        ListenOptions.of(Loopback.at("192.0.2.1", 0), ChannelSettings.MESSAGES)
                                .withRules(new SocketRules(true, false, -1, 0, false, List.of())),
                        (_, channel) -> channel.close())) {
            assertThat(((InetSocketAddress) listener.localAddress()).getAddress().getHostAddress())
                    .isEqualTo("192.0.2.1");
        }
    }

    @Test
    void aSocketThatListensBecomesTransparentAndStopsBeingSo() throws Exception {
        Assumptions.assumeTrue(System.getProperty("user.name", "").equals("root"), "IP_TRANSPARENT needs a capability");
        try (Workers workers = Workers.start(2);
                Listener listener = Listener.bind(workers,
                        ListenOptions.of(Loopback.at("127.0.0.1", 0), ChannelSettings.MESSAGES), (_, channel) -> {
                            // a connection has it from its listener
                            taken.add(String.valueOf(channel.config().getOption(EpollChannelOption.IP_TRANSPARENT)));
                            channel.close();
                        })) {
            for (boolean on : new boolean[]{false, true, false}) {
                listener.transparent(on);
                for (int i = 0; i < 8; i++) {
                    try (Socket client = connect(listener)) {
                        assertThat(took()).as("connection %d", client.getLocalPort()).isEqualTo(String.valueOf(on));
                    }
                }
            }
        }
    }
}
