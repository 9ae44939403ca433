package io.weir.app.told;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.boot.ServedWeir;
import io.weir.testkit.Await;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import io.weir.testkit.RawHttp;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Who the client is to header formats and access logs: the one that trusted proxies tell of, as in Envoy. */
@Timeout(60)
class ClientAddressTest {
    @RegisterExtension
    final ServedWeir weir = new ServedWeir();
    @TempDir
    Path folder;

    private void start(Origin origin, Path log) throws Exception {
        weir.start(
                """
                        static_resources:
                          listeners:
                          - address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                            filter_chains:
                            - filters:
                              - name: http
                                typed_config:
                                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                                  stat_prefix: in
                                  use_remote_address: true
                                  xff_num_trusted_hops: 1
                                  route_config:
                                    virtual_hosts:
                                    - name: all
                                      domains: ["*"]
                                      routes: [ { match: { prefix: / }, route: { cluster: c } } ]
                                      response_headers_to_add:
                                      - header: { key: x-client, value: "%%DOWNSTREAM_REMOTE_ADDRESS%%" }
                                      - header: { key: x-ip, value: "%%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%%" }
                                      - header: { key: x-direct, value: "%%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%%" }
                                  http_filters:
                                  - name: router
                                    typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
                                  access_log:
                                  - name: file
                                    typed_config:
                                      "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                                      path: %s
                                      log_format: { text_format_source: { inline_string: "%%DOWNSTREAM_REMOTE_ADDRESS%% %%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%%\\n" } }
                          clusters:
                          - name: c
                            load_assignment: { cluster_name: c, endpoints: [ { lb_endpoints: [ { endpoint:
                              { address: { socket_address: { address: 127.0.0.1, port_value: %d } } } } ] } ] }
                        """
                        .formatted(log, origin.address().getPort()));
    }

    private static HttpMessage get(RawHttp client, String forwarded) throws Exception {
        return client.send("GET / HTTP/1.1\r\nHost: a\r\n" + forwarded + "\r\n").response();
    }

    @Test
    void itIsWhomTheTrustedProxyTellsOfAndTheSocketsFarEndHasItsOwnName() throws Exception {
        Path log = folder.resolve("access");
        try (Origin origin = Origin.start((_, wire) -> wire.reply(200, "ok"))) {
            start(origin, log);
            try (RawHttp client = RawHttp.connect(weir.listener(0).getPort())) {
                HttpMessage told = get(client, "X-Forwarded-For: 6.6.6.6, 203.0.113.9\r\n");
                assertThat(told.headers("x-client")).containsExactly("203.0.113.9:0");
                assertThat(told.headers("x-ip")).containsExactly("203.0.113.9");
                assertThat(told.headers("x-direct").getFirst()).matches("127\\.0\\.0\\.1:[1-9][0-9]*");
                HttpMessage six = get(client, "X-Forwarded-For: 2001:DB8::1\r\n");
                assertThat(six.headers("x-client")).containsExactly("[2001:db8::1]:0");
                assertThat(six.headers("x-ip")).containsExactly("2001:db8::1");
                HttpMessage direct = get(client, "");
                assertThat(direct.headers("x-client")).isEqualTo(told.headers("x-direct"));
                String far = told.headers("x-direct").getFirst();
                Await.until("all three are logged", () -> Files.readAllLines(log).size() >= 3);
                assertThat(Files.readAllLines(log)).containsExactly("203.0.113.9:0 " + far,
                        "[2001:db8::1]:0 " + far, far + ' ' + far);
            }
        }
    }
}
