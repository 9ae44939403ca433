package io.weir.discovery.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.cluster.Cluster;
import io.weir.core.model.LookupFamily;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Peers;
import io.weir.testkit.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The same with a server that others wrote. */
class DnsmasqTest {
    private static final int MANY = 400;

    private static PeerProcess dnsmasq(Path folder, int port, String records) {
        Path program = Peers.require("dnsmasq");
        try {
            Files.writeString(folder.resolve("dnsmasq.conf"), """
                    no-resolv
                    no-hosts
                    bind-interfaces
                    listen-address=127.0.0.1
                    port=%d
                    local=/test/
                    local-ttl=1
                    pid-file=
                    %s
                    """.formatted(port, records));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return PeerProcess.start("dnsmasq", folder, List.of(program.toString(), "--keep-in-foreground",
                "--conf-file=" + folder.resolve("dnsmasq.conf"), "--user=", "--group="), port);
    }

    @Test
    void dnsmasqsAnswersAreFollowedAliasesAndLongOnesToo() {
        int port = Ports.free();
        StringBuilder records = new StringBuilder("""
                host-record=web.test,10.0.0.1,2001:db8::1
                cname=alias.test,web.test
                """);
        for (int i = 0; i < MANY; i++) {
            records.append("host-record=many.test,10.1.").append(i / 256).append('.').append(i % 256).append('\n');
        }
        Path folder = PeerProcess.folder("dnsmasq");
        ResolverOptions options = ResolverOptions.of(List.of(Ports.loopback(port)));
        try (PeerProcess _ = dnsmasq(folder, port, records.toString()); Rig rig = new Rig(options)) {
            Rig.awaitHosts(rig.strict(Rig.FAST, "web.test"), "10.0.0.1:8080");
            Rig.awaitHosts(rig.strict(Rig.FAST, "alias.test"), "10.0.0.1:8080");
            Rig.awaitHosts(rig.strict(Rig.options(50, LookupFamily.ALL), "web.test"), "10.0.0.1:8080",
                    "[2001:db8::1]:8080");
            // does not fit into a datagram: asked for again over TCP
            Cluster many = rig.strict(Rig.FAST, "many.test");
            Rig.await("all of many", () -> Rig.hosts(many).size() == MANY);
            Cluster none = rig.strict(Rig.FAST, "none.test");
            Rig.await("none is answered", none::warmed);
            assertThat(none.stats().scope().counter("update_empty").value()).isPositive();
            assertThat(none.stats().updateFailure().value()).isZero();
        }
    }

    @Test
    void aServerThatGoesAndComesBackWithAnotherAnswerIsFollowed() {
        int port = Ports.free();
        InetSocketAddress address = Ports.loopback(port);
        try (Rig rig = new Rig(ResolverOptions.of(List.of(address)).withQueryTimeoutNanos(200_000_000))) {
            Cluster cluster;
            try (PeerProcess _ = dnsmasq(PeerProcess.folder("dnsmasq"), port, "host-record=web.test,10.0.0.1")) {
                cluster = rig.strict(Rig.FAST, "web.test");
                Rig.awaitHosts(cluster, "10.0.0.1:8080");
            }
            Rig.await("its absence is noticed", () -> cluster.stats().updateFailure().value() > 0);
            assertThat(Rig.hosts(cluster)).containsExactly("10.0.0.1:8080");
            try (PeerProcess _ = dnsmasq(PeerProcess.folder("dnsmasq"), port, "host-record=web.test,10.0.0.2")) {
                Rig.awaitHosts(cluster, "10.0.0.2:8080");
            }
        }
    }
}
