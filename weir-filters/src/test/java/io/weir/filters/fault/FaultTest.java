package io.weir.filters.fault;

import static io.weir.filters.FilteredProxy.filter;
import static io.weir.filters.FilteredProxy.perFilter;
import static io.weir.http.server.ProxyFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.stats.Scope;
import io.weir.filters.FilteredProxy;
import io.weir.http.server.ProxyFixture;
import io.weir.observe.log.ResponseFlag;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which requests are delayed and aborted, and how that is told, over real sockets. */
@Timeout(60)
final class FaultTest {
    private static final String FAULT = "envoy.extensions.filters.http.fault.v3.HTTPFault";
    private static final String ALL = "percentage: { numerator: 100 }";

    private static HttpMessage ask(ProxyFixture proxy, String fields) throws IOException {
        try (var client = proxy.client()) {
            return client.send("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n").response();
        }
    }

    private static Scope numbers(ProxyFixture proxy) {
        return proxy.stats.root().child("http").tagged("envoy.http_conn_manager_prefix", "test").child("fault");
    }

    @Test
    void anAbortedRequestReachesNoHostAndSaysWhy() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = filter(FAULT,
                        "abort: { http_status: 418, " + ALL + " }, headers: [ { name: x-f, present_match: true } ]")
                        .before(origin)) {
            var answer = ask(proxy, "x-f: 1\r\n");
            assertThat(answer.status()).isEqualTo(418);
            assertThat(answer.body()).isEqualTo("fault filter abort");
            var logged = proxy.logged();
            assertThat(logged.details()).isEqualTo("fault_filter_abort");
            assertThat(logged.has(ResponseFlag.FI)).isTrue();
            assertThat(origin.requests()).isEmpty();
            assertThat(ask(proxy, "").body()).isEqualTo("hello");
            assertThat(numbers(proxy).counter("aborts_injected").value()).isEqualTo(1);
            assertThat(numbers(proxy).gauge("active_faults").value()).isZero();
        }
    }

    @Test
    void whatIsInjectedIsSaidAsMetadataAndNothingElseIs() throws Exception {
        String fault = "abort: { http_status: 503, " + ALL + " }, headers: [ { name: x-f, present_match: true } ], "
                + "filter_metadata: { reason: drill }";
        try (var origin = Origin.answering("hello");
                var proxy = FilteredProxy
                        .manager(
                                """
                                        stat_prefix: test
                                        http_filters:
                                        - %s
                                        - %s
                                        local_reply_config:
                                          mappers:
                                          - filter: { metadata_filter: { matcher: { filter: envoy.filters.http.fault, path: [ { key: reason } ],
                                              value: { string_match: { exact: drill } } }, match_if_key_not_found: false } }
                                            status_code: 418
                                        route_config:
                                          virtual_hosts:
                                          - { name: all, domains: ["*"], routes: [ { match: { prefix: / }, route: { cluster: origins } } ] }
                                        """
                                        .formatted(FilteredProxy.entry("f", FAULT, fault), FilteredProxy.entry("router",
                                                "envoy.extensions.filters.http.router.v3.Router", "")))
                        .before(origin)) {
            assertThat(ask(proxy, "x-f: 1\r\n").status()).isEqualTo(418);
            assertThat(ask(proxy, "").body()).isEqualTo("hello");
        }
    }

    @Test
    void callersOfGrpcAreToldInTheirWords() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = filter(FAULT, "abort: { grpc_status: 14, " + ALL + " }").before(origin)) {
            var answer = ask(proxy, "content-type: application/grpc\r\n");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("grpc-status")).contains("14");
            assertThat(answer.header("grpc-message")).contains("fault filter abort");
        }
    }

    @Test
    void aDelayedRequestIsForwardedWholeWhenItsTimeHasCome() throws Exception {
        try (var origin = Origin.start((request, wire) -> wire.reply(200, request.body()));
                var proxy = filter(FAULT, "delay: { fixed_delay: 0.1s, " + ALL + " }").before(origin);
                var client = proxy.client()) {
            for (int i = 0; i < 2; i++) {
                long begin = System.nanoTime();
                client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
                assertThat(client.response().body()).isEqualTo("body");
                assertThat(System.nanoTime() - begin).isGreaterThan(95_000_000);
                assertThat(proxy.logged().has(ResponseFlag.DI)).isTrue();
            }
            assertThat(numbers(proxy).counter("delays_injected").value()).isEqualTo(2);
        }
    }

    @Test
    void aDelayComesBeforeAnAbort() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = filter(FAULT,
                        "delay: { fixed_delay: 0.05s, " + ALL + " }, abort: { http_status: 503, " + ALL
                                + " }")
                        .before(origin)) {
            assertThat(ask(proxy, "").status()).isEqualTo(503);
            var logged = proxy.logged();
            assertThat(logged.has(ResponseFlag.DI) && logged.has(ResponseFlag.FI)).isTrue();
            assertThat(origin.requests()).isEmpty();
        }
    }

    @Test
    void headersMaySayWhatHappensAndHowOften() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = filter(FAULT, "delay: { header_delay: {}, " + ALL + " }, abort: { header_abort: {}, " + ALL
                        + " }").before(origin)) {
            assertThat(ask(proxy, "").status()).isEqualTo(200);
            assertThat(ask(proxy, "x-envoy-fault-abort-request: 500\r\n").status()).isEqualTo(500);
            assertThat(ask(proxy, "x-envoy-fault-abort-grpc-request: 5\r\n").header("grpc-status")).contains("5");
            assertThat(ask(proxy, "x-envoy-fault-abort-request: 99\r\n").status()).isEqualTo(200);
            assertThat(ask(proxy, "x-envoy-fault-abort-request: no\r\n").status()).isEqualTo(200);
            assertThat(ask(proxy, "x-envoy-fault-abort-request: 500\r\nx-envoy-fault-abort-request-percentage: 0\r\n")
                    .status()).isEqualTo(200);
            assertThat(ask(proxy, "x-envoy-fault-delay-request: 30\r\n").status()).isEqualTo(200);
            assertThat(numbers(proxy).counter("delays_injected").value()).isEqualTo(1);
        }
    }

    @Test
    void noMoreAreDelayedAtTheSameTimeThanAllowedAndAClientThatLeavesFreesItsPlace() throws Exception {
        try (var origin = Origin.answering("hello");
                var proxy = filter(FAULT, "delay: { fixed_delay: 600s, " + ALL + " }, max_active_faults: 1")
                        .before(origin)) {
            try (var client = proxy.client()) {
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                eventually(() -> numbers(proxy).gauge("active_faults").value() == 1);
                assertThat(ask(proxy, "").body()).isEqualTo("hello");
                assertThat(numbers(proxy).counter("faults_overflow").value()).isEqualTo(1);
                client.reset();
            }
            eventually(() -> numbers(proxy).gauge("active_faults").value() == 0);
        }
    }

    @Test
    void aResponseComesSlowlyAndIsAFaultForAsLongAsItLasts() throws Exception {
        String body = "0123456789abcdef".repeat(2048);
        try (var origin = Origin.answering(body);
                var proxy = filter(FAULT, "response_rate_limit: { fixed_limit: { limit_kbps: 64 }, " + ALL
                        + " }, max_active_faults: 1").before(origin);
                var client = proxy.client()) {
            for (int i = 1; i <= 2; i++) {
                long begin = System.nanoTime();
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(client.read(100)).hasSize(100);
                assertThat(numbers(proxy).gauge("active_faults").value()).isOne();
                assertThat(ask(proxy, "").body()).as("one too many is not slowed down").isEqualTo(body);
                client.read(32 * 1024);
                assertThat(System.nanoTime() - begin).isGreaterThan(420_000_000); // each has a bucket of its own
                assertThat(numbers(proxy).counter("response_rl_injected").value()).isEqualTo(i);
                assertThat(numbers(proxy).counter("faults_overflow").value()).isEqualTo(i);
            }
            eventually(() -> numbers(proxy).gauge("active_faults").value() == 0);
        }
    }

    @Test
    void aHeaderMaySayHowSlowly() throws Exception {
        try (var origin = Origin.answering("x".repeat(2048));
                var proxy = filter(FAULT, "response_rate_limit: { header_limit: {}, " + ALL + " }").before(origin)) {
            for (String none : new String[]{"", "x-envoy-fault-throughput-response: 0\r\n",
                    "x-envoy-fault-throughput-response: much\r\n", "x-envoy-fault-throughput-response: 1\r\n"
                            + "x-envoy-fault-throughput-response-percentage: 0\r\n"}) {
                assertThat(ask(proxy, none).body()).hasSize(2048);
            }
            assertThat(numbers(proxy).counter("response_rl_injected").value()).isZero();
            long begin = System.nanoTime();
            assertThat(ask(proxy, "x-envoy-fault-throughput-response: 4\r\n").body()).hasSize(2048);
            assertThat(System.nanoTime() - begin).isGreaterThan(420_000_000);
            assertThat(numbers(proxy).counter("response_rl_injected").value()).isOne();
        }
    }

    @Test
    void aResponseMayBeDelayedFirstAndSlowedDownThen() throws Exception {
        try (var origin = Origin.answering("x".repeat(1024));
                var proxy = filter(FAULT, "delay: { fixed_delay: 0.1s, " + ALL + " }, response_rate_limit: { "
                        + "fixed_limit: { limit_kbps: 4 }, " + ALL + " }, max_active_faults: 1").before(origin)) {
            long begin = System.nanoTime();
            assertThat(ask(proxy, "").body()).hasSize(1024);
            assertThat(System.nanoTime() - begin).isGreaterThan(100_000_000L + 180_000_000);
            assertThat(numbers(proxy).counter("faults_overflow").value()).isZero();
            eventually(() -> numbers(proxy).gauge("active_faults").value() == 0);
        }
    }

    @Test
    void aLevelOfTheRoutesHasItsOwnAndOthersAreLeftAlone() throws Exception {
        String host = perFilter(FAULT, "abort: { http_status: 503, " + ALL + " }, upstream_cluster: other") + "\n";
        String routes = "- { match: { prefix: /a }, route: { cluster: origins }, "
                + perFilter(FAULT, "abort: { http_status: 404, " + ALL + " }, upstream_cluster: origins") + " }\n"
                + "- { match: { prefix: / }, route: { cluster: origins } }";
        try (var origin = Origin.answering("hello");
                var proxy = filter(FAULT, "abort: { http_status: 500, " + ALL + " }", host, routes).before(origin);
                var client = proxy.client()) {
            assertThat(client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n").response().status()).isEqualTo(404);
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").response().status()).isEqualTo(200);
        }
    }

    @Test
    void aStatusOfGrpcThatThereIsNotIsAnError() {
        assertThat(filter(FAULT, "abort: { grpc_status: 17 }").problems())
                .anyMatch(problem -> problem.contains("there is no such gRPC status"));
    }
}
