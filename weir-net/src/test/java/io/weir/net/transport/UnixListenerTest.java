package io.weir.net.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sockets that have a file: its mode, who it belongs to, and what may be in its way. */
@Timeout(60)
class UnixListenerTest {
    private static final ChannelSettings MESSAGES = ChannelSettings.MESSAGES;

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aUnixSocketIsListenedOnWithItsModeAndRemovedAfterwards(Transport transport, @TempDir Path folder)
            throws IOException {
        Path path = folder.resolve("weir.sock");
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
        try (Workers workers = Workers.start(2, transport)) {
            Listener listener = Listener.bind(workers, ListenOptions.of(address, MESSAGES).withUnixMode(0640),
                    new Echo());
            ListenerTest.assertEchoes(address);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path))).isEqualTo("rw-r-----");
            assertThatThrownBy(() -> Listener.bind(workers, ListenOptions.of(address, MESSAGES), new Echo()))
                    .isInstanceOf(ListenFailure.class).hasMessageContaining("in use");
            listener.close();
            assertThat(path).doesNotExist();
        }
    }

    /** A watcher connects as soon as it can, many times over, and looks at the mode only then. */
    @ParameterizedTest
    @EnumSource(Transport.class)
    void nobodyConnectsToAUnixSocketBeforeItHasItsMode(Transport transport, @TempDir Path folder) throws Exception {
        try (Workers workers = Workers.start(1, transport)) {
            for (int i = 0; i < 40; i++) {
                Path path = folder.resolve("weir" + i);
                UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
                CompletableFuture<String> seen = CompletableFuture.supplyAsync(() -> modeOnceConnected(address));
                try (Listener listener = Listener.bind(workers, ListenOptions.of(address, MESSAGES).withUnixMode(0600),
                        new Echo())) {
                    assertThat(seen.get(20, TimeUnit.SECONDS)).as(listener.localAddress().toString())
                            .isEqualTo("rw-------");
                }
            }
        }
    }

    private static String modeOnceConnected(UnixDomainSocketAddress address) {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (System.nanoTime() - endNanos < 0) {
            try (SocketChannel channel = SocketChannel.open(address)) {
                return channel.isConnected() ? mode(address.getPath()) : "";
            } catch (IOException notYet) {
                Thread.onSpinWait();
            }
        }
        return "never connected";
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aModeThatIsNoLongerWantedGivesWayToThatOfTheUmask(Transport transport, @TempDir Path folder)
            throws IOException {
        try (Workers workers = Workers.start(1, transport);
                Listener plain = Listener.bind(workers,
                        ListenOptions.of(UnixDomainSocketAddress.of(folder.resolve("plain")), MESSAGES), new Echo());
                Listener moded = Listener.bind(workers,
                        ListenOptions.of(UnixDomainSocketAddress.of(folder.resolve("moded")), MESSAGES)
                                .withUnixMode(0600),
                        new Echo())) {
            String usual = mode(folder.resolve("plain"));
            plain.permit(0640);
            moded.permit(-1);
            assertThat(mode(folder.resolve("plain"))).isEqualTo("rw-r-----");
            assertThat(mode(folder.resolve("moded"))).isEqualTo(usual);
            plain.permit(-1);
            assertThat(mode(folder.resolve("plain"))).isEqualTo(usual);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void theSocketOfASuccessorIsLeftAlone(Transport transport, @TempDir Path folder) throws IOException {
        Path path = folder.resolve("weir.sock");
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
        try (Workers workers = Workers.start(1, transport);
                ServerSocketChannel successor = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            Listener listener = Listener.bind(workers, ListenOptions.of(address, MESSAGES), new Echo());
            Files.delete(path);
            successor.bind(address);
            String before = mode(path);
            listener.permit(0600);
            listener.close();
            assertThat(mode(path)).isEqualTo(before);
            try (SocketChannel client = SocketChannel.open(address)) {
                assertThat(client.isConnected()).isTrue();
            }
        }
    }

    /** What somebody may well use is not stale, though it cannot be connected to. */
    @Test
    void aSocketOfAnotherKindIsInTheWay(@TempDir Path folder) throws IOException {
        Path path = folder.resolve("log");
        Socket datagrams = Socket.newSocketDomainDgram();
        try (Workers workers = Workers.start(1)) {
            datagrams.bind(new DomainSocketAddress(path.toString()));
            ListenOptions there = ListenOptions.of(UnixDomainSocketAddress.of(path), MESSAGES);
            assertThatThrownBy(() -> Listener.bind(workers, there, new Echo())).isInstanceOf(ListenFailure.class)
                    .hasMessageContaining("in use");
            assertThat(path).exists();
        } finally {
            datagrams.close();
        }
    }

    @Test
    void aSocketWhoseOwnerHasNoTimeIsInTheWay(@TempDir Path folder) throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("busy"));
        List<SocketChannel> waiting = new ArrayList<>();
        try (Workers workers = Workers.start(1);
                ServerSocketChannel busy = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            busy.bind(address, 1);
            for (int i = 0; i < 3; i++) { // as many as the queue takes, and more
                SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX);
                waiting.add(client);
                client.configureBlocking(false);
                try {
                    client.connect(address);
                } catch (SocketException full) {
                    break;
                }
            }
            assertThatThrownBy(() -> Listener.bind(workers, ListenOptions.of(address, MESSAGES), new Echo()))
                    .isInstanceOf(ListenFailure.class).hasMessageContaining("in use");
            assertThat(address.getPath()).exists();
        } finally {
            for (SocketChannel client : waiting) {
                client.close();
            }
        }
    }

    @Test
    void aSocketFileThatAKilledProcessLeftIsReplacedButAnyOtherFileIsNot(@TempDir Path folder) throws IOException {
        Path stale = folder.resolve("stale.sock");
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(stale);
        try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            killed.bind(address);
        }
        Path file = Files.writeString(folder.resolve("file"), "precious");
        try (Workers workers = Workers.start(1);
                Listener listener = Listener.bind(workers, ListenOptions.of(address, MESSAGES), new Echo())) {
            ListenerTest.assertEchoes(listener.localAddress());
            ListenOptions onFile = ListenOptions.of(UnixDomainSocketAddress.of(file), MESSAGES);
            assertThatThrownBy(() -> Listener.bind(workers, onFile, new Echo())).isInstanceOf(ListenFailure.class);
            assertThat(file).hasContent("precious");
        }
    }
}
