package io.weir.app.peers.succession;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import io.weir.app.peers.WeirProcess;
import io.weir.testkit.Await;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Peers;
import io.weir.testkit.Ports;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a supervisor hears that speaks the protocol of systemd, by a real socket. Systemd itself does not run here. */
@Timeout(180)
class SupervisorPeerTest {
    private static final Duration WAIT = Duration.ofSeconds(60);
    private static final int MESSAGE_BYTES_MAX = 4096;

    @TempDir
    private Path folder = Path.of("");
    private final int http = Ports.free();
    private final int admin = Ports.free();

    private static Socket bound(String name) throws IOException {
        Epoll.ensureAvailability(); // loads what makes sockets
        Socket socket = Socket.newSocketDomainDgram();
        socket.bind(new DomainSocketAddress(name));
        return socket;
    }

    private static String heard(Socket supervisor) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(MESSAGE_BYTES_MAX);
        int[] length = {0};
        Await.until("it says something", () -> {
            var from = supervisor.recvFromDomainSocket(bytes, 0, bytes.capacity());
            length[0] = from == null ? 0 : from.receivedAmount();
            return from != null;
        });
        byte[] message = new byte[length[0]];
        bytes.get(0, message);
        return new String(message, StandardCharsets.UTF_8);
    }

    private Path write(String more) throws IOException {
        return Files.writeString(folder.resolve("weir.yaml"), """
                admin: 127.0.0.1:%d
                listen:
                  - { on: "127.0.0.1:%d", protocol: tcp, to: web }
                services: { web: { at: ["127.0.0.1:1"] } }
                """.formatted(admin, http) + more);
    }

    private PeerProcess serve(String socket) throws IOException {
        List<String> command = new ArrayList<>(List.of("env", "NOTIFY_SOCKET=" + socket));
        command.addAll(WeirProcess.command("run", "--no-follow", "--drain-time-s", "1", write("").toString()));
        return PeerProcess.start("weir", PeerProcess.folder("weir"), command, http);
    }

    private static void signal(String signal, long pid) throws Exception {
        assertThat(new ProcessBuilder(Peers.require("kill").toString(), "-" + signal, Long.toString(pid)).start()
                .waitFor()).isZero();
    }

    private static void hearsReload(Socket supervisor) throws Exception {
        assertThat(heard(supervisor)).matches("RELOADING=1\nMONOTONIC_USEC=[0-9]+");
        assertThat(heard(supervisor)).isEqualTo("READY=1");
    }

    @Test
    void aSupervisorHearsOfTheStartReloadsAnotherProcessAndTheEnd() throws Exception {
        Path path = folder.resolve("notify.sock");
        Socket supervisor = bound(path.toString());
        try {
            try (PeerProcess weir = serve(path.toString())) {
                assertThat(heard(supervisor)).as(weir.output()).isEqualTo("READY=1");
                signal("HUP", weir.pid());
                hearsReload(supervisor);
                write("nonsense: true\n");
                signal("HUP", weir.pid());
                hearsReload(supervisor); // what it serves is what was before
                write("");
                Process upgrade = new ProcessBuilder(WeirProcess.command("upgrade", "127.0.0.1:" + admin))
                        .redirectErrorStream(true).start();
                String said = new String(upgrade.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(upgrade.waitFor()).as(said + weir.output()).isZero();
                List<String> both = List.of(heard(supervisor), heard(supervisor));
                assertThat(both).contains("READY=1").anyMatch(each -> each.matches("MAINPID=[0-9]+"));
                long next = both.stream().filter(each -> each.startsWith("MAINPID="))
                        .mapToLong(each -> Long.parseLong(each.substring("MAINPID=".length()))).findFirst()
                        .orElseThrow();
                ProcessHandle successor = ProcessHandle.of(next).orElseThrow();
                assertThat(weir.awaitExit(WAIT)).as(weir.output()).isZero();
                signal("TERM", next);
                assertThat(heard(supervisor)).isEqualTo("STOPPING=1");
                successor.onExit().get(WAIT.toSeconds(), TimeUnit.SECONDS);
            }
        } finally {
            supervisor.close();
        }
    }

    @Test
    void anAbstractNameIsAName() throws Exception {
        String name = "weir-test-" + ProcessHandle.current().pid() + "-" + http;
        Socket supervisor = bound("\0" + name);
        try {
            try (PeerProcess weir = serve("@" + name)) {
                assertThat(heard(supervisor)).as(weir.output()).isEqualTo("READY=1");
                signal("TERM", weir.pid());
                assertThat(heard(supervisor)).as(weir.output()).isEqualTo("STOPPING=1");
                assertThat(weir.awaitExit(WAIT)).as(weir.output()).isZero();
            }
        } finally {
            supervisor.close();
        }
    }
}
