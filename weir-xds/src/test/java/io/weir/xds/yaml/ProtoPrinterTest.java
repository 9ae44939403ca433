package io.weir.xds.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;

import org.junit.jupiter.api.Test;

import com.google.protobuf.Message;

import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.weir.xds.resource.Problem;

class ProtoPrinterTest {
    private static final ProtoPrinter PRINTER = ProtoPrinter.of(MessageTypes.envoy());

    private static Read<? extends Message> read(String text, Message prototype) {
        ConfigText.Parsed parsed = ConfigText.parse("f", text);
        assertThat(parsed.problems()).as(text).isEmpty();
        return new ProtoReader(MessageTypes.envoy()).read(Objects.requireNonNull(parsed.root()), prototype, "");
    }

    @Test
    void whatIsPrintedIsReadAsTheSameMessage() {
        long seed = System.nanoTime();
        RandomMessages random = new RandomMessages(seed);
        List<Message> prototypes = List.of(Bootstrap.getDefaultInstance(), Cluster.getDefaultInstance(),
                Listener.getDefaultInstance(), RouteConfiguration.getDefaultInstance(),
                HttpConnectionManager.getDefaultInstance(), com.google.protobuf.Struct.getDefaultInstance());
        for (int i = 0; i < 300; i++) {
            Message message = random.message(prototypes.get(i % prototypes.size()), 5, 4);
            String yaml = PRINTER.yaml(message);
            String json = PRINTER.json(message);
            for (String text : List.of(yaml, json)) {
                Read<? extends Message> read = read(text, message);
                assertThat(read.problems()).as("seed %s, message %s:%n%s", seed, i, text).noneMatch(Problem::isError);
                assertThat(read.message()).as("seed %s, message %s:%n%s", seed, i, text).isEqualTo(message);
            }
        }
    }

    @Test
    void yamlIsCanonicalAndJsonIsEnvoys() {
        Message message = read(
                """
                        name: a
                        connectTimeout: {seconds: 0, nanos: 250000000}
                        lb_policy: least_request
                        typed_extension_protocol_options:
                          o: {"@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions, explicit_http_config: {http_protocol_options: {}}}
                        metadata: {filter_metadata: {m: {list: [1, x, true, null]}}}
                        dns_resolvers: []
                        """,
                Cluster.getDefaultInstance()).message();
        assertThat(PRINTER.yaml(message)).isEqualTo("""
                name: a
                connect_timeout: 0.250s
                lb_policy: LEAST_REQUEST
                metadata:
                  filter_metadata:
                    m:
                      list:
                      - 1
                      - x
                      - true
                      - null
                typed_extension_protocol_options:
                  o:
                    "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                    explicit_http_config:
                      http_protocol_options: {}
                """.replace("0.250s", "0.25s"));
        assertThat(PRINTER.json(message)).startsWith("{\n \"name\": \"a\",\n \"connect_timeout\": \"0.25s\"");
    }

    @Test
    void secretsAreRedactedWhereTheApiSaysSo() {
        TlsCertificate certificate = TlsCertificate.newBuilder()
                .setCertificateChain(DataSource.newBuilder().setInlineString("public"))
                .setPrivateKey(DataSource.newBuilder().setInlineString("private")).build();
        assertThat(PRINTER.redacting().yaml(certificate)).contains("public").contains("[redacted]")
                .doesNotContain("private\n");
        assertThat(PRINTER.yaml(certificate)).contains("private\n");
    }
}
