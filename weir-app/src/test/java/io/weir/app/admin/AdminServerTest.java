package io.weir.app.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.log.LogLevels;
import io.weir.core.cluster.Cluster;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.net.transport.ListenFailure;
import io.weir.observe.log.AccessLog;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminServerTest {
    private final StandInWeir weir = new StandInWeir();
    private final HttpClient client = HttpClient.newHttpClient();
    private final AdminServer server = opened();

    private AdminServer opened() {
        try {
            return AdminServer.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), -1, weir,
                    AccessLog.none());
        } catch (ListenFailure e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void close() {
        server.close();
        client.close();
        LogLevels.PROCESS.all("info");
    }

    @Test
    void readyAnswers200OnlyWhileLive() throws Exception {
        assertThat(get("/ready").statusCode()).isEqualTo(200);
        assertThat(get("/ready").body()).isEqualTo("LIVE\n");
        weir.state = Administered.State.DRAINING;
        assertThat(get("/ready").statusCode()).isEqualTo(503);
        assertThat(get("/ready").body()).isEqualTo("DRAINING\n");
    }

    @Test
    void serverInfoIsJsonWithStateAndEscapedNames() throws Exception {
        HttpResponse<String> info = get("/server_info");
        assertThat(info.headers().firstValue("content-type")).contains("application/json");
        assertThat(info.body()).contains("\"state\": \"LIVE\"", "\"uptime_current_epoch\": \"42s\"",
                "\"id\": \"a \\\"quoted\\\"\\n id\"");
    }

    @Test
    void clustersAreListedAsEnvoyDoes() throws Exception {
        Endpoint endpoint = Endpoint.of(new InetSocketAddress("10.0.0.1", 80)).withWeight(3);
        Cluster cluster = new Cluster(ClusterSpec.of("shop", List.of(endpoint)), weir.stats);
        weir.clusters.put(cluster);
        cluster.view().hosts().all().getFirst().stats().rqTotal().add(7);
        assertThat(get("/clusters").body().lines()).contains("shop::observability_name::shop",
                "shop::default_priority::max_connections::1024", "shop::default_priority::max_retries::3",
                "shop::added_via_api::false", "shop::10.0.0.1:80::cx_active::0", "shop::10.0.0.1:80::rq_total::7",
                "shop::10.0.0.1:80::health_flags::healthy", "shop::10.0.0.1:80::weight::3",
                "shop::10.0.0.1:80::priority::0");
        assertThat(get("/clusters?format=json").body()).contains("\"cluster_statuses\"", "\"name\": \"shop\"",
                "\"port_value\": 80", "\"eds_health_status\": \"HEALTHY\"", "\"value\": \"7\"");
    }

    @Test
    void listenersShowEveryAddress() throws Exception {
        assertThat(get("/listeners").body()).isEqualTo("main::127.0.0.1:8080\nmain::[::1]:8080\n");
        assertThat(get("/listeners?format=json").body()).contains("\"listener_statuses\"",
                "\"additional_local_addresses\"");
    }

    @Test
    void statsCanBeFilteredAndHaveThreeFormats() throws Exception {
        weir.stats.root().child("a").counter("used").add(3);
        weir.stats.root().child("a").counter("unused");
        assertThat(get("/stats").body()).contains("a.used: 3\n", "a.unused: 0\n");
        assertThat(get("/stats?usedonly").body()).contains("a.used: 3\n").doesNotContain("unused");
        assertThat(get("/stats?filter=un.sed").body()).isEqualTo("a.unused: 0\n");
        assertThat(get("/stats?format=json").body()).contains("\"a.used\"");
        assertThat(get("/stats/prometheus").body()).contains("envoy_a_used").contains(" 3\n");
        assertThat(get("/stats?format=prometheus&usedonly").body()).doesNotContain("unused");
        assertThat(get("/stats?filter=%28").statusCode()).isEqualTo(400);
    }

    /** Backtracking, this takes a name's length to the power of twelve. */
    @Test
    void aFilterOfAnyShapeIsAnsweredSoon() throws Exception {
        weir.stats.root().child("x".repeat(300)).counter("used").add(3);
        String nested = ".*".repeat(12);
        assertThat(get("/stats?filter=" + nested + "!").body()).isEmpty();
        assertThat(get("/stats?filter=" + nested + "used").body()).endsWith(".used: 3\n");
        assertThat(get("/stats?filter=(a%7B100%7D)%7B100%7D").statusCode()).as("ten thousand steps").isEqualTo(400);
        assertThat(get("/stats?filter=" + "%28".repeat(2000)).statusCode()).isEqualTo(400);
        assertThat(get("/stats?filter=(a)%5C1").body()).startsWith("filter: not a regular expression of RE2: ");
    }

    @Test
    void readyIsAnsweredHoweverLongOtherPagesTake() throws Exception {
        var held = new CountDownLatch(1);
        weir.held = held;
        var dumps = new ArrayList<CompletableFuture<HttpResponse<String>>>();
        for (int i = 0; i < 4; i++) {
            dumps.add(client.sendAsync(HttpRequest.newBuilder(uri("/config_dump")).build(), BodyHandlers.ofString()));
        }
        assertThat(weir.holds.tryAcquire(2, 20, TimeUnit.SECONDS)).as("both threads make a page").isTrue();
        assertThat(get("/ready").body()).isEqualTo("LIVE\n");
        assertThat(get("/ready?a=b").body()).isEqualTo("LIVE\n");
        assertThat(post("/ready").body()).isEqualTo("LIVE\n");
        held.countDown();
        for (var dump : dumps) {
            assertThat(dump.get(20, TimeUnit.SECONDS).body()).isEqualTo(weir.dump);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/quitquitquit", "/healthcheck/fail", "/healthcheck/ok", "/drain_listeners", "/logging",
            "/reopen_logs", "/filter_times/on", "/filter_times/off"})
    void whatChangesSomethingIsHadByPostOnly(String path) throws Exception {
        HttpResponse<String> refused = get(path);
        assertThat(refused.statusCode()).isEqualTo(405);
        assertThat(refused.headers().firstValue("allow")).contains("POST");
        assertThat(weir.asked).isEmpty();
        assertThat(post(path).statusCode()).isEqualTo(200);
    }

    @Test
    void postsAskForWhatTheirPathSays() throws Exception {
        List<String> paths = new ArrayList<>(List.of("/quitquitquit", "/healthcheck/fail", "/healthcheck/ok",
                "/drain_listeners", "/drain_listeners?graceful", "/reopen_logs"));
        for (String path : paths) {
            post(path);
        }
        assertThat(weir.asked).containsExactly("quit", "healthy false", "healthy true", "drain false", "drain true",
                "reopen");
    }

    @Test
    void oneListenerIsDrainedByItsNameAndWhoNamesAnotherHearsWhichThereAre() throws Exception {
        assertThat(post("/drain_listeners?graceful&listener=main&skip_exit").statusCode()).isEqualTo(200);
        HttpResponse<String> unknown = post("/drain_listeners?listener=mian");
        assertThat(unknown.statusCode()).isEqualTo(400);
        assertThat(unknown.body()).isEqualTo("listener: none is called \"mian\"; open are [main]\n");
        assertThat(post("/drain_listeners?listener=main&inboundonly").body())
                .isEqualTo("inboundonly: not with listener, which names the one that is meant\n");
        assertThat(post("/drain_listeners?listener=").statusCode()).isEqualTo(400);
        assertThat(weir.asked).containsExactly("drain true stay main");
    }

    @Test
    void theTimesOfFiltersAreTakenFromWhenTheyAreAskedForUntilTheyAreNot() throws Exception {
        assertThat(get("/filter_times").body()).startsWith("no times are taken");
        post("/filter_times/on");
        assertThat(weir.stats.timesFilters()).isTrue();
        var filter = weir.stats.root().child("http").tagged("envoy.http_conn_manager_prefix", "in").child("filter")
                .tagged("weir.http_filter_name", "envoy.filters.http.cors");
        filter.histogram("work_ns").record(2000);
        filter.histogram("work_ns").record(4000);
        filter.histogram("held_ns").record(0);
        assertThat(get("/filter_times").body()).startsWith("times are taken").endsWith("""
                in::envoy.filters.http.cors::requests::2
                in::envoy.filters.http.cors::work_us::2.0 4.0 6.0
                in::envoy.filters.http.cors::held_us::0.0 0.0 0.0
                """);
        post("/filter_times/off");
        assertThat(weir.stats.timesFilters()).isFalse();
        assertThat(get("/filter_times").body()).contains("cors::requests::2"); // what was measured stays
    }

    @Test
    void otherMethodsAreRefusedWithThoseThatWouldDo() throws Exception {
        HttpResponse<String> refused = client.send(HttpRequest.newBuilder(uri("/ready")).DELETE().build(),
                BodyHandlers.ofString());
        assertThat(refused.statusCode()).isEqualTo(405);
        assertThat(refused.headers().firstValue("allow")).contains("GET, HEAD, POST");
        assertThat(post("/ready").body()).isEqualTo("LIVE\n");
    }

    @Test
    void levelsAreChangedForAllAndForOne() throws Exception {
        assertThat(post("/logging?level=debug").body()).contains("*: debug");
        assertThat(post("/logging?io.weir.net=trace").body()).contains("io.weir.net: trace");
        HttpResponse<String> unknown = post("/logging?level=loud");
        assertThat(unknown.statusCode()).isEqualTo(400);
        assertThat(unknown.body()).contains("loud", "trace, debug, info");
    }

    @Test
    void theIndexListsEveryPageAndChangesOnlyByForms() throws Exception {
        String index = get("/").body();
        assertThat(index).contains("<a href=\"/stats\">", "<form method=\"post\" action=\"/quitquitquit\">");
        assertThat(get("/help").body()).contains("/quitquitquit (POST)", "/clusters:");
    }

    @Test
    void anUnknownPageIs404AndListsTheKnownOnes() throws Exception {
        assertThat(get("/nothing").statusCode()).isEqualTo(404);
        assertThat(get("/nothing").body()).contains("admin commands are:\n", "  /quitquitquit (POST): ");
        assertThat(get("/config_dump").body()).contains("configs");
        assertThat(get("/memory").body()).contains("\"allocated\"");
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path) throws Exception {
        return client.send(HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.noBody()).build(),
                BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + ((InetSocketAddress) server.address()).getPort() + path);
    }
}
