package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Ports;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A whole Weir in this process whose listener of datagrams is told another size while it is open. */
@Timeout(60)
class DatagramReloadTest {
    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    static String config(int listener, int host, int bytesMax) {
        return """
                static_resources:
                  listeners:
                  - name: udp
                    address: { socket_address: { protocol: UDP, address: 127.0.0.1, port_value: %d } }
                    udp_listener_config: { downstream_socket_config: { max_rx_datagram_size: %d } }
                    listener_filters: [ { name: udp, typed_config: { "@type":
                      type.googleapis.com/envoy.extensions.filters.udp.udp_proxy.v3.UdpProxyConfig, stat_prefix: u,
                      matcher: { on_no_match: { action: { name: route, typed_config: { "@type":
                      type.googleapis.com/envoy.extensions.filters.udp.udp_proxy.v3.Route, cluster: host } } } } } } ]
                  clusters:
                  - name: host
                    load_assignment: { cluster_name: host, endpoints: [ { lb_endpoints: [ { endpoint:
                      { address: { socket_address: { address: 127.0.0.1, port_value: %d } } } } ] } ] }
                """.formatted(listener, bytesMax, host);
    }

    /** How many bytes the host gets of a datagram of so many. */
    private static int passed(DatagramSocket client, DatagramSocket host, InetSocketAddress to, int bytes)
            throws IOException {
        client.send(new DatagramPacket(new byte[bytes], bytes, to));
        var heard = new DatagramPacket(new byte[4096], 4096);
        host.receive(heard);
        return heard.getLength();
    }

    @Test
    void anotherSizeOfDatagramsCountsAtOnceAndTheListenerGoesOn() throws Exception {
        var any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (DatagramSocket host = new DatagramSocket(any);
                DatagramSocket client = new DatagramSocket(any)) {
            host.setSoTimeout(20_000);
            int listener = Ports.free();
            weir.start(config(listener, host.getLocalPort(), 100));
            var to = weir.listener(0);
            assertThat(passed(client, host, to, 100)).isEqualTo(100);
            for (int bytesMax : List.of(2000, 50, 3000)) {
                weir.reload(config(listener, host.getLocalPort(), bytesMax));
                assertThat(weir.listener(0)).isEqualTo(to);
                client.send(new DatagramPacket(new byte[bytesMax + 1], bytesMax + 1, to));
                assertThat(passed(client, host, to, bytesMax)).as("the longer one was dropped").isEqualTo(bytesMax);
            }
        }
    }

    @Test
    void afterAHandoverAnswersOfBeforeStillComeAndTheProcessEndsWhenNobodyWaitsForMore() throws Exception {
        var any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (DatagramSocket host = new DatagramSocket(any); DatagramSocket client = new DatagramSocket(any)) {
            host.setSoTimeout(20_000);
            client.setSoTimeout(20_000);
            weir.start(config(Ports.free(), host.getLocalPort(), 100).replace("stat_prefix: u,",
                    "stat_prefix: u, idle_timeout: 5s,"));
            client.send(new DatagramPacket(new byte[7], 7, weir.listener(0)));
            var asked = new DatagramPacket(new byte[100], 100);
            host.receive(asked);
            weir.running().departure().succeeded();
            weir.running().conductor().call(() -> 0);
            assertThat(weir.running().listeners().connections()).isEqualTo(1);
            host.send(new DatagramPacket(new byte[9], 9, asked.getSocketAddress()));
            var heard = new DatagramPacket(new byte[100], 100);
            client.receive(heard);
            assertThat(heard.getLength()).isEqualTo(9);
            assertThat(weir.running().life().awaitEnd(40_000)).isTrue();
            assertThat(weir.running().listeners().connections()).isZero();
        }
    }
}
