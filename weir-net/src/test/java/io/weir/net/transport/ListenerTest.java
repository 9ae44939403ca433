package io.weir.net.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.epoll.Epoll;
import io.weir.core.socket.SocketRules;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenerTest {
    private static final ChannelSettings MESSAGES = ChannelSettings.MESSAGES;

    @ParameterizedTest
    @EnumSource(Transport.class)
    void everyWorkerTakesItsShareOfConnections(Transport transport) throws IOException {
        Echo echo = new Echo();
        try (Workers workers = Workers.start(2, transport);
                Listener listener = Listener.bind(workers, ListenOptions.of(loopback(), MESSAGES), echo)) {
            assertThat(listener.socketCount()).isEqualTo(transport == Transport.EPOLL ? 2 : 1);
            for (int i = 0; i < 64; i++) {
                assertEchoes(listener.localAddress());
            }
            // 64 connections all hashed to one of two sockets: once in 2^63 runs
            assertThat(new HashSet<>(echo.workersSeen)).containsExactlyInAnyOrder(0, 1);
            assertThat(echo.activations).hasValue(64);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aPortThatIsTakenIsAnErrorThatNamesItAndTheCure(Transport transport) throws IOException {
        try (Workers workers = Workers.start(2, transport); ServerSocket other = new ServerSocket()) {
            other.bind(loopback());
            SocketAddress taken = other.getLocalSocketAddress();
            assertThatThrownBy(() -> Listener.bind(workers, ListenOptions.of(taken, MESSAGES), new Echo()))
                    .isInstanceOfSatisfying(ListenFailure.class, failure -> {
                        assertThat(failure.reason()).isEqualTo(ListenFailure.Reason.IN_USE);
                        assertThat(failure.address()).isEqualTo(taken);
                        assertThat(failure).hasMessageContaining("127.0.0.1:" + other.getLocalPort())
                                .hasMessageContaining("in use").hasMessageContaining("choose another port");
                    });
        }
    }

    @Test
    void aPortIsNotSharedEvenWithSomebodyWhoWouldShareIt() throws IOException {
        try (Workers workers = Workers.start(2);
                ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.INET)) {
            Assumptions.assumeTrue(other.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT),
                    "this platform has no SO_REUSEPORT");
            other.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            other.bind(loopback());
            assertThatThrownBy(
                    () -> Listener.bind(workers, ListenOptions.of(other.getLocalAddress(), MESSAGES), new Echo()))
                    .isInstanceOf(ListenFailure.class).hasMessageContaining("in use");
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void twoListenersOfOneProcessDoNotShareAPort(Transport transport) throws IOException {
        try (Workers workers = Workers.start(2, transport);
                Listener first = Listener.bind(workers, ListenOptions.of(loopback(), MESSAGES), new Echo())) {
            assertThatThrownBy(
                    () -> Listener.bind(workers, ListenOptions.of(first.localAddress(), MESSAGES), new Echo()))
                    .isInstanceOf(ListenFailure.class).hasMessageContaining("in use");
            assertEchoes(first.localAddress());
        }
    }

    @Test
    void anAddressOfAnotherMachineIsRefusedWithItsCure() {
        try (Workers workers = Workers.start(1)) {
            InetSocketAddress foreign = Loopback.at("192.0.2.1", 0);
            assertThatThrownBy(() -> Listener.bind(workers, ListenOptions.of(foreign, MESSAGES), new Echo()))
                    .isInstanceOfSatisfying(ListenFailure.class,
                            failure -> assertThat(failure.reason())
                                    .isEqualTo(ListenFailure.Reason.NO_SUCH_ADDRESS))
                    .hasMessageContaining("192.0.2.1").hasMessageContaining("0.0.0.0");
        }
    }

    @Test
    void anAddressThatIsYetToComeMayBeBoundFreely() throws IOException {
        Assumptions.assumeTrue(Epoll.isAvailable(), "IP_FREEBIND is an option of the epoll transport");
        try (Workers workers = Workers.start(1);
                Listener listener = Listener.bind(workers, ListenOptions
                        .of(Loopback.at("192.0.2.1", 0), MESSAGES).withRules(
                                new SocketRules(false, true, -1, 0, false, List.of())),
                        new Echo())) {
            assertThat(((InetSocketAddress) listener.localAddress()).getPort()).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void afterItStopsAcceptingThePortIsFreeAndConnectionsGoOn(Transport transport) throws IOException {
        try (Workers workers = Workers.start(2, transport)) {
            Listener listener = Listener.bind(workers, ListenOptions.of(loopback(), MESSAGES), new Echo());
            InetSocketAddress address = (InetSocketAddress) listener.localAddress();
            try (Socket before = new Socket(address.getAddress(), address.getPort())) {
                before.getOutputStream().write('a');
                assertThat(before.getInputStream().read()).isEqualTo('a');
                listener.stopAccepting();
                listener.stopAccepting();
                assertThatThrownBy(() -> new Socket(address.getAddress(), address.getPort()).close())
                        .isInstanceOf(IOException.class);
                before.getOutputStream().write('b');
                assertThat(before.getInputStream().read()).isEqualTo('b');
                try (Listener again = Listener.bind(workers, ListenOptions.of(address, MESSAGES), new Echo())) {
                    assertEchoes(again.localAddress());
                }
            }
        }
    }

    @Test
    void aReplacedAcceptorTakesTheNextConnection() throws IOException {
        Echo first = new Echo();
        Echo second = new Echo();
        try (Workers workers = Workers.start(1);
                Listener listener = Listener.bind(workers, ListenOptions.of(loopback(), MESSAGES), first)) {
            assertEchoes(listener.localAddress());
            listener.replaceAcceptor(second, MESSAGES);
            assertEchoes(listener.localAddress());
            assertThat(first.activations).hasValue(1);
            assertThat(second.activations).hasValue(1);
        }
    }

    @Test
    void anAcceptorThatFailsCostsThatConnectionOnly() throws IOException {
        Echo echo = new Echo();
        try (Workers workers = Workers.start(1);
                Listener listener = Listener.bind(workers, ListenOptions.of(loopback(), MESSAGES),
                        (worker, channel) -> {
                            throw new IllegalStateException("this failure is part of the test");
                        })) {
            try (SocketChannel channel = SocketChannel.open(listener.localAddress())) {
                assertThat(channel.read(ByteBuffer.allocate(1))).isNegative();
            }
            listener.replaceAcceptor(echo, MESSAGES);
            assertEchoes(listener.localAddress());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theIpv6WildcardTakesIpv4OnlyWhenAsked(boolean compatible) throws IOException {
        Assumptions.assumeTrue(Epoll.isAvailable() && ipv6(), "needs epoll and IPv6");
        ListenOptions options = ListenOptions.of(Loopback.at("::", 0), MESSAGES)
                .withIpv4Compatible(compatible);
        try (Workers workers = Workers.start(2); Listener listener = Listener.bind(workers, options, new Echo())) {
            int port = ((InetSocketAddress) listener.localAddress()).getPort();
            assertEchoes(Loopback.at("::1", port));
            InetSocketAddress ipv4 = Loopback.at(port);
            if (compatible) {
                assertEchoes(ipv4);
            } else {
                assertThatThrownBy(() -> assertEchoes(ipv4)).isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void theIpv4WildcardDoesNotTakeIpv6() throws IOException {
        Assumptions.assumeTrue(ipv6(), "needs IPv6");
        ListenOptions options = ListenOptions.of(Loopback.at("0.0.0.0", 0), MESSAGES);
        try (Workers workers = Workers.start(2); Listener listener = Listener.bind(workers, options, new Echo())) {
            int port = ((InetSocketAddress) listener.localAddress()).getPort();
            assertEchoes(Loopback.at(port));
            assertThatThrownBy(() -> assertEchoes(Loopback.at("::1", port)))
                    .isInstanceOf(IOException.class);
        }
    }

    private static boolean ipv6() {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(Loopback.at("::1", 0));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static SocketAddress loopback() {
        return Loopback.at(0);
    }

    static void assertEchoes(SocketAddress address) throws IOException {
        try (SocketChannel channel = SocketChannel.open(address)) {
            channel.write(ByteBuffer.wrap(new byte[]{1, 2, 3}));
            ByteBuffer back = ByteBuffer.allocate(3);
            while (back.hasRemaining() && channel.read(back) >= 0) {
                // until all three are back
            }
            assertThat(back.array()).containsExactly(1, 2, 3);
        }
    }
}
