package io.weir.stream.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.cluster.Cluster;
import io.weir.core.model.CircuitLimits;
import io.weir.core.model.Endpoint;
import io.weir.observe.log.AccessRecord;
import io.weir.stream.udp.UdpRig.Client;
import io.weir.stream.udp.UdpRig.Echo;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UdpProxyTest {
    private static final UdpProxySpec SPEC = UdpProxySpec.of("test", "backend");

    private final Echo a = new Echo("a");
    private final Echo b = new Echo("b");
    private final Echo c = new Echo("c");
    private final List<Client> clients = new ArrayList<>();

    @AfterEach
    void close() {
        clients.forEach(Client::close);
        a.close();
        b.close();
        c.close();
    }

    private List<Client> clients(UdpRig rig, int count) {
        for (int i = 0; i < count; i++) {
            clients.add(rig.client());
        }
        return clients;
    }

    @Test
    void eachClientStaysWithItsHostAndHearsItsOwnAnswers() {
        try (UdpRig rig = new UdpRig(SPEC)) {
            rig.cluster(a, b, c);
            Set<String> hosts = new HashSet<>();
            int number = 0;
            for (Client client : clients(rig, 9)) {
                number++;
                String host = client.ask("0").substring(0, 1);
                hosts.add(host);
                for (int i = 0; i < 20; i++) {
                    assertThat(client.ask(number + "-" + i)).isEqualTo(host + number + "-" + i);
                }
            }
            assertThat(hosts).hasSize(3);
            assertThat(rig.stat("udp.test.downstream_sess_total")).isEqualTo(9);
            assertThat(rig.stat("udp.test.downstream_sess_active")).isEqualTo(9);
            assertThat(rig.stat("udp.test.downstream_sess_rx_datagrams")).isEqualTo(9 * 21);
            assertThat(rig.stat("udp.test.downstream_sess_tx_datagrams")).isEqualTo(9 * 21);
            assertThat(rig.stat("cluster.backend.udp.sess_tx_datagrams")).isEqualTo(9 * 21);
        }
    }

    @Test
    void aBurstComesBackWhole() {
        try (UdpRig rig = new UdpRig(SPEC)) {
            rig.cluster(a);
            Client client = clients(rig, 1).getFirst();
            Set<String> heard = new HashSet<>();
            for (int i = 0; i < 50; i++) {
                client.say("n" + i);
            }
            for (int i = 0; i < 50; i++) {
                heard.add(client.hear());
            }
            assertThat(heard).hasSize(50).contains("an0", "an49");
        }
    }

    @Test
    void aSessionThatSaysNothingEndsAndIsLogged() throws InterruptedException {
        try (UdpRig rig = new UdpRig(SPEC.withIdleTimeoutNanos(TimeUnit.MILLISECONDS.toNanos(500)))) {
            rig.cluster(a);
            assertThat(clients(rig, 1).getFirst().ask("hello")).isEqualTo("ahello");
            AccessRecord record = rig.records.poll(20, TimeUnit.SECONDS);
            assertThat(record).isNotNull();
            assertThat(record.bytesReceived()).isEqualTo(5);
            assertThat(record.bytesSent()).isEqualTo(6);
            assertThat(record.upstreamCluster()).isEqualTo("backend");
            assertThat(rig.stat("udp.test.idle_timeout")).isEqualTo(1);
            assertThat(rig.stat("udp.test.downstream_sess_active")).isZero();
        }
    }

    @Test
    void datagramsOfOneClientGoToAllHostsWhereEachIsChosenFor() {
        try (UdpRig rig = new UdpRig(SPEC.withPerDatagram())) {
            rig.cluster(a, b, c);
            Client client = clients(rig, 1).getFirst();
            Set<String> hosts = new HashSet<>();
            for (int i = 0; i < 3; i++) {
                hosts.add(client.ask("x"));
            }
            assertThat(hosts).containsExactlyInAnyOrder("ax", "bx", "cx");
        }
    }

    @Test
    void thereAreNoMoreSessionsThanTheClusterHasConnections() {
        try (UdpRig rig = new UdpRig(SPEC)) {
            rig.cluster(UdpRig.spec(a).withLimits(new CircuitLimits(2, 9, 9, 9)));
            List<Client> three = clients(rig, 3);
            assertThat(three.get(0).ask("1")).isEqualTo("a1");
            assertThat(three.get(1).ask("1")).isEqualTo("a1");
            three.get(2).say("1");
            UdpRig.await("the third is turned away", () -> rig.stat("cluster.backend.upstream_cx_overflow") == 1);
            assertThat(three.get(0).ask("2")).isEqualTo("a2");
            assertThat(rig.stat("udp.test.downstream_sess_active")).isEqualTo(2);
        }
    }

    @Test
    void clientsOfAHostThatRefusesGoToTheOthers() {
        try (UdpRig rig = new UdpRig(SPEC)) {
            rig.cluster(a, b, c);
            for (Client client : clients(rig, 6)) {
                client.ask("x");
            }
            a.close();
            for (Client client : clients) {
                assertThat(client.askAgain("y")).isIn("by", "cy");
            }
            assertThat(rig.stat("cluster.backend.udp.sess_rx_errors")).isPositive();
            assertThat(rig.stat("udp.test.downstream_sess_total")).isEqualTo(6);
        }
    }

    @Test
    void clientsOfAHostThatIsGoneGoToTheOthers() {
        try (UdpRig rig = new UdpRig(SPEC)) {
            Cluster cluster = rig.cluster(a, b, c);
            for (Client client : clients(rig, 6)) {
                client.ask("x");
            }
            cluster.endpoints(List.of(Endpoint.of(b.address())), System.nanoTime());
            for (Client client : clients) {
                assertThat(client.ask("y")).isEqualTo("by");
            }
        }
    }

    @Test
    void aChangeOfTheConfigurationKeepsSessions() {
        try (UdpRig rig = new UdpRig(SPEC)) {
            rig.cluster(a, b, c);
            List<String> before = clients(rig, 6).stream().map(client -> client.ask("x")).toList();
            rig.proxy.change(SPEC.withIdleTimeoutNanos(TimeUnit.MINUTES.toNanos(5)), rig.stats, rig.log(), rig.workers);
            assertThat(clients.stream().map(client -> client.ask("x"))).isEqualTo(before);
            assertThat(rig.stat("udp.test.downstream_sess_total")).isEqualTo(6);
        }
    }

    @Test
    void whatIsTooLongIsDroppedAndCountedBothWays() {
        try (UdpRig rig = new UdpRig(SPEC)) {
            rig.cluster(a);
            Client client = clients(rig, 1).getFirst();
            client.say(new byte[UdpRig.BYTES_MAX + 1]);
            UdpRig.await("it is counted", () -> rig.stat("dropped") == 1);
            client.say(new byte[UdpRig.BYTES_MAX]); // its answer is a byte longer
            UdpRig.await("it is counted", () -> rig.stat("cluster.backend.udp.sess_rx_datagrams_dropped") == 1);
            assertThat(client.ask("x")).isEqualTo("ax");
        }
    }

    @Test
    void withoutAClusterOrAHostNothingIsKept() {
        try (UdpRig rig = new UdpRig(SPEC)) {
            Client client = clients(rig, 1).getFirst();
            client.say("x");
            UdpRig.await("it is counted", () -> rig.stat("udp.test.downstream_sess_no_route") == 1);
            rig.cluster(UdpRig.spec());
            client.say("x");
            UdpRig.await("it is counted", () -> rig.stat("cluster.backend.upstream_cx_none_healthy") == 1);
            assertThat(rig.stat("udp.test.downstream_sess_active")).isZero();
        }
    }
}
