package io.weir.app.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Await;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole Weir in this process, from the file to the shares of hosts that report their load on streams. What a real
 * gRPC server makes of the call is tested where the call is made; these hosts only say what one would.
 */
@Timeout(60)
class LoadReportsTest {

    @TempDir
    private Path folder = Path.of("");

    /** Speaks HTTP/1.1 with who does, and to who speaks HTTP/2 it reports once how loaded it is. */
    private record Reporting(ServerSocket server, String name, double utilization) implements AutoCloseable {
        static Reporting start(String name, double utilization) throws IOException {
            var host = new Reporting(new ServerSocket(0, 100, InetAddress.getLoopbackAddress()), name, utilization);
            Thread.ofVirtual().start(host::accept);
            return host;
        }

        private void accept() {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    Thread.ofVirtual().start(() -> serve(socket));
                } catch (IOException closed) {
                    return;
                }
            }
        }

        private void serve(Socket socket) {
            try (socket; InputStream in = socket.getInputStream()) {
                byte[] bytes = new byte[4096];
                int read = in.read(bytes);
                boolean http2 = read > 2 && bytes[0] == 'P' && bytes[1] == 'R';
                if (http2) {
                    socket.getOutputStream().write(report());
                }
                for (; read > 0; read = in.read(bytes)) {
                    if (!http2) { // else it is an acknowledgement
                        socket.getOutputStream().write(answer());
                    }
                }
            } catch (IOException ended) {
                // whoever asked has gone
            }
        }

        private byte[] answer() {
            return ("HTTP/1.1 200 OK\r\nContent-Length: " + name.length() + "\r\n\r\n" + name)
                    .getBytes(StandardCharsets.US_ASCII);
        }

        /** Settings; a head with :status 200; a message of application_utilization and a rps_fractional of 100. */
        private byte[] report() {
            ByteBuffer frames = ByteBuffer.allocate(128);
            frames.put(HexFormat.of().parseHex("000000040000000000" + "00000101040000000188" + "000017000000000001"
                    + "0000000012"));
            frames.order(ByteOrder.LITTLE_ENDIAN).put((byte) 0x49).putDouble(utilization).put((byte) 0x31)
                    .putDouble(100);
            byte[] sent = new byte[frames.position()];
            frames.flip().get(sent);
            return sent;
        }

        int port() {
            return server.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    private static String endpoint(Reporting host) {
        return "{ endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: " + host.port() + " } } } }";
    }

    private static Map<String, Integer> answers(int port, int requests) throws IOException {
        Map<String, Integer> answers = new TreeMap<>();
        try (RawHttp client = RawHttp.connect(port)) {
            for (int i = 0; i < requests; i++) {
                answers.merge(client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").response().body(), 1, Integer::sum);
            }
        }
        return answers;
    }

    @Test
    void hostsThatReportOnStreamsHaveTheSharesThatFollow() throws Exception {
        try (Reporting one = Reporting.start("one", 0.5); Reporting two = Reporting.start("two", 0.25)) {
            Path file = Files.writeString(folder.resolve("weir.yaml"),
                    """
                            listen: { on: "127.0.0.1:0", to: web }
                            services: {}
                            envoy:
                              static_resources:
                                clusters:
                                - name: web
                                  load_assignment: { cluster_name: web, endpoints: [ { lb_endpoints: [ %s, %s ] } ] }
                                  load_balancing_policy:
                                    policies:
                                    - typed_extension_config:
                                        name: reports
                                        typed_config:
                                          "@type": type.googleapis.com/envoy.extensions.load_balancing_policies.client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin
                                          enable_oob_load_report: true
                                          oob_reporting_period: 1s
                                          blackout_period: 0s
                                          weight_update_period: 0.1s
                            """
                            .formatted(endpoint(one), endpoint(two)));
            Running.Start start = Running.start(Source.file(file), RunOptions.of(2, 1, true));
            assertThat(start).isInstanceOf(Running.Start.Serving.class);
            if (start instanceof Running.Start.Serving(Running serving)) {
                try (serving) {
                    int port = ((InetSocketAddress) serving.addresses().getFirst()).getPort();
                    Await.until(() -> "shares of 1 to 2, and not " + answers(port, 300),
                            () -> answers(port, 300).equals(Map.of("one", 100, "two", 200)));
                }
            }
        }
    }
}
