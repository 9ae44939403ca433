package io.weir.app.peers.tiers;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.boot.ServedWeir;
import io.weir.app.peers.WeirProcess;
import io.weir.testkit.Await;
import io.weir.testkit.Nginx;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Peers;
import io.weir.testkit.Ports;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A tier of Weirs that pass requests on, of which one is replaced or killed while clients ask. */
@Timeout(180)
class TiersPeerTest {
    private static final int CLIENTS = 16;
    /** A drain asks for 5 s, and has the rest for those who are slow: the machine may be. */
    private static final int DRAIN_SECONDS = 20;
    private static final Duration END_WITHIN = Duration.ofSeconds(60);

    @RegisterExtension
    final ServedWeir front = new ServedWeir();

    private static WeirProcess requests(String address, int port, int admin, int web) throws IOException {
        WeirProcess weir = WeirProcess.run("""
                admin: "127.0.0.1:%d"
                listen: { on: "%s:%d", to: web }
                services: { web: { at: ["127.0.0.1:%d"] } }
                """.formatted(admin, address, port, web), DRAIN_SECONDS, new int[]{admin});
        try {
            Await.until(weir::output, () -> weir.output().contains("serving "));
        } catch (AssertionError e) {
            weir.close();
            throw e;
        }
        return weir;
    }

    /** Passes connections on, to hosts whose admin says that they are ready. */
    private static String connections(int[] ports, int[] admins) {
        String host = """
                        - endpoint:
                            address: { socket_address: { address: 127.0.0.1, port_value: %d } }
                            health_check_config: { port_value: %d }
                """;
        return """
                admin: { address: { socket_address: { address: 127.0.0.1, port_value: 0 } } }
                static_resources:
                  listeners:
                  - name: front
                    address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                    filter_chains: [ { filters: [ { name: tcp, typed_config: {
                      "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy,
                      stat_prefix: front, cluster: tier, max_connect_attempts: 2 } } ] } ]
                  clusters:
                  - name: tier
                    connect_timeout: 20s
                    health_checks: [ { timeout: 5s, interval: 0.2s, no_traffic_interval: 0.2s, unhealthy_threshold: 1,
                      healthy_threshold: 1, http_health_check: { path: /ready } } ]
                    load_assignment:
                      cluster_name: tier
                      endpoints:
                      - lb_endpoints:
                """ + host.formatted(ports[0], admins[0]) + host.formatted(ports[1], admins[1]);
    }

    private boolean well(int port) throws IOException {
        return ServedWeir
                .ask(front.admin(), "GET /clusters HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                .contains("127.0.0.1:" + port + "::health_flags::healthy");
    }

    private void awaitWell(int port) {
        Await.until("port " + port + " is well", () -> well(port));
    }

    /** A tier that is rolled, behind one that passes connections on and learns of the end by its checks alone. */
    @Test
    void weirsThatAreReplacedOneAfterTheOtherBehindAWeirOfConnectionsFailNoRequestAndResetNoConnection()
            throws Exception {
        int web = Ports.free();
        int[] ports = {Ports.free(), Ports.free()};
        int[] admins = {Ports.free(), Ports.free()};
        var tier = new ArrayList<WeirProcess>();
        try (PeerProcess backend = Nginx.answering(web, "well")) {
            for (int i = 0; i < 2; i++) {
                tier.add(requests("127.0.0.1", ports[i], admins[i], web));
            }
            front.start(connections(ports, admins));
            awaitWell(ports[0]);
            awaitWell(ports[1]);
            try (KeptClients clients = KeptClients.start(
                    Collections.nCopies(CLIENTS, List.of(front.listener(0))), 2)) {
                for (int i = 0; i < 2; i++) {
                    clients.awaitMore(500);
                    WeirProcess leaving = tier.get(i);
                    leaving.terminate();
                    assertThat(leaving.awaitExit(END_WITHIN)).as(leaving.output()).isZero();
                    assertThat(leaving.output()).contains("drained").doesNotContain("connections left");
                    clients.awaitMore(200);
                    leaving.close();
                    tier.set(i, requests("127.0.0.1", ports[i], admins[i], web));
                    awaitWell(ports[i]);
                }
                clients.awaitMore(500);
                clients.finish();
                System.out.printf("two Weirs replaced behind another: %d answers, asked again %s%n",
                        clients.answered(), clients.askedAgain());
                assertThat(clients.errors()).isEmpty();
                assertThat(clients.askedAgain()).isEmpty();
            }
            assertThat(backend.alive()).isTrue();
        } finally {
            tier.forEach(WeirProcess::close);
        }
    }

    /** Both addresses of one name, in turns. */
    private static PeerProcess names(int port) throws IOException {
        Path folder = PeerProcess.folder("dnsmasq");
        Files.writeString(folder.resolve("dnsmasq.conf"), """
                no-resolv
                no-hosts
                bind-interfaces
                listen-address=127.0.0.1
                port=%d
                local=/test/
                pid-file=
                host-record=web.test,127.0.0.2
                host-record=web.test,127.0.0.3
                """.formatted(port));
        return PeerProcess.start("dnsmasq", folder, List.of(Peers.require("dnsmasq").toString(),
                "--keep-in-foreground", "--conf-file=" + folder.resolve("dnsmasq.conf"), "--user=", "--group="), port);
    }

    private static List<InetSocketAddress> addresses(int names, int port) throws IOException, InterruptedException {
        Process dig = new ProcessBuilder(Peers.require("dig").toString(), "@127.0.0.1", "-p", String.valueOf(names),
                "+short", "+tries=10", "web.test").start();
        String said = new String(dig.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(dig.waitFor()).as(said).isZero();
        return said.lines().map(address -> new InetSocketAddress(address, port)).toList();
    }

    /** Clients resolve a name that has both, and ask the next address when the one before does not answer. */
    @Test
    void whenOneOfTwoWeirsOfANameIsKilledItsClientsAreAnsweredByTheOther() throws Exception {
        int web = Ports.free();
        int port = Ports.free();
        int names = Ports.free();
        try (PeerProcess backend = Nginx.answering(web, "well");
                PeerProcess dns = names(names);
                WeirProcess killed = requests("127.0.0.2", port, Ports.free(), web);
                WeirProcess stays = requests("127.0.0.3", port, Ports.free(), web)) {
            List<List<InetSocketAddress>> known = new ArrayList<>();
            Set<InetSocketAddress> first = new HashSet<>();
            for (int i = 0; i < CLIENTS; i++) {
                known.add(addresses(names, port));
                assertThat(known.getLast()).hasSize(2);
                first.add(known.getLast().getFirst());
            }
            assertThat(first).as("in turns").hasSize(2);
            try (KeptClients clients = KeptClients.start(known, 3)) {
                clients.awaitMore(500);
                killed.processes().forEach(ProcessHandle::destroyForcibly); // SIGKILL
                clients.awaitMore(1_000);
                clients.finish();
                System.out.printf("one of two Weirs killed: %d answers, asked again %d%n", clients.answered(),
                        clients.askedAgain().size());
                assertThat(clients.errors()).isEmpty();
                assertThat(clients.askedAgain()).hasSizeBetween(1, 2 * CLIENTS);
            }
            assertThat(backend.alive() && dns.alive()).isTrue();
            assertThat(stays.output()).doesNotContain("ERROR");
        }
    }
}
