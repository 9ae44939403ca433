package io.weir.stream.tcp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.observe.log.AccessRecord;
import io.weir.observe.log.ResponseFlag;
import io.weir.testkit.Await;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes through the proxy arrives, whole, in order, and ends as it ended. */
class TcpRelayTest {
    private static final int MIB = 1 << 20;
    private static final int PATTERN_BYTES = 64 * 1024;

    @Test
    void sixtyFourMebibytesGoEachWayAtOnceUnchanged() throws Exception {
        CompletableFuture<String> receivedByHost = new CompletableFuture<>();
        CompletableFuture<String> sentByHost = new CompletableFuture<>();
        try (Backend host = Backend.of(socket -> {
            Thread.startVirtualThread(() -> complete(receivedByHost, () -> digest(socket.getInputStream())));
            sentByHost.complete(send(socket, 64L * MIB, 2));
            receivedByHost.join();
        }); Rig rig = Rig.to(host.address()); Socket client = rig.connect()) {
            CompletableFuture<String> receivedByClient = new CompletableFuture<>();
            Thread.startVirtualThread(() -> complete(receivedByClient, () -> digest(client.getInputStream())));
            String sentByClient = send(client, 64L * MIB, 1);
            assertThat(receivedByHost.get(60, TimeUnit.SECONDS)).isEqualTo(sentByClient);
            assertThat(receivedByClient.get(60, TimeUnit.SECONDS)).isEqualTo(sentByHost.get(60, TimeUnit.SECONDS));
            AccessRecord record = rig.record();
            assertThat(record.bytesReceived()).isEqualTo(64L * MIB);
            assertThat(record.bytesSent()).isEqualTo(64L * MIB);
            assertThat(record.flags()).isZero();
            assertThat(rig.stat("tcp.test.downstream_cx_rx_bytes_total")).isEqualTo(64L * MIB);
            assertThat(rig.stat("cluster.backend.upstream_cx_rx_bytes_total")).isEqualTo(64L * MIB);
            assertThat(rig.stat("cluster.backend.upstream_cx_tx_bytes_total")).isEqualTo(64L * MIB);
            rig.assertNothingIsLeft();
        }
    }

    @Test
    void aClientMayEndItsSideFirstAndStillReadTheAnswer() throws Exception {
        try (Backend host = Backend.of(socket -> {
            byte[] question = socket.getInputStream().readAllBytes();
            socket.getOutputStream().write(("got " + new String(question, US_ASCII)).getBytes(US_ASCII));
        }); Rig rig = Rig.to(host.address()); Socket client = rig.connect()) {
            client.getOutputStream().write("question".getBytes(US_ASCII));
            client.shutdownOutput();
            assertThat(new String(client.getInputStream().readAllBytes(), US_ASCII)).isEqualTo("got question");
            rig.assertNothingIsLeft();
        }
    }

    @Test
    void aHostMayEndItsSideFirstAndStillReadOn() throws Exception {
        CompletableFuture<String> rest = new CompletableFuture<>();
        try (Backend host = Backend.of(socket -> {
            socket.getOutputStream().write("bye".getBytes(US_ASCII));
            socket.shutdownOutput();
            rest.complete(new String(socket.getInputStream().readAllBytes(), US_ASCII));
        }); Rig rig = Rig.to(host.address()); Socket client = rig.connect()) {
            assertThat(new String(client.getInputStream().readAllBytes(), US_ASCII)).isEqualTo("bye");
            for (int i = 0; i < 3; i++) {
                client.getOutputStream().write("more".getBytes(US_ASCII));
                Thread.sleep(20);
            }
            client.shutdownOutput();
            assertThat(rest.get(20, TimeUnit.SECONDS)).isEqualTo("moremoremore");
            rig.assertNothingIsLeft();
        }
    }

    @Test
    void whatAClientSendsAtOnceAndItsEndArriveThoughTheHostIsNotYetConnected() throws Exception {
        try (Backend host = Backend.echo(); Rig rig = Rig.to(host.address())) {
            for (int i = 0; i < 200; i++) {
                try (Socket client = rig.connect()) {
                    client.getOutputStream().write("early".getBytes(US_ASCII));
                    client.shutdownOutput();
                    assertThat(new String(client.getInputStream().readAllBytes(), US_ASCII)).isEqualTo("early");
                }
            }
            rig.assertNothingIsLeft();
        }
    }

    @Test
    void aReaderThatStopsHoldsItsSenderBackInBoundedMemory() throws Exception {
        AtomicLong sent = new AtomicLong();
        CompletableFuture<String> digest = new CompletableFuture<>();
        long total = 64L * MIB;
        try (Backend host = Backend.of(socket -> digest.complete(send(socket, total, 3, sent)));
                Rig rig = Rig.to(host.address());
                Socket client = rig.connect()) {
            Await.standstill("what is sent", sent::get);
            // kernel buffers of four sockets, and what the proxy holds
            assertThat(sent.get()).isLessThan(total / 2);
            long buffered = rig.stat("tcp.test.downstream_cx_tx_bytes_buffered");
            assertThat(buffered).isPositive().isLessThanOrEqualTo(MIB);
            assertThat(rig.workers.allocator().pinnedDirectMemory()).isLessThanOrEqualTo(2 * MIB);
            assertThat(rig.stat("cluster.backend.upstream_flow_control_paused_reading_total")).isPositive();
            String received = digest(client.getInputStream());
            assertThat(received).isEqualTo(digest.get(20, TimeUnit.SECONDS));
            client.shutdownOutput();
            rig.assertNothingIsLeft();
        }
    }

    @Test
    void aResetByTheClientResetsTheHostsConnection() throws Exception {
        CompletableFuture<Integer> end = new CompletableFuture<>();
        try (Backend host = Backend.of(socket -> {
            socket.getInputStream().read();
            complete(end, () -> socket.getInputStream().read());
        }); Rig rig = Rig.to(host.address())) {
            Socket client = rig.connect();
            client.getOutputStream().write('x');
            Rig.await("the host is reached", () -> host.connections.get() == 1);
            Thread.sleep(50);
            client.setSoLinger(true, 0);
            client.close();
            assertThatThrownBy(() -> end.get(20, TimeUnit.SECONDS)).hasRootCauseInstanceOf(SocketException.class)
                    .hasRootCauseMessage("Connection reset");
            assertThat(rig.record().flags()).isEqualTo(Rig.flags(ResponseFlag.DR));
            rig.assertNothingIsLeft();
        }
    }

    @Test
    void aResetByTheHostResetsTheClientsConnectionAfterWhatWasSent() throws Exception {
        try (Backend host = Backend.of(socket -> {
            socket.getOutputStream().write("last words".getBytes(US_ASCII));
            socket.getInputStream().read();
            socket.setSoLinger(true, 0);
        }); Rig rig = Rig.to(host.address()); Socket client = rig.connect()) {
            byte[] words = client.getInputStream().readNBytes(10);
            client.getOutputStream().write('x');
            assertThat(new String(words, US_ASCII)).isEqualTo("last words");
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class)
                    .hasMessage("Connection reset");
            AccessRecord record = rig.record();
            assertThat(record.flags()).isEqualTo(Rig.flags(ResponseFlag.UR));
            assertThat(rig.clusters.all().getFirst().view().hosts().all().getFirst().stats().rqError().value())
                    .isEqualTo(1);
            rig.assertNothingIsLeft();
        }
    }

    @Test
    void anEndOfTheHostAfterItsEndOfOutputIsNoReset() throws Exception {
        try (Backend host = Backend.of(socket -> {
            socket.getOutputStream().write("all of it".getBytes(US_ASCII));
            socket.shutdownOutput();
            socket.getInputStream().read();
        }); Rig rig = Rig.to(host.address()); Socket client = rig.connect()) {
            assertThat(new String(client.getInputStream().readAllBytes(), US_ASCII)).isEqualTo("all of it");
            client.shutdownOutput();
            assertThat(rig.record().flags()).isZero();
            rig.assertNothingIsLeft();
        }
    }

    @Test
    void aConnectionHalfClosedAndThenResetEndsAndCostsNoProcessorTime() throws Exception {
        try (Backend host = Backend.of(socket -> {
            try {
                socket.getInputStream().readAllBytes();
                TimeUnit.MILLISECONDS.sleep(700);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            socket.getOutputStream().write(new byte[100]);
            socket.getInputStream().read();
        }); Rig rig = Rig.to(host.address())) {
            Socket client = rig.connect();
            client.getOutputStream().write('x');
            client.shutdownOutput();
            Thread.sleep(100);
            client.setSoLinger(true, 0);
            client.close();
            Thread.sleep(50);
            long before = workerCpuNanos();
            Thread.sleep(500);
            assertThat(workerCpuNanos() - before).isLessThan(TimeUnit.MILLISECONDS.toNanos(100));
            rig.assertNothingIsLeft();
        }
    }

    @Test
    void idleConnectionsHoldNoBuffers() throws Exception {
        try (Backend host = Backend.echo(); Rig rig = Rig.to(host.address())) {
            Socket[] clients = new Socket[50];
            for (int i = 0; i < clients.length; i++) {
                clients[i] = rig.connect();
                clients[i].getOutputStream().write('x');
                assertThat(clients[i].getInputStream().read()).isEqualTo('x');
            }
            Rig.await("buffers are back", () -> rig.workers.allocator().pinnedDirectMemory() == 0);
            assertThat(rig.proxy.activeConnections()).isEqualTo(clients.length);
            for (Socket client : clients) {
                client.close();
            }
            rig.assertNothingIsLeft();
        }
    }

    @Test
    void aHostBehindAUnixSocketIsReached(@TempDir Path folder) throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("host.sock"));
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(address);
            Thread.startVirtualThread(() -> {
                try (SocketChannel channel = server.accept()) {
                    ByteBuffer bytes = ByteBuffer.allocate(100);
                    while (channel.read(bytes) >= 0) {
                        channel.write(bytes.flip());
                        bytes.clear();
                    }
                } catch (IOException e) {
                    // the client notices
                }
            });
            try (Rig rig = Rig.to(address); Socket client = rig.connect()) {
                client.getOutputStream().write("through a file".getBytes(US_ASCII));
                client.shutdownOutput();
                assertThat(new String(client.getInputStream().readAllBytes(), US_ASCII)).isEqualTo("through a file");
                assertThat(rig.record().upstreamHost()).isEqualTo(address.toString());
                rig.assertNothingIsLeft();
            }
        }
    }

    @Test
    void closingAllEndsEveryConnectionAtOnce() throws Exception {
        try (Backend host = Backend.echo(); Rig rig = Rig.to(host.address()); Socket client = rig.connect()) {
            client.getOutputStream().write('x');
            assertThat(client.getInputStream().read()).isEqualTo('x');
            assertThat(rig.proxy.activeConnections()).isEqualTo(1);
            rig.proxy.closeAll();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            rig.assertNothingIsLeft();
        }
    }

    @Test
    void theProxyClosesWhatTheHostNoLongerTakes() throws Exception {
        try (Backend host = Backend.of(socket -> socket.setSoLinger(true, 0));
                Rig rig = Rig.to(host.address());
                Socket client = rig.connect()) {
            OutputStream out = client.getOutputStream();
            assertThatThrownBy(() -> {
                for (int i = 0; i < 10_000; i++) {
                    out.write(new byte[10_000]);
                }
            }).isInstanceOf(SocketException.class);
            rig.assertNothingIsLeft();
        }
    }

    private static long workerCpuNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long sum = 0;
        for (ThreadInfo info : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (info != null && info.getThreadName().startsWith("weir-worker-")) {
                sum += threads.getThreadCpuTime(info.getThreadId());
            }
        }
        return sum;
    }

    private interface Source<T> {
        T take() throws IOException;
    }

    private static <T> void complete(CompletableFuture<T> future, Source<T> source) {
        try {
            future.complete(source.take());
        } catch (IOException e) {
            future.completeExceptionally(e);
        }
    }

    private static String send(Socket socket, long total, long seed) throws IOException {
        return send(socket, total, seed, new AtomicLong());
    }

    /** Sends pseudo-random bytes and the end, and says their digest. */
    private static String send(Socket socket, long total, long seed, AtomicLong sent) throws IOException {
        MessageDigest digest = sha256();
        SplittableRandom random = new SplittableRandom(seed);
        byte[] chunk = new byte[PATTERN_BYTES];
        OutputStream out = socket.getOutputStream();
        while (sent.get() < total) {
            random.nextBytes(chunk);
            digest.update(chunk);
            out.write(chunk);
            sent.addAndGet(chunk.length);
        }
        socket.shutdownOutput();
        return HexFormat.of().formatHex(digest.digest());
    }

    private static String digest(InputStream in) throws IOException {
        MessageDigest digest = sha256();
        byte[] chunk = new byte[PATTERN_BYTES];
        int read = in.read(chunk);
        if (read < 0) {
            throw new EOFException("nothing came");
        }
        for (; read >= 0; read = in.read(chunk)) {
            digest.update(chunk, 0, read);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
