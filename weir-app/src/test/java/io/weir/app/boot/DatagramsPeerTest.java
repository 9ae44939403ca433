package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.PeerProcess;
import io.weir.testkit.Peers;
import io.weir.testkit.Ports;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A whole Weir before two servers of names, asked by dig. */
class DatagramsPeerTest {
    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    private static PeerProcess dnsmasq(int port, String address) throws IOException {
        Path program = Peers.require("dnsmasq");
        Path folder = PeerProcess.folder("dnsmasq");
        Files.writeString(folder.resolve("dnsmasq.conf"), """
                no-resolv
                no-hosts
                bind-interfaces
                listen-address=127.0.0.1
                port=%d
                local=/test/
                pid-file=
                host-record=web.test,%s
                """.formatted(port, address));
        return PeerProcess.start("dnsmasq", folder, List.of(program.toString(), "--keep-in-foreground",
                "--conf-file=" + folder.resolve("dnsmasq.conf"), "--user=", "--group="), port);
    }

    private String dig() throws IOException, InterruptedException {
        Process dig = new ProcessBuilder(Peers.require("dig").toString(), "@127.0.0.1", "-p",
                String.valueOf(weir.listener(0).getPort()), "+short", "+timeout=1", "+tries=20", "web.test")
                .redirectErrorStream(true).start();
        String said = new String(dig.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(dig.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return said.lines().reduce("", (_, line) -> line); // behind what it says of answers that it has waited for
    }

    private static String config(int one, int other, String idle) {
        return """
                listen:
                  - { on: "127.0.0.1:0", name: names, protocol: udp, to: dns, idle_timeout: %s }
                services:
                  dns: { at: ["127.0.0.1:%d", "127.0.0.1:%d"] }
                """.formatted(idle, one, other);
    }

    @Test
    void digIsAnsweredByBothServersAndByTheOtherWhenOneIsGone() throws IOException, InterruptedException {
        Peers.require("dig");
        int one = Ports.free();
        int other = Ports.free();
        try (PeerProcess _ = dnsmasq(one, "10.0.0.1")) {
            try (PeerProcess _ = dnsmasq(other, "10.0.0.2")) {
                weir.start(config(one, other, "20s"));
                Set<String> heard = new HashSet<>();
                for (int i = 0; i < 6; i++) {
                    heard.add(dig());
                }
                assertThat(heard).containsExactlyInAnyOrder("10.0.0.1", "10.0.0.2");
                weir.reload(config(one, other, "30s"));
                assertThat(dig()).isIn("10.0.0.1", "10.0.0.2");
            }
            for (int i = 0; i < 6; i++) {
                assertThat(dig()).isEqualTo("10.0.0.1");
            }
        }
    }
}
