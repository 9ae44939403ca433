package io.weir.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.config.ReadManager;
import io.weir.http.server.ProxyFixture;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients inside may say and clients outside may not. */
@Timeout(30)
final class InternalClientTest {
    private static final String TELLING = "X-Envoy-Retry-On: 5xx\r\nX-Envoy-Internal: true\r\n"
            + "X-Envoy-Retriable-Status-Codes: 418\r\nx-envoy-original-host: bank\r\nx-envoy-mine: stays\r\n";

    private final Origin origin = Origin.answering("hello");

    @AfterEach
    void end() {
        origin.close();
    }

    private HttpMessage seen(String config, String fields) throws Exception {
        var spec = ReadManager.withRouter(config + """
                route_config:
                  virtual_hosts:
                  - { name: all, domains: "*", routes: [{ match: { prefix: / }, route: { cluster: origins } }] }
                """).accepted();
        try (var proxy = ProxyFixture.to(origin.address(), spec); var client = proxy.client()) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n").response().status())
                    .isEqualTo(200);
        }
        return origin.requests().getLast();
    }

    private static String within(String prefix) {
        return "internal_address_config: { cidr_ranges: [{ address_prefix: %s, prefix_len: 8 }] }%n".formatted(prefix);
    }

    @Test
    void atTheEdgeClientsOutsideAreNotHeardAndClientsInsideAre() throws Exception {
        var outside = seen("use_remote_address: true\n" + within("10.0.0.0"), TELLING);
        assertThat(outside.header("x-envoy-retry-on")).isEmpty();
        assertThat(outside.header("x-envoy-internal")).isEmpty();
        assertThat(outside.header("x-envoy-retriable-status-codes")).isEmpty();
        assertThat(outside.header("x-envoy-original-host")).isEmpty();
        assertThat(outside.header("x-envoy-mine")).contains("stays");
        assertThat(outside.header("x-envoy-external-address")).contains("127.0.0.1");
        var inside = seen("use_remote_address: true\n" + within("127.0.0.0"), TELLING);
        assertThat(inside.header("x-envoy-retry-on")).contains("5xx");
        assertThat(inside.headers("x-envoy-internal")).containsExactly("true");
        assertThat(inside.header("x-envoy-original-host")).contains("bank");
        assertThat(inside.header("x-envoy-external-address")).isEmpty();
        assertThat(inside.header("x-forwarded-for")).contains("127.0.0.1");
    }

    @Test
    void whatAClientWithoutACertificateSaysOfOneReachesNoHostUnlessThatIsSaid() throws Exception {
        for (String how : new String[]{"SANITIZE", "FORWARD_ONLY", "APPEND_FORWARD", "SANITIZE_SET"}) {
            var heard = seen("forward_client_cert_details: " + how + "\n", "X-Forwarded-Client-Cert: Hash=1\r\n");
            assertThat(heard.headers("x-forwarded-client-cert")).as(how).isEmpty();
        }
        assertThat(seen("", "X-Forwarded-Client-Cert: Hash=1\r\n").headers("x-forwarded-client-cert")).isEmpty();
        assertThat(seen("forward_client_cert_details: ALWAYS_FORWARD_ONLY\n", "X-Forwarded-Client-Cert: Hash=1\r\n")
                .headers("x-forwarded-client-cert")).containsExactly("Hash=1");
    }

    @Test
    void whoPassesOnAnothersRequestIsNotInside() throws Exception {
        var passed = seen("use_remote_address: true\n" + within("127.0.0.0"),
                "X-Forwarded-For: 127.0.0.9\r\n" + TELLING);
        assertThat(passed.header("x-envoy-internal")).isEmpty();
        assertThat(passed.header("x-envoy-retry-on")).isEmpty();
    }

    @Test
    void behindTheEdgeTheOnlyEntryTellsWhoTheClientIs() throws Exception {
        var alone = seen(within("10.0.0.0"), "X-Forwarded-For: 10.1.2.3\r\n");
        assertThat(alone.header("x-envoy-internal")).contains("true");
        for (String others : new String[]{"192.0.2.1", "10.1.2.3, 10.1.2.4", "10.1.2.3\r\nX-Forwarded-For: 10.1.2.4",
                "unknown"}) {
            assertThat(seen(within("10.0.0.0"), "X-Forwarded-For: " + others + "\r\n").header("x-envoy-internal"))
                    .as(others).isEmpty();
        }
        assertThat(seen("", "X-Forwarded-For: 10.1.2.3\r\n").header("x-envoy-internal")).isEmpty();
    }

    @Test
    void whatIsNoNetworkIsRefusedAtItsPlace() {
        assertThat(ReadManager.withRouter(within("10.0.0.0.1")).problems())
                .anyMatch(problem -> problem.startsWith("ERROR internal_address_config.cidr_ranges[0]: 10.0.0.0.1/8:"));
    }
}
