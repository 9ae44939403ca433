package io.weir.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.model.HostTracker;
import io.weir.core.model.OrcaReport;
import io.weir.testkit.Origin;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a host says of itself, and how long it took, reaches its policy. */
@Timeout(60)
final class HostHintsTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private static final class Heard implements HostTracker {
        final boolean heeds;
        final List<OrcaReport> reports = new CopyOnWriteArrayList<>();
        final List<Long> latencies = new CopyOnWriteArrayList<>();
        final List<Integer> loads = new CopyOnWriteArrayList<>();
        final List<Long> delays = new CopyOnWriteArrayList<>();

        Heard(boolean heeds) {
            this.heeds = heeds;
        }

        @Override
        public void answered(int status, long latencyNanos, long nowNanos) {
            throw new AssertionError("told without the load");
        }

        @Override
        public void answered(int status, long latencyNanos, int inFlight, long nowNanos) {
            latencies.add(latencyNanos);
            loads.add(inFlight);
        }

        @Override
        public void failed(Failure how, long latencyNanos, long nowNanos) {
            throw new AssertionError(how);
        }

        @Override
        public boolean heedsRetryAfter() {
            return heeds;
        }

        @Override
        public void retryAfter(long delayNanos, long nowNanos) {
            delays.add(delayNanos);
        }

        @Override
        public boolean heedsLoadReports() {
            return heeds;
        }

        @Override
        public void loadReported(OrcaReport report, long nowNanos) {
            reports.add(report);
        }
    }

    private static Heard hearing(ProxyFixture proxy, boolean heeds) {
        var heard = new Heard(heeds);
        proxy.cluster.view().hosts().all().getFirst().balanceTracker(heard);
        return heard;
    }

    private static Heard afterOne(String answer, boolean heeds) throws Exception {
        try (var origin = Origin.start((_, wire) -> wire.send(answer)); var proxy = ProxyFixture.before(origin)) {
            var heard = hearing(proxy, heeds);
            try (var client = proxy.client()) {
                client.send(GET).response();
            }
            ProxyFixture.eventually(() -> !heard.loads.isEmpty());
            return heard;
        }
    }

    @Test
    void aLoadReportInTheHeadIsHeard() throws Exception {
        var heard = afterOne("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
                + "Endpoint-Load-Metrics: TEXT cpu_utilization=0.5,rps_fractional=10\r\n\r\n", true);
        assertThat(heard.reports).containsExactly(new OrcaReport(0.5, 0, 0, 10, 0, Map.of(), Map.of(), Map.of()));
    }

    @Test
    void aLoadReportInTrailersIsHeard() throws Exception {
        var heard = afterOne("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
                + "endpoint-load-metrics-bin: CQAAAAAAAOA/\r\n\r\n", true);
        assertThat(heard.reports).containsExactly(new OrcaReport(0.5, 0, 0, 0, 0, Map.of(), Map.of(), Map.of()));
    }

    @Test
    void whatLocalitiesGoByHearsLoadReportsToo() throws Exception {
        try (var origin = Origin.start((_, wire) -> wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
                + "Endpoint-Load-Metrics: TEXT cpu_utilization=0.5\r\n\r\n"));
                var proxy = ProxyFixture.before(origin);
                var client = proxy.client()) {
            var heard = new Heard(true);
            proxy.cluster.view().hosts().all().getFirst().loadTracker(heard);
            client.send(GET).response();
            ProxyFixture.eventually(() -> !heard.reports.isEmpty());
            assertThat(heard.reports).containsExactly(new OrcaReport(0.5, 0, 0, 0, 0, Map.of(), Map.of(), Map.of()));
        }
    }

    @Test
    void retryAfterIsHeardInSecondsAndAsADate() throws Exception {
        String head = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: ";
        assertThat(afterOne(head + "7\r\n\r\n", true).delays).containsExactly(TimeUnit.SECONDS.toNanos(7));
        assertThat(afterOne(head + "Fri, 27 Nov 2026 10:01:30 GMT\r\nDate: Fri, 27 Nov 2026 10:00:00 GMT\r\n\r\n",
                true).delays).containsExactly(TimeUnit.SECONDS.toNanos(90));
        for (String unknown : new String[]{"", "soon", "-3", "99999999999", "Fri, 27 Nov 2026 10:01:30 GMT"}) {
            assertThat(afterOne(head + unknown + "\r\n\r\n", true).delays).as(unknown).isEmpty();
        }
    }

    @Test
    void whoDoesNotHeedIsNotTold() throws Exception {
        var heard = afterOne("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 7\r\n"
                + "Endpoint-Load-Metrics: cpu_utilization=0.5\r\n\r\n", false);
        assertThat(heard.delays).isEmpty();
        assertThat(heard.reports).isEmpty();
        assertThat(heard.loads).containsExactly(1);
    }

    @Test
    void aHostsLatencyEndsWithItsHead() throws Exception {
        var rest = new CompletableFuture<String>();
        try (var origin = Origin.start((_, wire) -> {
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
            wire.send(rest.join());
        }); var proxy = ProxyFixture.before(origin)) {
            var heard = hearing(proxy, true);
            try (var client = proxy.client()) {
                long sentNanos = System.nanoTime();
                client.send(GET).read("HTTP/1.1 200".length());
                long headNanos = System.nanoTime();
                while (System.nanoTime() - headNanos < TimeUnit.MILLISECONDS.toNanos(500)) {
                    Thread.sleep(10);
                }
                rest.complete("late");
                ProxyFixture.eventually(() -> !heard.latencies.isEmpty());
                // the worker's clock stands still for as long as one turn of its loop, which a busy machine draws out
                long most = headNanos - sentNanos + TimeUnit.MILLISECONDS.toNanos(400);
                assertThat(heard.latencies).hasSize(1).allMatch(nanos -> nanos <= most);
            }
        }
    }
}
