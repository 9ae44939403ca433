package io.weir.http.proxy.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.config.ReadManager;
import io.weir.http.server.ProxyFixture;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The client is found by extensions, over real sockets. */
@Timeout(60)
final class ClientDetectionTest {
    private static final String MANAGER = """
            original_ip_detection_extensions: { name: custom, typed_config: { "@type":
              type.googleapis.com/envoy.extensions.http.original_ip_detection.custom_header.v3.CustomHeaderConfig,
              header_name: x-client, allow_extension_to_set_address_as_trusted: true,
              reject_with_status: { code: Unauthorized } } }
            internal_address_config: { cidr_ranges: { address_prefix: 10.0.0.0, prefix_len: 8 } }
            route_config:
              virtual_hosts:
              - name: all
                domains: "*"
                request_headers_to_add: { header: { key: x-seen, value: "%DOWNSTREAM_REMOTE_ADDRESS%" } }
                routes: { match: { prefix: / }, route: { cluster: origins } }
            """;

    private static HttpMessage ask(ProxyFixture proxy, String line) throws Exception {
        try (var client = proxy.client()) {
            return client.send("GET / HTTP/1.1\r\nHost: a\r\n" + line + "\r\n").response();
        }
    }

    @Test
    void aFieldNamesTheClientAndWhoBringsNoneIsRejected() throws Exception {
        var spec = ReadManager.withRouter(MANAGER).accepted();
        try (var origin = Origin.answering("hello"); var proxy = ProxyFixture.with(c -> c, spec, origin)) {
            assertThat(ask(proxy, "X-Client: 10.1.1.1\r\nX-Forwarded-For: 2.2.2.2\r\n").status()).isEqualTo(200);
            assertThat(ask(proxy, "X-Client: 1.1.1.1\r\n").status()).isEqualTo(200);
            assertThat(ask(proxy, "X-Client: who\r\n").status()).isEqualTo(401);
            assertThat(ask(proxy, "").status()).isEqualTo(401);
            var own = origin.requests().get(0);
            assertThat(own.headers("x-seen")).containsExactly("10.1.1.1:0");
            assertThat(own.headers("x-envoy-internal")).containsExactly("true");
            var other = origin.requests().get(1);
            assertThat(other.headers("x-seen")).containsExactly("1.1.1.1:0");
            assertThat(other.headers("x-envoy-internal")).isEmpty();
            assertThat(origin.requests()).hasSize(2);
            proxy.logged();
            proxy.logged();
            assertThat(proxy.logged().details()).isEqualTo("rejecting_because_detection_failed");
            assertThat(proxy.stats.root().child("http").tagged("envoy.http_conn_manager_prefix", "in")
                    .counter("downstream_rq_rejected_via_ip_detection").value()).isEqualTo(2);
        }
    }
}
