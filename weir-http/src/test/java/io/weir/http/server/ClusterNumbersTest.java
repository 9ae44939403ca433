package io.weir.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.model.CircuitLimits;
import io.weir.core.rule.EjectionSpec;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Metric;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.route.ClusterChoice;
import io.weir.http.route.Forward;
import io.weir.http.route.rewrite.HostRewrite;
import io.weir.http.route.rewrite.PathRewrite;
import io.weir.http.route.RetryOn;
import io.weir.http.route.RetrySpec;
import io.weir.http.route.RouteTable;
import io.weir.http.route.Target;
import io.weir.testkit.Origin;
import io.weir.testkit.RawHttp;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The counters of a cluster when its hosts fail: each moves when Envoy's does, and none is there for show. */
@Timeout(60)
final class ClusterNumbersTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final long MILLI = 1_000_000;

    private static Forward forward(long timeoutNanos, RetrySpec retry) {
        return new Forward(new ClusterChoice.Single(Target.of("origins")), timeoutNanos, Forward.INHERIT_NANOS,
                Forward.INHERIT_NANOS, retry, PathRewrite.KEEP, HostRewrite.KEEP, false, 503, true, true);
    }

    private static RetrySpec never() {
        return RetrySpec.of(Set.of(), 0);
    }

    private static RetrySpec once(RetryOn condition) {
        return RetrySpec.of(Set.of(condition), 1);
    }

    private static HttpManagerSpec by(Forward forward) {
        return HttpManagerSpec.of("test", RouteTable.of(forward));
    }

    /** What has been counted for the cluster, by name without the cluster's; a name with 0 is absent. */
    private static Map<String, Long> counted(ProxyFixture proxy) {
        var all = new TreeMap<String, Long>();
        for (Metric metric : proxy.stats.sorted()) {
            if (metric instanceof Counter counter && counter.name().startsWith("cluster.origins.upstream_")
                    && counter.value() != 0) {
                all.put(counter.name().substring("cluster.origins.".length()), counter.value());
            }
        }
        return all;
    }

    private static void answered(ProxyFixture proxy, int status) throws Exception {
        try (var client = proxy.client()) {
            assertThat(client.send(GET).response().status()).isEqualTo(status);
        }
        proxy.logged();
    }

    private static void localAnswer(Map<String, Long> counted, int status) {
        assertThat(counted).containsEntry("upstream_rq_" + status, 1L).containsEntry("upstream_rq_5xx", 1L)
                .containsEntry("upstream_rq_completed", 1L);
    }

    @Test
    void aHostThatRefusesIsAFailedConnectAndNoRequest() throws Exception {
        try (var dead = Origin.answering("x"); var proxy = ProxyFixture.routing(forward(0, never()), dead)) {
            dead.kill();
            answered(proxy, 503);
            var counted = counted(proxy);
            localAnswer(counted, 503);
            assertThat(counted).containsEntry("upstream_cx_connect_fail", 1L)
                    .containsEntry("upstream_rq_pending_failure_eject", 1L).containsEntry("upstream_cx_total", 1L)
                    .containsEntry("upstream_cx_http1_total", 1L)
                    .doesNotContainKeys("upstream_rq_total", "upstream_cx_destroy");
            assertThat(proxy.cluster.stats().upstreamRqActive().value()).isZero();
        }
    }

    @Test
    void theBodyOfA503NamesNoAddress() throws Exception {
        try (var dead = Origin.answering("x");
                var proxy = ProxyFixture.routing(forward(0, never()), dead);
                var client = proxy.client()) {
            dead.kill();
            assertThat(client.send(GET).response().body()).isEqualTo("upstream connect error or disconnect/reset"
                    + " before headers. reset reason: remote connection failure, transport failure reason: delayed"
                    + " connect error: Connection refused");
        }
    }

    @Test
    void aHostThatResetsIsCountedAsOneThatHadTheRequest() throws Exception {
        try (var origin = Origin.resetting(); var proxy = ProxyFixture.routing(forward(0, never()), origin)) {
            answered(proxy, 503);
            var counted = counted(proxy);
            localAnswer(counted, 503);
            assertThat(counted).containsEntry("upstream_rq_rx_reset", 1L).containsEntry("upstream_rq_total", 1L)
                    .containsEntry("upstream_cx_destroy", 1L).containsEntry("upstream_cx_destroy_remote", 1L)
                    .containsEntry("upstream_cx_destroy_with_active_rq", 1L)
                    .containsEntry("upstream_cx_destroy_remote_with_active_rq", 1L)
                    .doesNotContainKeys("upstream_rq_tx_reset", "upstream_cx_destroy_local");
        }
    }

    @Test
    void aHostThatBreaksTheProtocolIsResetByUs() throws Exception {
        try (var origin = Origin.sending("what is this\r\n\r\n");
                var proxy = ProxyFixture.routing(forward(0, never()), origin)) {
            answered(proxy, 502);
            ProxyFixture.eventually(() -> proxy.cluster.stats().upstreamCxDestroy().value() == 1);
            var counted = counted(proxy);
            localAnswer(counted, 502);
            assertThat(counted).containsEntry("upstream_cx_protocol_error", 1L)
                    .containsEntry("upstream_rq_tx_reset", 1L).containsEntry("upstream_cx_destroy_local", 1L)
                    .containsEntry("upstream_cx_destroy_local_with_active_rq", 1L)
                    .doesNotContainKeys("upstream_rq_rx_reset", "upstream_cx_destroy_remote");
        }
    }

    @Test
    void aHostThatIsTooSlowIsResetByUsAndItsClusterChargedWith504() throws Exception {
        var release = new CountDownLatch(1);
        try (var origin = Origin.start((_, _) -> held(release));
                var proxy = ProxyFixture.routing(forward(50 * MILLI, never()), origin)) {
            answered(proxy, 504);
            ProxyFixture.eventually(() -> proxy.cluster.stats().upstreamCxDestroy().value() == 1);
            var counted = counted(proxy);
            localAnswer(counted, 504);
            assertThat(counted).containsEntry("upstream_rq_timeout", 1L).containsEntry("upstream_rq_tx_reset", 1L)
                    .containsEntry("upstream_cx_destroy_local_with_active_rq", 1L);
            release.countDown();
        }
    }

    /** Keeps an origin from answering until the test lets it, or is over. */
    private static void held(CountDownLatch release) {
        try {
            release.await();
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aClusterWithoutHostsIsChargedWithItsAnswer() throws Exception {
        try (var proxy = ProxyFixture.routing(forward(0, never()))) {
            answered(proxy, 503);
            var counted = counted(proxy);
            localAnswer(counted, 503);
            assertThat(counted).containsEntry("upstream_cx_none_healthy", 1L).doesNotContainKey("upstream_rq_total");
        }
    }

    @Test
    void aFullClusterIsChargedWithItsAnswer() throws Exception {
        try (var origin = Origin.answering("x");
                var proxy = ProxyFixture.with(spec -> spec.withLimits(new CircuitLimits(10, 10, 0, 3)),
                        by(forward(0, never())), origin)) {
            answered(proxy, 503);
            var counted = counted(proxy);
            localAnswer(counted, 503);
            assertThat(counted).containsEntry("upstream_rq_pending_overflow", 1L);
        }
    }

    @Test
    void aRetryCountsItsPauseItsLimitAndItsSuccess() throws Exception {
        try (var dying = Origin.resetting();
                var alive = Origin.answering("alive");
                var proxy = ProxyFixture.with(spec -> spec.withEjection(EjectionSpec.NEVER),
                        by(forward(0, once(RetryOn.RESET))), dying, alive)) {
            answered(proxy, 200);
            answered(proxy, 200);
            assertThat(counted(proxy)).containsEntry("upstream_rq_retry", 1L)
                    .containsEntry("upstream_rq_retry_success", 1L)
                    .containsEntry("upstream_rq_retry_backoff_exponential", 1L);
            alive.kill();
            answered(proxy, 503);
            assertThat(counted(proxy)).containsEntry("upstream_rq_retry_limit_exceeded", 1L)
                    .containsEntry("upstream_rq_503", 1L);
        }
    }

    @Test
    void aSlowClientPausesReadingFromTheHost() throws Exception {
        byte[] much = new byte[8 << 20];
        try (var origin = Origin.start((_, wire) -> {
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + much.length + "\r\n\r\n");
            wire.send(much);
        }); var proxy = ProxyFixture.before(origin); var client = RawHttp.connect(proxy.port)) {
            client.send(GET);
            var stats = proxy.cluster.stats();
            ProxyFixture.eventually(() -> stats.upstreamFlowControlPausedReadingTotal().value() > 0);
            assertThat(client.response().body()).hasSize(much.length);
            assertThat(stats.upstreamFlowControlResumedReadingTotal().value())
                    .isEqualTo(stats.upstreamFlowControlPausedReadingTotal().value());
        }
    }
}
