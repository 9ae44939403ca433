package io.weir.app.told;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.boot.ServedWeir;
import io.weir.testkit.Await;
import io.weir.testkit.Ports;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections whose destination a proxy before Weir tells in the PROXY protocol, to two real backends. */
@Timeout(60)
class ToldDestinationTest {
    private static final byte[] SIGNATURE = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};
    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final String INSPECTOR = "{ name: tls, typed_config: { \"@type\":"
            + " type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector } }";

    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    /** PROXY protocol version 2, PROXY, TCP over IPv4. */
    private static byte[] told(String from, int toPort) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.write(SIGNATURE);
        out.write(0x21);
        out.write(0x11);
        out.writeShort(12);
        out.write(InetAddress.ofLiteral(from).getAddress());
        out.write(LOOPBACK);
        out.writeShort(4000);
        out.writeShort(toPort);
        return bytes.toByteArray();
    }

    /** Everything that comes back; a reset is an end too. */
    private static String ask(InetSocketAddress where, byte[] header) throws IOException {
        try (var socket = new Socket(where.getAddress(), where.getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(header);
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".getBytes(
                            StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (SocketException reset) {
            return "";
        }
    }

    private static String tcp() {
        return """
                { name: tcp, typed_config: {
                    "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy,
                    stat_prefix: tcp, cluster: there } }""";
    }

    private static String http(String route) {
        return """
                { name: http, typed_config: {
                    "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager,
                    stat_prefix: http,
                    http_filters: [ { name: router, typed_config: {
                      "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router } } ],
                    route_config: { virtual_hosts: [ { name: all, domains: ["*"], routes: [ {
                      match: { prefix: / }, %s } ] } ] } } }"""
                .formatted(route);
    }

    private static String listener(String name, int port, String more, String filters, String filter) {
        return """
                - name: %s
                  address: { socket_address: { address: 127.0.0.1, port_value: %d } }
                  %s
                  listener_filters: [ %s ]
                  filter_chains: [ { filters: [ %s ] } ]
                """.formatted(name, port, more, filters, filter.replaceAll("\\s*\\n\\s*", " ")).indent(2);
    }

    private void start(String listeners) throws IOException {
        start("", listeners);
    }

    private void start(String process, String listeners) throws IOException {
        weir.start(process + text(listeners));
    }

    private void reload(String listeners) throws IOException {
        weir.reload(text(listeners));
    }

    private static String text(String listeners) {
        return """
                admin: { address: { socket_address: { address: 127.0.0.1, port_value: 0 } } }
                static_resources:
                  listeners:
                """ + listeners + """
                  clusters:
                  - { name: there, type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED, connect_timeout: 5s }
                """;
    }

    private static String proxied() {
        return "{ name: proxy, typed_config: { \"@type\":"
                + " type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol } }";
    }

    private String stat(String name) throws IOException {
        return weir.stats("^" + name + "$").strip();
    }

    private void becomes(String name, long value) {
        String wanted = name.replace("\\", "") + ": " + value;
        Await.until(() -> wanted + ", and not " + stat(name), () -> stat(name).contains(wanted));
    }

    private void eachGoesWhereItsHeaderSays(String filter) throws IOException {
        start(listener("in", 0, "", proxied(), filter));
        for (int i = 0; i < 2; i++) {
            assertThat(ask(weir.listener(0), told("10.1.2.3", weir.port(0)))).contains("Hello from one");
            assertThat(ask(weir.listener(0), told("10.1.2.3", weir.port(1)))).contains("Hello from two");
        }
    }

    @Test
    void bytesGoWhereTheHeaderSaysThatTheyWereGoing() throws Exception {
        eachGoesWhereItsHeaderSays(tcp());
    }

    @Test
    void requestsGoWhereTheHeaderSaysThatTheirConnectionWasGoing() throws Exception {
        eachGoesWhereItsHeaderSays(http("route: { cluster: there }"));
    }

    @Test
    void whatWasGoingToWeirItselfGoesNowhere() throws Exception {
        start(listener("in", 0, "", proxied(), http("route: { cluster: there }")));
        assertThat(ask(weir.listener(0), told("10.1.2.3", weir.listener(0).getPort()))).startsWith("HTTP/1.1 503");
        assertThat(ask(weir.listener(0), told("10.1.2.3", weir.port(0)))).contains("Hello from one");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", INSPECTOR})
    void theListenerOfTheAddressHasTheConnectionWithWhatIsKnownOfItsClient(String filters) throws Exception {
        int port = Ports.free();
        String answer = """
                direct_response: { status: 200, body: { inline_string: "handed on" } },
                response_headers_to_add: [ { header: { key: x-client, value: "%DOWNSTREAM_REMOTE_ADDRESS%" } } ]""";
        start(listener("in", 0, "use_original_dst: true\n  stat_prefix: in", proxied(), tcp())
                + listener("other", port, "bind_to_port: false\n  stat_prefix: other", filters, http(answer)));
        assertThat(ask(weir.listener(0), told("10.1.2.3", port))).contains("handed on")
                .contains("x-client: 10.1.2.3:4000");
        assertThat(ask(weir.listener(0), told("10.1.2.3", weir.port(1)))).as("nobody's address")
                .contains("Hello from two");
        becomes("listener\\.other\\.downstream_cx_total", 1);
        becomes("listener\\.other\\.downstream_cx_active", 0);
        becomes("listener\\.in\\.downstream_cx_destroy", 2);
        becomes("listener\\.in\\.downstream_cx_active", 0);
    }

    @Test
    void aListenerThatIsClosedIsHandedNothingOnAlsoWhenItHasChanged() throws Exception {
        int port = Ports.free();
        String answer = "direct_response: { status: 200, body: { inline_string: %s } }";
        String in = listener("in", 0, "use_original_dst: true", proxied(), tcp());
        String any = listener("any", port, "bind_to_port: false", "", http(answer.formatted("instead")))
                .replace("127.0.0.1", "0.0.0.0");
        String other = listener("other", port, "bind_to_port: false", "", http(answer));
        start(in + other.formatted("handed"));
        assertThat(ask(weir.listener(0), told("10.1.2.3", port))).contains("handed");
        assertThat(ServedWeir.ask(weir.admin(), "POST /drain_listeners?listener=other HTTP/1.1\r\nHost: a\r\n"
                + "Connection: close\r\n\r\n")).startsWith("HTTP/1.1 200");
        Await.until("it is closed", () -> ask(weir.listener(0), told("10.1.2.3", port)).isEmpty());
        reload(in + other.formatted("changed") + any);
        assertThat(ask(weir.listener(0), told("10.1.2.3", port))).contains("instead");
        reload(in + any);
        reload(in + other.formatted("anew") + any);
        assertThat(ask(weir.listener(0), told("10.1.2.3", port))).as("who was gone comes anew").contains("anew");
    }

    @Test
    void aConnectionThatIsHandedOnCountsAtTheListenerThatHasItAndNotAtTheOther() throws Exception {
        int port = Ports.free();
        start("layered_runtime: { layers: [ { name: l, static_layer: { envoy.resource_limits.listener: {"
                + " in.connection_limit: 1, other.connection_limit: 1 } } } ] }\n",
                listener("in", 0, "use_original_dst: true\n  stat_prefix: in", proxied(), tcp())
                        + listener("other", port, "bind_to_port: false\n  stat_prefix: other", "",
                                http("direct_response: { status: 200, body: { inline_string: \"handed on\" } }")));
        try (var held = new Socket(weir.listener(0).getAddress(), weir.listener(0).getPort())) {
            held.getOutputStream().write(told("10.1.2.3", port));
            becomes("listener\\.other\\.downstream_cx_active", 1);
            assertThat(ask(weir.listener(0), told("10.1.2.3", port))).isEmpty();
            becomes("listener\\.other\\.downstream_cx_overflow", 1);
            assertThat(ask(weir.listener(0), told("10.1.2.3", weir.port(1)))).contains("Hello from two");
            becomes("listener\\.in\\.downstream_cx_overflow", 0);
        }
        becomes("listener\\.other\\.downstream_cx_active", 0);
        becomes("listener\\.in\\.downstream_cx_active", 0);
        assertThat(ask(weir.listener(0), told("10.1.2.3", port))).contains("handed on");
    }
}
