package io.weir.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.admit.AdaptiveConcurrency;
import io.weir.core.admit.AdmissionControl;
import io.weir.core.stats.Scope;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.filter.ChainSpec;
import io.weir.http.filter.HttpFilterSpec;
import io.weir.http.overload.AdmissionSpec;
import io.weir.http.overload.AdmissionSpec.Statuses;
import io.weir.http.overload.ConcurrencySpec;
import io.weir.http.route.Forward;
import io.weir.http.route.RouteTable;
import io.weir.testkit.Origin;
import io.weir.testkit.RawHttp;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Admission control and adaptive concurrency over sockets. */
@Timeout(60)
final class OverloadTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private static ProxyFixture proxy(HttpFilterSpec filter, Origin... origins) {
        return ProxyFixture.with(cluster -> cluster, HttpManagerSpec.of("test", RouteTable.of(Forward.to("origins")))
                .withChains(List.of(new ChainSpec(List.of(filter)))), origins);
    }

    private static AdmissionSpec admission(boolean enabled) {
        return new AdmissionSpec(enabled, new AdmissionControl.Rule(600, 1, 95, 0, 80),
                List.of(new Statuses(100, 500)), AdmissionSpec.GRPC_SUCCESSES);
    }

    private static Scope numbers(ProxyFixture proxy) {
        return proxy.stats.root().child("http").tagged("envoy.http_conn_manager_prefix", "test");
    }

    /** By the formula, of 1,000 that fail after 50 that did not, 711 are rejected on average. */
    @Test
    void aClusterThatFailsIsSparedAndOneThatServesIsNot() throws Exception {
        var failing = new AtomicBoolean();
        try (var origin = Origin.start((_, wire) -> wire.reply(failing.get() ? 500 : 200, ""));
                var proxy = proxy(admission(true), origin);
                var client = proxy.client()) {
            for (int i = 0; i < 50; i++) {
                assertThat(client.send(GET).response().status()).isEqualTo(200);
            }
            failing.set(true);
            int rejected = 0;
            for (int i = 0; i < 1000; i++) {
                int status = client.send(GET).response().status();
                assertThat(status).isIn(500, 503);
                rejected += status == 503 ? 1 : 0;
            }
            assertThat(rejected).isBetween(500, 780);
            var counted = numbers(proxy).child("admission_control");
            assertThat(counted.counter("rq_rejected").value()).isEqualTo(rejected);
            assertThat(counted.counter("rq_success").value()).isEqualTo(50);
            assertThat(counted.counter("rq_failure").value()).isEqualTo(1000 - rejected);
            assertThat(origin.requests()).hasSize(1050 - rejected);
        }
    }

    /** Bodies of these responses are empty; what counts is what follows them, or stands in for them. */
    @ParameterizedTest
    @CsvSource(textBlock = """
            application/grpc,       ,   0,  true
            application/grpc+proto, ,   7,  true
            application/grpc,       ,   14, false
            Application/GRPC,       ,   99, false
            application/grpc,       ,   '', false
            application/grpc,       13, ,   false
            application/grpc,       5,  ,   true
            application/grpc-web,   ,   14, true
            text/plain,             ,   14, true
            """)
    void aGrpcCallIsJudgedByItsOwnStatus(String type, @Nullable String inHead, @Nullable String inTrailers,
            boolean success) throws Exception {
        String response = "HTTP/1.1 200 OK\r\ncontent-type: " + type + "\r\n"
                + (inHead == null ? "" : "grpc-status: " + inHead + "\r\n")
                + "transfer-encoding: chunked\r\n\r\n0\r\n"
                + (inTrailers == null ? "" : "grpc-status: " + inTrailers + "\r\n") + "\r\n";
        try (var origin = Origin.start((_, wire) -> wire.send(response));
                var proxy = proxy(admission(true), origin);
                var client = proxy.client()) {
            assertThat(client.send(GET).response().status()).isEqualTo(200);
            var counted = numbers(proxy).child("admission_control");
            ProxyFixture.eventually(
                    () -> counted.counter("rq_success").value() + counted.counter("rq_failure").value() == 1);
            assertThat(counted.counter("rq_success").value()).isEqualTo(success ? 1 : 0);
        }
    }

    @Test
    void aRejectionSaysWhyInTheLog() throws Exception {
        try (var origin = Origin.start((_, wire) -> wire.reply(500, ""));
                var proxy = proxy(admission(true), origin);
                var client = proxy.client()) {
            int status = 500;
            for (int i = 0; i < 1000 && status == 500; i++) {
                status = client.send(GET).response().status();
                assertThat(proxy.logged().details())
                        .isEqualTo(status == 503 ? "denied_by_admission_control" : "via_upstream");
            }
            assertThat(status).isEqualTo(503);
        }
    }

    @Test
    void admissionControlThatIsOffLetsEverythingThrough() throws Exception {
        try (var origin = Origin.start((_, wire) -> wire.reply(500, ""));
                var proxy = proxy(admission(false), origin);
                var client = proxy.client()) {
            for (int i = 0; i < 100; i++) {
                assertThat(client.send(GET).response().status()).isEqualTo(500);
            }
        }
    }

    @Test
    void asManyAsTheLimitAreUnderWayAndTheNextIsRefused() throws Exception {
        var answers = new CountDownLatch(1);
        var rule = new AdaptiveConcurrency.Rule(1, 4, 1.25, 100_000_000, 60_000_000_000L, 0, 50, 0);
        try (var origin = Origin.start((_, wire) -> {
            try {
                answers.await();
            } catch (InterruptedException over) {
                Thread.currentThread().interrupt();
            }
            wire.reply(200, "ok");
        }); var proxy = proxy(new ConcurrencySpec(true, rule, 529), origin)) {
            var waiting = new ArrayList<RawHttp>();
            for (int i = 0; i < 4; i++) {
                var client = proxy.client();
                client.send(GET);
                waiting.add(client);
            }
            ProxyFixture.eventually(() -> origin.requests().size() == 4);
            try (var client = proxy.client()) {
                var refused = client.send(GET).response();
                assertThat(refused.status()).isEqualTo(529);
                assertThat(refused.body()).isEqualTo("reached concurrency limit");
                assertThat(proxy.logged().details()).isEqualTo("reached_concurrency_limit");
                var counted = numbers(proxy).child("adaptive_concurrency").child("gradient_controller");
                assertThat(counted.counter("rq_blocked").value()).isOne();
                assertThat(counted.gauge("concurrency_limit").value()).isEqualTo(4);
                answers.countDown();
                for (var other : waiting) {
                    assertThat(other.response().status()).isEqualTo(200);
                    other.close();
                }
                assertThat(client.send(GET).response().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void placesComeBackHoweverARequestEnds() throws Exception {
        var rule = new AdaptiveConcurrency.Rule(1, 1, 1.25, 100_000_000, 60_000_000_000L, 0, 50, 0);
        try (var origin = Origin.start((request, wire) -> {
            if (request.target().equals("/reset")) {
                wire.reset();
            } else {
                wire.reply(200, "ok");
            }
        }); var proxy = proxy(new ConcurrencySpec(true, rule, 503), origin)) {
            for (int i = 0; i < 20; i++) {
                try (var client = proxy.client()) {
                    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab"); // and leaves
                }
                assertThat(proxy.logged().details()).isEqualTo("downstream_remote_disconnect");
                try (var client = proxy.client()) {
                    client.send("GET /reset HTTP/1.1\r\nHost: a\r\n\r\n").response();
                    assertThat(proxy.logged().details()).startsWith("upstream_reset");
                    assertThat(client.send(GET).response().status()).isEqualTo(200);
                    proxy.logged();
                }
            }
        }
    }
}
