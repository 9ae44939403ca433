package io.weir.app.peers.succession;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.peers.WeirProcess;
import io.weir.testkit.Await;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Ports;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A new process takes over from an old one while datagrams come and answers are under way. */
@Timeout(180)
class DatagramUpgradePeerTest {
    private static final int WAITING = 20;
    private static final int ASKING = 3;
    private static final int ANSWER_MILLIS_MAX = 20_000;
    private static final String LATER = "later";

    @TempDir
    private Path folder = Path.of("");

    /** Says back what it hears, some of it only when it is told to. */
    private static final class Host implements AutoCloseable {
        private final DatagramSocket socket = new DatagramSocket(Ports.loopback(0));
        private final Queue<DatagramPacket> held = new ConcurrentLinkedQueue<>();

        Host() throws SocketException {
            Thread.ofPlatform().daemon().name("host").start(this::serve);
        }

        private void serve() {
            try {
                while (true) {
                    var heard = new DatagramPacket(new byte[100], 100);
                    socket.receive(heard);
                    if (text(heard).startsWith(LATER)) {
                        held.add(heard);
                    } else {
                        socket.send(heard);
                    }
                }
            } catch (IOException e) {
                // closed
            }
        }

        void answerAll() throws IOException {
            for (DatagramPacket each : held) {
                socket.send(each);
            }
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    /** Asks again and again, each question when the one before has been answered. */
    private static final class Asking {
        private final AtomicLong answered = new AtomicLong();
        private final Queue<String> errors = new ConcurrentLinkedQueue<>();
        private final List<Thread> threads = new ArrayList<>();
        private volatile boolean over;

        Asking(int count, int port) {
            for (int i = 0; i < count; i++) {
                threads.add(Thread.ofPlatform().daemon().start(() -> ask(port)));
            }
        }

        private void ask(int port) {
            try (DatagramSocket client = client(port)) {
                for (int i = 0; !over && errors.isEmpty(); i++) {
                    say(client, "question " + i);
                    String heard = heard(client);
                    if (heard.equals("question " + i)) {
                        answered.incrementAndGet();
                    } else {
                        errors.add("question " + i + ": " + heard);
                    }
                    Thread.sleep(1);
                }
            } catch (IOException | InterruptedException e) {
                errors.add(e.toString());
            }
        }

        void awaitMore(long more) {
            long wanted = answered.get() + more;
            Await.until(() -> answered + " of " + wanted + " answers",
                    () -> answered.get() >= wanted || !errors.isEmpty());
        }

        void close() throws InterruptedException {
            over = true;
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    private static DatagramSocket client(int port) throws IOException {
        var client = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        client.connect(Ports.loopback(port));
        client.setSoTimeout(ANSWER_MILLIS_MAX);
        return client;
    }

    private static void say(DatagramSocket client, String words) throws IOException {
        byte[] bytes = words.getBytes(StandardCharsets.US_ASCII);
        client.send(new DatagramPacket(bytes, bytes.length));
    }

    private static String heard(DatagramSocket client) throws IOException {
        var heard = new DatagramPacket(new byte[100], 100);
        try {
            client.receive(heard);
            return text(heard);
        } catch (SocketTimeoutException e) {
            return "no answer";
        }
    }

    private static String text(DatagramPacket packet) {
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII);
    }

    private static String upgrade(int admin) throws Exception {
        Process upgrade = new ProcessBuilder(WeirProcess.command("upgrade", "127.0.0.1:" + admin))
                .redirectErrorStream(true).start();
        String said = new String(upgrade.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(upgrade.waitFor()).as(said).isZero();
        return said;
    }

    @Test
    void noAnswerIsLostThatWasUnderWayWhenAnotherProcessTookOver() throws Exception {
        int port = Ports.free();
        int admin = Ports.free();
        var waiting = new ArrayList<DatagramSocket>();
        try (Host host = new Host()) {
            Path file = Files.writeString(folder.resolve("weir.yaml"), """
                    admin: 127.0.0.1:%d
                    listen:
                      - { on: "127.0.0.1:%d", name: names, protocol: udp, to: host, idle_timeout: 100s }
                    services: { host: { at: ["127.0.0.1:%d"] } }
                    """.formatted(admin, port, host.socket.getLocalPort()));
            try (PeerProcess weir = PeerProcess.start("weir", PeerProcess.folder("weir"),
                    WeirProcess.command("run", "--no-follow", file.toString()), admin)) {
                // a datagram to nobody is lost
                Await.until(() -> "it serves\n" + weir.output(), () -> weir.output().contains("serving "));
                underLoad(weir, host, waiting, port, admin);
            }
        } finally {
            waiting.forEach(DatagramSocket::close);
        }
    }

    private static void underLoad(PeerProcess weir, Host host, List<DatagramSocket> waiting, int port, int admin)
            throws Exception {
        var asking = new Asking(ASKING, port);
        try {
            for (int i = 0; i < WAITING; i++) {
                waiting.add(client(port));
                say(waiting.get(i), LATER + i);
            }
            Await.until("all questions are at the host", () -> host.held.size() >= WAITING);
            asking.awaitMore(200);
            upgrade(admin);
            List<ProcessHandle> both = weir.processes();
            assertThat(both).as(weir.output()).hasSize(2);
            asking.awaitMore(200);
            host.answerAll();
            for (int i = 0; i < WAITING; i++) {
                assertThat(heard(waiting.get(i))).as(weir.output()).isEqualTo(LATER + i);
            }
            assertThat(asking.errors).as(weir.output()).isEmpty();
            System.out.printf("an upgrade under load: %d datagrams answered, %d of before%n",
                    asking.answered.get(), WAITING);
            both.forEach(ProcessHandle::destroyForcibly);
        } finally {
            asking.close();
        }
    }
}
