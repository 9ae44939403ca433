package io.weir.http.server.tries;

import static io.weir.observe.log.ResponseFlag.DT;
import static io.weir.observe.log.ResponseFlag.SI;
import static io.weir.observe.log.ResponseFlag.UF;
import static io.weir.observe.log.ResponseFlag.UT;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.model.Endpoint;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.config.ReadManager;
import io.weir.http.h2.DeafPort;
import io.weir.http.h2.Http2Error;
import io.weir.http.h2.RawHttp2;
import io.weir.http.server.ProxyFixture;
import io.weir.observe.log.ResponseFlag;
import io.weir.testkit.Origin;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every timeout fires, with its own status, flag and words, for clients of HTTP/1.1 and of HTTP/2. */
@Timeout(30)
final class TimeoutTableTest {
    private static final String LIFE_OF = ", max_stream_duration: { %s }";

    /** What is configured, what the client sends, and what it hears. */
    enum Row {
        ROUTE("", ", timeout: 0.1s", 504, UT), TRY("", ", retry_policy: { num_retries: 0, per_try_timeout: 0.1s }", 504,
                UT), TRY_IDLE("", ", retry_policy: { num_retries: 0, per_try_idle_timeout: 0.1s }", 504,
                        UT), STREAM_IDLE("stream_idle_timeout: 0.1s", "", 504, SI), ROUTE_IDLE("",
                                ", idle_timeout: 0.1s", 504, SI), IDLE_UPLOAD("stream_idle_timeout: 0.1s", "", 408,
                                        SI), REQUEST("request_timeout: 0.1s", "", 408, null), LIFE(
                                                "common_http_protocol_options: { max_stream_duration: 0.1s }", "", 504,
                                                DT), ROUTE_LIFE("", LIFE_OF.formatted("max_stream_duration: 0.1s"), 504,
                                                        DT), CONNECT("", ", retry_policy: { num_retries: 0 }", 503,
                                                                UF), GRPC("", ", max_grpc_timeout: 10s", 200,
                                                                        UT), GRPC_LIFE("",
                                                                                LIFE_OF.formatted(
                                                                                        "grpc_timeout_header_max: 10s"),
                                                                                200, DT), FIELD("", ", timeout: 10s",
                                                                                        504, UT);

        private final String manager;
        private final String route;
        private final int status;
        private final @Nullable ResponseFlag flag;

        Row(String manager, String route, int status, @Nullable ResponseFlag flag) {
            this.manager = manager;
            this.route = route;
            this.status = status;
            this.flag = flag;
        }

        private String details() {
            return switch (this) {
                case ROUTE, GRPC, FIELD -> "response_timeout";
                case TRY, TRY_IDLE -> "upstream_per_try_timeout";
                case STREAM_IDLE, ROUTE_IDLE, IDLE_UPLOAD -> "stream_idle_timeout";
                case REQUEST -> "request_overall_timeout";
                case LIFE, ROUTE_LIFE, GRPC_LIFE -> "max_duration_timeout";
                case CONNECT -> "upstream_reset_before_response_started{connection_timeout}";
            };
        }

        private boolean uploads() {
            return this == IDLE_UPLOAD || this == REQUEST;
        }

        private boolean grpc() {
            return this == GRPC || this == GRPC_LIFE;
        }

        private HttpManagerSpec spec(String codec) {
            return spec(codec, 1);
        }

        /** With so many tenths of a second in the place of one. */
        private HttpManagerSpec spec(String codec, int tenths) {
            return ReadManager.withRouter("""
                    codec_type: %s
                    %s
                    route_config:
                      virtual_hosts:
                      - name: all
                        domains: "*"
                        routes:
                        - match: { prefix: / }
                          route: { cluster: origins %s }
                    """.formatted(codec, manager, this == ROUTE || this == FIELD ? route : ", timeout: 0s" + route)
                    .replace("0.1s", tenths / 10 + "." + tenths % 10 + "s"))
                    .accepted();
        }

        private void check(ProxyFixture proxy, int heard, @Nullable String grpcStatus) throws InterruptedException {
            assertThat(heard).isEqualTo(status);
            assertThat(grpcStatus).isEqualTo(this == GRPC ? "14" : this == GRPC_LIFE ? "4" : null);
            var logged = proxy.logged();
            assertThat(logged.details()).isEqualTo(details());
            assertThat(logged.flags()).isEqualTo(flag == null ? 0 : flag.bit());
            ProxyFixture.eventually(() -> proxy.cluster.circuit().requestsActive() == 0
                    && proxy.cluster.circuit().pendingActive() == 0
                    && proxy.cluster.view().hosts().all().getFirst().requestsActive() == 0);
        }
    }

    /** A proxy before a host that never answers, or that takes nobody in. */
    private static final class Slow implements AutoCloseable {
        private final CountDownLatch over = new CountDownLatch(1);
        private final Origin origin = Origin.streaming((request, wire) -> {
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        private final @Nullable DeafPort deaf;
        private final ProxyFixture proxy;

        Slow(Row row, String codec) throws IOException {
            deaf = row == Row.CONNECT ? new DeafPort() : null;
            var endpoint = Endpoint.of(deaf == null ? origin.address() : deaf.address());
            proxy = ProxyFixture.with(c -> c.withEndpoints(List.of(endpoint))
                    .withConnectTimeoutNanos(deaf == null ? 5_000_000_000L : 100_000_000L), row.spec(codec), origin);
        }

        @Override
        public void close() throws IOException {
            over.countDown();
            proxy.close();
            origin.close();
            if (deaf != null) {
                deaf.close();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClientOfHttp1HearsOfIt(Row row) throws Exception {
        try (var slow = new Slow(row, "HTTP1"); var client = slow.proxy.client()) {
            String head = (row.uploads() ? "POST" : "GET") + " / HTTP/1.1\r\nHost: a\r\n";
            if (row.grpc()) {
                head += "Content-Type: application/grpc\r\ngrpc-timeout: 100m\r\n";
            }
            if (row == Row.FIELD) {
                head += "x-envoy-upstream-rq-timeout-ms: 100\r\n";
            }
            client.send(head + (row.uploads() ? "Content-Length: 10\r\n\r\nhalf" : "\r\n"));
            var response = client.response();
            row.check(slow.proxy, response.status(), response.header("grpc-status").orElse(null));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClientOfHttp2HearsOfIt(Row row) throws Exception {
        try (var slow = new Slow(row, "HTTP2"); var client = RawHttp2.connect(slow.proxy.port)) {
            if (row.uploads()) {
                client.post(1, "/").data(1, "half", false);
            } else if (row.grpc()) {
                client.get(1, "/", "content-type: application/grpc", "grpc-timeout: 100m");
            } else if (row == Row.FIELD) {
                client.get(1, "/", "x-envoy-upstream-rq-timeout-ms: 100");
            } else {
                client.get(1, "/");
            }
            var answer = client.answer(1);
            row.check(slow.proxy, answer.status, row.grpc() ? answer.header("grpc-status") : null);
        }
    }

    /** Behind the head of an answer no status is left to give: the flag alone tells. */
    @ParameterizedTest
    @EnumSource(names = {"ROUTE", "STREAM_IDLE", "ROUTE_IDLE", "LIFE", "ROUTE_LIFE"})
    void anAnswerThatHasBegunIsCutAndTheLogTellsWhy(Row row) throws Exception {
        int tenths = 1;
        while (!cut(row, tenths)) {
            tenths *= 4;
            assertThat(tenths).as("tenths of a second in which no answer begins").isLessThan(100);
        }
    }

    /** False where a machine is so busy that the time was over before the answer had begun. */
    private static boolean cut(Row row, int tenths) throws Exception {
        var over = new CountDownLatch(1);
        try (var origin = Origin.start((request, wire) -> {
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
                var proxy = ProxyFixture.with(c -> c, row.spec("AUTO", tenths), origin);
                var client = proxy.client();
                var second = RawHttp2.connect(proxy.port)) {
            String all = client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").untilClose();
            var logged = proxy.logged();
            var answer = second.get(1, "/").answer(1);
            over.countDown();
            if (all.startsWith("HTTP/1.1 504 ") || answer.status == 504) {
                return false;
            }
            assertThat(all).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\nhalf");
            assertThat(logged.status()).isEqualTo(200);
            assertThat(logged.details()).isEqualTo(row.details());
            assertThat(logged.flags()).isEqualTo(row.flag == null ? 0 : row.flag.bit());
            assertThat(answer.reset).isEqualTo(Http2Error.INTERNAL_ERROR);
            assertThat(proxy.logged().flags()).isEqualTo(row.flag == null ? 0 : row.flag.bit());
            ProxyFixture.eventually(() -> proxy.cluster.circuit().requestsActive() == 0);
            return true;
        }
    }

    @ParameterizedTest
    @EnumSource(names = "ROUTE")
    void aHeadThatDoesNotEndHasATimeOfItsOwn(Row row) throws Exception {
        var spec = ReadManager.withRouter("""
                request_headers_timeout: 0.1s
                route_config:
                  virtual_hosts: [ { name: all, domains: "*", routes: [ { match: { prefix: / },
                    route: { cluster: origins } } ] } ]
                """).accepted();
        try (var slow = new Slow(row, "AUTO");
                var proxy = ProxyFixture.with(c -> c, spec, slow.origin);
                var client = proxy.client()) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost:").response().status()).isEqualTo(408);
            assertThat(proxy.logged().flags()).isZero();
        }
    }
}
