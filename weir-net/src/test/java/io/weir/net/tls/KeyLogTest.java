package io.weir.net.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.weir.core.chain.Prefix;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Stats;
import io.weir.core.tls.CertificateSpec;
import io.weir.core.tls.ClientTls;
import io.weir.core.tls.CommonTls;
import io.weir.core.tls.DataSource;
import io.weir.core.tls.HostSockets;
import io.weir.core.tls.NamedSecrets;
import io.weir.core.tls.ServerTls;
import io.weir.core.tls.SocketSpec;
import io.weir.core.tls.TlsParameters;
import io.weir.core.tls.ValidationSpec;
import io.weir.net.transport.Acceptor;
import io.weir.net.transport.ChannelSettings;
import io.weir.net.transport.ConnectOptions;
import io.weir.net.transport.ListenOptions;
import io.weir.net.transport.Listener;
import io.weir.net.transport.Worker;
import io.weir.net.transport.Workers;
import io.weir.testkit.Await;
import io.weir.testkit.Certificates;
import io.weir.testkit.Certificates.Issued;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ref.Reference;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets that are written down: a server and a client of Weir's, with somebody between who reads the first bytes. */
class KeyLogTest {
    private static final List<String> LABELS = List.of("CLIENT_HANDSHAKE_TRAFFIC_SECRET",
            "SERVER_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0", "EXPORTER_SECRET");
    /** In a first message: behind the headers of the record and of the message, and the version. */
    private static final int RANDOM_AT = 11;
    private static final int RANDOM_BYTES = 32;

    private final Certificates certificates = Certificates.make();
    private final Issued issued = certificates.issue("logged", "DNS:logged.example");
    private final BlockingQueue<String> randoms = new LinkedBlockingQueue<>();
    private final Workers workers = Workers.start(1);
    private final Stats stats = new Stats();
    private @Nullable TlsServer server;
    private @Nullable Listener listener;

    @TempDir
    @SuppressWarnings("NullAway") // set by the engine of tests
    private Path folder;

    @BeforeEach
    void nothingIsOpen() {
        assertThat(KeyLogFile.open()).isZero();
    }

    @AfterEach
    void close() {
        if (listener != null) {
            listener.close();
        }
        workers.close();
        certificates.close();
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    private static List<Prefix> range(String address, int bits) {
        return List.of(Prefix.of(InetAddress.ofLiteral(address), bits));
    }

    private static CommonTls common(List<CertificateSpec> own, CommonTls.@Nullable KeyLog keyLog) {
        return new CommonTls(TlsParameters.DEFAULT, own, List.of(), ValidationSpec.NONE, keyLog, NamedSecrets.NONE);
    }

    private TlsServer server(CommonTls.@Nullable KeyLog keyLog) throws TlsFailure {
        var spec = new CertificateSpec(new DataSource.File(issued.chain().toString()),
                new DataSource.File(issued.key().toString()), null, null, null, null);
        return TlsServer.open(ServerTls.of(common(List.of(spec), keyLog)));
    }

    private InetSocketAddress listen(CommonTls.@Nullable KeyLog keyLog) throws TlsFailure, IOException {
        TlsServer opened = server(keyLog);
        server = opened;
        Acceptor securing = opened.before((_, _) -> {
        }, new TlsStats(stats.root().child("listener")), stats.root().counter("late"), 0);
        Listener bound = Listener.bind(workers, ListenOptions.of(new InetSocketAddress(InetAddress.getLoopbackAddress(),
                0), ChannelSettings.MESSAGES.withHalfClosure(true)), (worker, channel) -> {
                    channel.pipeline().addLast(new Listening());
                    securing.accepted(worker, channel);
                });
        listener = bound;
        return (InetSocketAddress) bound.localAddress();
    }

    /** Reads what the client says first, and hands it on. */
    private final class Listening extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf hello = (ByteBuf) message;
            randoms.add(HexFormat.of().formatHex(ByteBufUtil.getBytes(hello, hello.readerIndex() + RANDOM_AT,
                    RANDOM_BYTES)));
            context.pipeline().remove(this);
            context.fireChannelRead(message);
        }
    }

    private static Channel connect(Workers workers, TlsClient client, InetSocketAddress to) throws Exception {
        var done = new CompletableFuture<Channel>();
        Worker worker = workers.all().getFirst();
        worker.loop().execute(() -> client.connect(worker, to, Endpoint.of(to), null,
                ConnectOptions.of(TimeUnit.SECONDS.toNanos(20), ChannelSettings.MESSAGES), Offer.NOTHING,
                new ChannelInboundHandlerAdapter()).addListener(future -> {
                    if (future.isSuccess()) {
                        done.complete(((ChannelFuture) future).channel());
                    } else {
                        done.completeExceptionally(future.cause());
                    }
                }));
        return done.get(20, TimeUnit.SECONDS);
    }

    private TlsClient client(CommonTls.@Nullable KeyLog keyLog) throws TlsFailure {
        return TlsClient.open(new ClientTls(common(List.of(), keyLog), "logged.example", false, false, 1),
                SecretSource.NONE, new TlsStats(stats.root().child("cluster")));
    }

    /** The file when it has so many lines. */
    private List<String> lines(String name, int count) throws Exception {
        Await.until(name + " has " + count + " lines", () -> Files.readAllLines(file(name)).size() >= count);
        return Files.readAllLines(file(name));
    }

    @Test
    void bothSidesWriteTheFiveSecretsOfAHandshakeUnderItsRandomAndForgetTheConnection() throws Exception {
        InetSocketAddress at = listen(new CommonTls.KeyLog(file("server").toString(), range("127.0.0.0", 8),
                range("127.0.0.1", 32)));
        TlsClient client = client(new CommonTls.KeyLog(file("client").toString(), List.of(), List.of()));
        Channel channel = connect(workers, client, at);
        String random = randoms.poll(20, TimeUnit.SECONDS);
        List<String> written = lines("server", 5);
        assertThat(written).hasSize(5).allSatisfy(line -> assertThat(line).matches("[A-Z_0-9]+ " + random
                + " [0-9a-f]{64}([0-9a-f]{32})?"));
        assertThat(written).extracting(line -> line.substring(0, line.indexOf(' ')))
                .containsExactlyInAnyOrderElementsOf(LABELS);
        assertThat(lines("client", 5)).containsExactlyInAnyOrderElementsOf(written);
        assertThat(Files.getPosixFilePermissions(file("server")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(client.followed()).isEqualTo(1);
        channel.close().sync();
        assertThat(client.followed()).isZero();
        client.release();
        servers().close();
        assertThat(KeyLogFile.open()).isZero();
    }

    private TlsServer servers() {
        return Objects.requireNonNull(server);
    }

    @Test
    void connectionsOutsideOfTheRangesWriteNothing() throws Exception {
        InetSocketAddress at = listen(new CommonTls.KeyLog(file("server").toString(), range("127.0.0.0", 8),
                range("10.0.0.0", 8)));
        TlsClient other = client(new CommonTls.KeyLog(file("client").toString(), range("10.0.0.0", 8), List.of()));
        TlsClient written = client(new CommonTls.KeyLog(file("client").toString(), List.of(), List.of()));
        connect(workers, other, at).close().sync();
        connect(workers, written, at).close().sync();
        assertThat(randoms.poll(20, TimeUnit.SECONDS)).isNotNull();
        String second = randoms.poll(20, TimeUnit.SECONDS);
        // one file, one queue: what the first had to say would stand before these
        assertThat(lines("client", 5)).hasSize(5).allSatisfy(line -> assertThat(line).contains(" " + second + " "));
        other.release();
        written.release();
        servers().close();
        assertThat(Files.readAllLines(file("server"))).isEmpty();
    }

    @Test
    void aFileThatCannotBeWrittenToIsRefusedByItsPlace() {
        var nowhere = new CommonTls.KeyLog(file("none/keys").toString(), List.of(), List.of());
        assertThatThrownBy(() -> server(nowhere)).isInstanceOf(TlsFailure.class)
                .satisfies(e -> assertThat(((TlsFailure) e).path()).isEqualTo("common_tls_context.key_log.path"));
        assertThat(KeyLogFile.open()).isZero();
    }

    @Test
    void linesAreAppendedToWhatTheFileHas() throws Exception {
        Counter dropped = stats.root().counter("dropped");
        Files.writeString(file("kept"), "before\n");
        KeyLogFile first = KeyLogFile.open(file("kept").toString());
        KeyLogFile again = KeyLogFile.open(file("kept").toString());
        assertThat(again).isSameAs(first);
        first.release();
        assertThat(again.write(new byte[]{'a'}, dropped)).isTrue();
        again.release();
        assertThat(lines("kept", 2)).containsExactly("before", "a");
        assertThat(again.write(new byte[]{'b'}, dropped)).as("nobody uses it").isFalse();
        assertThat(dropped.value()).isEqualTo(1);
    }

    @Test
    void whatIsNoRegularFileIsRefusedAndNotWaitedFor() throws Exception {
        Files.createDirectory(file("folder"));
        Process made = new ProcessBuilder("mkfifo", file("pipe").toString()).start();
        assertThat(made.waitFor()).isZero();
        for (String name : List.of("folder", "pipe")) {
            var irregular = new CommonTls.KeyLog(file(name).toString(), List.of(), List.of());
            assertThatThrownBy(() -> server(irregular)).isInstanceOf(TlsFailure.class)
                    .hasMessageContaining("is no regular file");
        }
        assertThat(KeyLogFile.open()).isZero();
    }

    private HostSockets written(String name, SocketSpec otherwise) {
        var keyLog = new CommonTls.KeyLog(file(name).toString(), List.of(), List.of());
        return new HostSockets(otherwise,
                List.of(new HostSockets.Match("first", Map.of("a", "b"), ClientTls.of(common(List.of(), keyLog), ""))));
    }

    private HostTls opened(HostSockets sockets) throws TlsFailure {
        ClusterSpec spec = ClusterSpec.of("shop", List.of()).withExtensions(Map.of(HostSockets.KEY, sockets));
        return Objects.requireNonNull(
                HostTls.of(HostTls.opened(spec, null, stats.root().child("cluster"), SecretSource.NONE)));
    }

    @Test
    void theSocketsOfAClusterLetGoOfTheirFilesWhenToldTo() throws Exception {
        HostTls sockets = opened(written("one",
                ClientTls.of(common(List.of(), new CommonTls.KeyLog(file("two").toString(), List.of(), List.of())),
                        "")));
        assertThat(KeyLogFile.open()).isEqualTo(2);
        try {
            sockets.release();
            assertThat(KeyLogFile.open()).isZero();
        } finally {
            Reference.reachabilityFence(sockets); // else its end might have done it
        }
    }

    @Test
    void aSocketThatCannotBeOpenedHasTheOthersOfItsClusterLetGo() throws Exception {
        Files.createDirectory(file("folder"));
        var broken = ClientTls.of(common(List.of(), new CommonTls.KeyLog(file("folder").toString(), List.of(),
                List.of())), "");
        assertThatThrownBy(() -> opened(written("one", broken))).isInstanceOf(TlsFailure.class);
        assertThat(Files.exists(file("one"))).as("it was opened").isTrue();
        assertThat(KeyLogFile.open()).isZero();
    }

    @Test
    void linesThatTheDiskDoesNotTakeAreCounted() throws Exception {
        Counter dropped = stats.root().counter("dropped");
        var tried = new CountDownLatch(3);
        var full = new KeyLogFile(file("full"), new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                if (one == '\n') {
                    tried.countDown();
                }
                throw new IOException("no space is left");
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                write(bytes[from + length - 1]);
            }
        });
        full.start();
        for (int i = 0; i < 3; i++) {
            assertThat(full.write(new byte[]{'a'}, dropped)).isTrue();
        }
        assertThat(tried.await(20, TimeUnit.SECONDS)).isTrue();
        // the last has been tried, and is counted a moment later
        Await.until("all three are counted", () -> dropped.value() >= 3);
        assertThat(dropped.value()).isEqualTo(3);
    }
}
