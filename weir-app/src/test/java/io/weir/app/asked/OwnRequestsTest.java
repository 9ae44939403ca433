package io.weir.app.asked;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.boot.ServedWeir;
import io.weir.app.text.OneListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What Weir asks by itself of hosts that are told of clients: there is none to tell of. */
@Timeout(120)
class OwnRequestsTest {
    /** "The PROXY protocol", section 2.2: the signature, version 2 and LOCAL, no family, no length. */
    private static final String LOCAL = "0d0a0d0a000d0a515549540a20000000";

    private static final String TOLD = """
            transport_socket:
                name: told
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.transport_sockets.proxy_protocol.v3\
            .ProxyProtocolUpstreamTransport
                  config: { version: V2 }
                  transport_socket: { name: envoy.transport_sockets.raw_buffer }
              load_assignment:""";

    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    private static String web(int port) {
        return """
                - name: web
                  load_assignment:
                    cluster_name: web
                    endpoints: [ { lb_endpoints: [ { endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: %d } } } } ] } ]
                """
                .formatted(port);
    }

    private void start(String filters, int port) throws IOException {
        weir.start(OneListener.text("", filters, "", web(weir.port(0))
                + AskedService.cluster("asked", port).replace("load_assignment:", TOLD)));
    }

    private static void hears(ServerSocket server) throws IOException {
        try (Socket from = server.accept()) {
            assertThat(HexFormat.of().formatHex(from.getInputStream().readNBytes(16))).isEqualTo(LOCAL);
        }
    }

    @Test
    void aServiceThatIsAskedHearsThatWeirAsks() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            start(OneListener.filter("ext_authz.v3.ExtAuthz", """
                    stat_prefix: door
                    transport_api_version: V3
                    grpc_service: { envoy_grpc: { cluster_name: asked }, timeout: 60s }
                    """) + OneListener.HELLO, server.getLocalPort());
            try (Socket client = weir.connect()) {
                hears(server);
                assertThat(client.getInputStream().readAllBytes()).as("the service has closed").isEmpty();
            }
        }
    }

    @Test
    void whoGetsCopiesHearsThatWeirSendsThem() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            start(OneListener.http("", """
                    routes:
                    - match: { prefix: / }
                      route: { cluster: web, request_mirror_policies: [ { cluster: asked } ] }
                    """), server.getLocalPort());
            weir.ask("/");
            hears(server);
        }
    }
}
