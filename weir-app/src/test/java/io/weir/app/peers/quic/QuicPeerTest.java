package io.weir.app.peers.quic;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.boot.ServedWeir;
import io.weir.testkit.Certificates;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Peers;
import io.weir.testkit.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients and servers of ngtcp2, which speak HTTP/3, with Weir's UDP proxy between them. */
@Timeout(120)
class QuicPeerTest {
    private static final int BYTES = 3_000_000;
    /**
     * So long after the handshake a client changes its port, and asks for something: far enough apart for a machine
     * that stands still in between.
     */
    private static final String CHANGED_AFTER = "--change-local-addr=100ms";
    private static final String ASKED_AFTER = "--delay-stream=2s";
    private static final Duration READY_WITHIN = Duration.ofSeconds(30);
    /** A first packet of a version that nobody speaks is answered with those that are (RFC 9000 section 6). */
    private static final byte[] ANY_VERSION = Arrays.copyOf(
            new byte[]{(byte) 0xc0, 0x1a, 0x2a, 0x3a, 0x4a, 8, 1, 2, 3, 4, 5, 6, 7, 8, 8, 8, 7, 6, 5, 4, 3, 2, 1},
            1200);

    @RegisterExtension
    final ServedWeir weir = new ServedWeir();
    @TempDir
    private Path folder = Path.of("");
    private final byte[] much = new byte[BYTES];
    private final List<PeerProcess> servers = new ArrayList<>();

    QuicPeerTest() {
        new Random(7).nextBytes(much);
    }

    @AfterEach
    void endServers() {
        servers.forEach(PeerProcess::close);
    }

    /** Serves who it is, and much. */
    private int server(String name, Certificates.Issued as) throws IOException {
        int port = Ports.free();
        Path home = PeerProcess.folder("quic");
        Path files = Files.createDirectory(home.resolve("www"));
        Files.writeString(files.resolve("who"), name);
        Files.write(files.resolve("much"), much);
        servers.add(PeerProcess.start("gtlsserver", home, List.of(Peers.require("gtlsserver").toString(), "-q", "-d",
                files.toString(), "127.0.0.1", Integer.toString(port), as.key().toString(), as.chain().toString())));
        awaitReady(port);
        return port;
    }

    private static void awaitReady(int port) throws IOException {
        long untilNanos = System.nanoTime() + READY_WITHIN.toNanos();
        try (DatagramSocket asking = new DatagramSocket(Ports.loopback(0))) {
            asking.setSoTimeout(100);
            while (true) {
                asking.send(new DatagramPacket(ANY_VERSION, ANY_VERSION.length, Ports.loopback(port)));
                try {
                    asking.receive(new DatagramPacket(new byte[1500], 1500));
                    return;
                } catch (IOException notYet) {
                    assertThat(System.nanoTime() - untilNanos).as("%s", notYet).isNegative();
                }
            }
        }
    }

    /** Two servers behind Weir, which asks this of its hosts. */
    private void serve(String more) throws IOException {
        try (Certificates authority = Certificates.make()) {
            Certificates.Issued as = authority.issue("quic", "DNS:localhost");
            int one = server("one", as);
            int other = server("other", as);
            weir.start("""
                    admin: "127.0.0.1:0"
                    listen: { on: "127.0.0.1:0", name: quic, protocol: udp, to: quic }
                    services: { quic: { at: ["127.0.0.1:%d", "127.0.0.1:%d"]%s } }
                    """.formatted(one, other, more));
        }
    }

    /** Where a client of one connection puts what it is sent. */
    private Path fetch(String... options) throws IOException, InterruptedException {
        Path got = Files.createTempDirectory(folder, "got");
        String port = Integer.toString(weir.listener(0).getPort());
        List<String> words = new ArrayList<>(List.of(Peers.require("gtlsclient").toString(), "-q",
                "--exit-on-all-streams-close", "--no-http-dump", "--handshake-timeout=40s", "--download=" + got));
        words.addAll(List.of(options));
        words.addAll(List.of("127.0.0.1", port, "https://localhost/much", "https://localhost/who"));
        Process client = new ProcessBuilder(words).redirectErrorStream(true)
                .redirectOutput(folder.resolve("client.log").toFile()).start();
        try {
            assertThat(client.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            client.destroyForcibly();
        }
        return got;
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("client.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String sessions() throws IOException {
        String stats = ServedWeir.ask(weir.admin(),
                "GET /stats?filter=downstream_sess_total HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        return stats.substring(stats.lastIndexOf("downstream_sess_total: ")).strip();
    }

    @Test
    void aConnectionStaysWithItsHostAndWhatItCarriesIsWhole() throws Exception {
        serve("");
        var heard = new TreeSet<String>();
        for (int i = 0; i < 4; i++) {
            Path got = fetch();
            assertThat(Files.readAllBytes(got.resolve("much"))).as(log()).isEqualTo(much);
            heard.add(Files.readString(got.resolve("who")));
        }
        assertThat(heard).containsExactly("one", "other");
        assertThat(sessions()).isEqualTo("downstream_sess_total: 4");
    }

    /** As a client does that has changed its network, or whose router has forgotten it (RFC 9000 section 9). */
    @ParameterizedTest
    @ValueSource(strings = {CHANGED_AFTER, "--nat-rebinding"})
    void aClientThatChangesItsPortGoesOnWithItsHostWhereItsAddressIsHashed(String how) throws Exception {
        serve(", hash: source_ip");
        Path got = fetch(CHANGED_AFTER, how, ASKED_AFTER);
        assertThat(Files.readAllBytes(got.resolve("much"))).as(log()).isEqualTo(much);
        assertThat(sessions()).isEqualTo("downstream_sess_total: 2");
    }

    @Test
    void aClientThatChangesItsPortIsAnotherOneWhereHostsAreTakenInTurnsAndItsConnectionEnds() throws Exception {
        serve("");
        Path got = fetch(CHANGED_AFTER, "--nat-rebinding", ASKED_AFTER, "--timeout=5s");
        Path who = got.resolve("who"); // made when it is asked for
        assertThat(Files.exists(who) ? Files.size(who) : 0).as(log()).isZero();
        assertThat(sessions()).isEqualTo("downstream_sess_total: 2");
        got = fetch();
        assertThat(Files.readAllBytes(got.resolve("much"))).as(log()).isEqualTo(much);
    }
}
