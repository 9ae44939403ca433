package io.weir.app.peers.names;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.boot.RunOptions;
import io.weir.app.boot.Running;
import io.weir.app.boot.Source;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Peers;
import io.weir.testkit.Ports;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Twenty thousand questions through Weir to two BIND, of which one is killed in their midst. */
@Timeout(120)
class NamesLoadPeerTest {
    private static final int QUESTIONS = 20_000;
    private static final int CLIENTS = 32;
    private static final int PATIENCE_MILLIS = 1_000;
    private static final int TRIES_MAX = 20;

    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();
    private final Set<String> hosts = ConcurrentHashMap.newKeySet();

    private static PeerProcess named(int port, String address) throws IOException {
        Path program = Peers.require("named");
        Path folder = PeerProcess.folder("named");
        Files.writeString(folder.resolve("test.zone"), """
                $TTL 60
                @ IN SOA ns.test. root.test. 1 60 60 60 60
                @ IN NS ns.test.
                ns IN A 127.0.0.1
                web IN A %s
                """.formatted(address));
        Files.writeString(folder.resolve("named.conf"), """
                options {
                  directory "%s"; listen-on port %d { 127.0.0.1; }; listen-on-v6 { none; }; pid-file none;
                  session-keyfile none; recursion no; dnssec-validation no;
                };
                controls { };
                zone "test" { type primary; file "test.zone"; };
                """.formatted(folder, port));
        return PeerProcess.start("named", folder,
                List.of(program.toString(), "-g", "-n", "1", "-c", folder.resolve("named.conf").toString()), port);
    }

    /** A question for the address of web.test (RFC 1035 section 4). */
    private static byte[] question(int id) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(new byte[]{(byte) (id >> 8), (byte) id, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0});
        for (String label : List.of("web", "test")) {
            out.write(label.length());
            out.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        out.writeBytes(new byte[]{0, 0, 1, 0, 1});
        return out.toByteArray();
    }

    /** Asks until it is answered; the address stands in the first record behind the question. */
    private void ask(DatagramSocket socket, int id) throws IOException {
        byte[] question = question(id);
        var heard = new DatagramPacket(new byte[512], 512);
        for (int tries = 0; tries < TRIES_MAX; tries++) {
            socket.send(new DatagramPacket(question, question.length));
            try {
                do {
                    heard.setLength(512);
                    socket.receive(heard);
                } while (heard.getData()[0] != question[0] || heard.getData()[1] != question[1]);
                int at = question.length + 12;
                hosts.add(InetAddress.getByAddress(Arrays.copyOfRange(heard.getData(), at, at + 4))
                        .getHostAddress());
                answered.incrementAndGet();
                return;
            } catch (SocketTimeoutException e) {
                lost.incrementAndGet();
            }
        }
    }

    private Callable<Void> client(InetSocketAddress weir, int first, PeerProcess victim) {
        return () -> {
            try (DatagramSocket socket = new DatagramSocket(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
                socket.connect(weir);
                socket.setSoTimeout(PATIENCE_MILLIS);
                for (int i = first; i < QUESTIONS; i += CLIENTS) {
                    if (i == QUESTIONS / 2) {
                        victim.kill();
                    }
                    ask(socket, i);
                }
            }
            return null;
        };
    }

    @Test
    void everyQuestionIsAnsweredAndAKilledServerCostsEachClientFew() throws Exception {
        int one = Ports.free();
        int other = Ports.free();
        try (PeerProcess victim = named(one, "10.0.0.1"); PeerProcess stays = named(other, "10.0.0.2")) {
            Running.Start start = Running.start(Source.text("names", """
                    listen: { on: "127.0.0.1:0", protocol: udp, to: dns }
                    services: { dns: { at: ["127.0.0.1:%d", "127.0.0.1:%d"] } }
                    """.formatted(one, other)), RunOptions.of(2, 1, false));
            assertThat(start).isInstanceOf(Running.Start.Serving.class);
            try (Running weir = ((Running.Start.Serving) start).running();
                    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var address = (InetSocketAddress) weir.addresses().getFirst();
                long beganNanos = System.nanoTime();
                List<Future<Void>> all = new ArrayList<>();
                for (int i = 0; i < CLIENTS; i++) {
                    all.add(threads.submit(client(address, i, victim)));
                }
                for (Future<Void> each : all) {
                    each.get();
                }
                System.out.printf("%d questions in %d ms: %d answered, %d asked again%n", QUESTIONS,
                        (System.nanoTime() - beganNanos) / 1_000_000, answered.get(), lost.get());
            }
            assertThat(answered.get()).isEqualTo(QUESTIONS);
            assertThat(hosts).containsExactlyInAnyOrder("10.0.0.1", "10.0.0.2");
            assertThat(lost.get()).as("asked again").isLessThan(10 * CLIENTS);
            assertThat(stays.alive()).isTrue();
        }
    }
}
