package io.weir.filters.bandwidth;

import static io.weir.filters.FilteredProxy.filter;
import static io.weir.filters.FilteredProxy.perFilter;
import static io.weir.http.server.ProxyFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.stats.Scope;
import io.weir.http.server.ProxyFixture;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Bodies that share so many bytes a second, over real sockets. A bucket may be full when a test begins, so a second's
 * worth of what a test sends is no measure; that nothing passes faster is exact, that it is not much slower is not.
 */
@Timeout(60)
final class BandwidthTest {
    private static final String LIMIT = "envoy.extensions.filters.http.bandwidth_limit.v3.BandwidthLimit";
    private static final int KIB = 1024;
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private static String limit(String mode, int kib) {
        return "stat_prefix: bw, enable_mode: " + mode + ", limit_kbps: " + kib;
    }

    private static String text(int bytes) {
        var text = new StringBuilder(bytes);
        for (int i = 0; i < bytes; i++) {
            text.append((char) ('a' + i / 7 % 26));
        }
        return text.toString();
    }

    private static Scope numbers(ProxyFixture proxy) {
        return proxy.stats.root().child("bw").child("http_bandwidth_limit");
    }

    private static long counted(ProxyFixture proxy, String name) {
        return numbers(proxy).counter(name).value();
    }

    private static long pending(ProxyFixture proxy, String direction) {
        return numbers(proxy).gauge(direction + "_pending").value();
    }

    private static void assertTook(long beginNanos, int millis) {
        assertThat((System.nanoTime() - beginNanos) / 1_000_000).isBetween(millis - millis / 20L, millis + 20_000L);
    }

    @Test
    void responsesPassWholeAndNoFasterThanTheLimit() throws Exception {
        String body = text(160 * KIB);
        try (var origin = Origin.answering(body);
                var proxy = filter(LIMIT, limit("RESPONSE", 100) + ", fill_interval: 0.02s").before(origin);
                var client = proxy.client()) {
            long begin = System.nanoTime();
            assertThat(client.send(GET).response().body()).isEqualTo(body);
            assertTook(begin, 600);
            assertThat(client.send(GET.replace("GET", "HEAD")).responseTo("HEAD").status()).isEqualTo(200);
            assertThat(counted(proxy, "response_enabled")).isEqualTo(2);
            assertThat(counted(proxy, "response_enforced")).isEqualTo(1);
            assertThat(counted(proxy, "response_incoming_total_size")).isEqualTo(160 * KIB);
            assertThat(counted(proxy, "response_allowed_total_size")).isEqualTo(160 * KIB);
            assertThat(counted(proxy, "request_enabled")).isZero();
            eventually(() -> pending(proxy, "response") == 0); // the client has all before the end has passed
            assertThat(numbers(proxy).histogram("response_transfer_duration").cumulative().count()).isEqualTo(1);
        }
    }

    @Test
    void requestsWaitTooAndBothDirectionsShareOneBucket() throws Exception {
        String body = text(120 * KIB);
        try (var origin = Origin.start((request, wire) -> wire.reply(200, request.body()));
                var proxy = filter(LIMIT, limit("REQUEST_AND_RESPONSE", 160)).before(origin);
                var client = proxy.client()) {
            long begin = System.nanoTime();
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            assertThat(client.response().body()).isEqualTo(body);
            assertTook(begin, 500); // of 240 KiB 160 may pass at once
            for (String direction : List.of("request", "response")) {
                assertThat(counted(proxy, direction + "_allowed_total_size")).isEqualTo(120 * KIB);
                eventually(() -> pending(proxy, direction) == 0); // the last bytes are there before the end is
            }
        }
    }

    @Test
    void chunkedRequestsKeepTheirEndAndTheirTrailersBehindTheirData() throws Exception {
        String body = text(12 * KIB);
        try (var origin = Origin.answering("done");
                var proxy = filter(LIMIT, limit("REQUEST", 8)).before(origin);
                var client = proxy.client()) {
            long begin = System.nanoTime();
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3000\r\n" + body
                    + "\r\n0\r\nx-last: yes\r\n\r\n");
            assertThat(client.response().body()).isEqualTo("done");
            assertTook(begin, 500);
            var seen = origin.requests().getFirst();
            assertThat(seen.body()).isEqualTo(body);
            assertThat(seen.trailers()).containsExactly(new HttpMessage.Field("x-last", "yes"));
        }
    }

    @Test
    void connectionsShareTheLimitAndEachGetsItsPart() throws Exception {
        String body = text(16 * KIB);
        try (var origin = Origin.answering(body);
                var proxy = filter(LIMIT, limit("RESPONSE", 64)).before(origin);
                var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            long begin = System.nanoTime();
            var answers = new ArrayList<Future<String>>();
            for (int i = 0; i < 6; i++) {
                answers.add(clients.submit(() -> {
                    try (var client = proxy.client()) {
                        return client.send(GET).response().body();
                    }
                }));
            }
            for (var answer : answers) {
                assertThat(answer.get()).isEqualTo(body);
            }
            assertTook(begin, 500); // of 96 KiB 64 may pass at once
        }
    }

    @Test
    void aRouteMayBeLeftOutOrHaveALimitOfItsOwn() throws Exception {
        String body = text(64 * KIB);
        String routes = "- { match: { prefix: /off }, route: { cluster: origins }, "
                + perFilter(LIMIT, "stat_prefix: none, enable_mode: DISABLED") + " }\n"
                + "- { match: { prefix: /own }, route: { cluster: origins }, "
                + perFilter(LIMIT, "stat_prefix: own, enable_mode: RESPONSE, limit_kbps: 1000000") + " }\n"
                + "- { match: { prefix: /not-now }, route: { cluster: origins }, " + perFilter(LIMIT,
                        limit("RESPONSE", 1) + ", runtime_enabled: { default_value: false, runtime_key: k }")
                + " }\n- { match: { prefix: / }, route: { cluster: origins } }";
        try (var origin = Origin.answering(body);
                var proxy = filter(LIMIT, limit("RESPONSE", 1), "", routes).before(origin);
                var client = proxy.client()) {
            for (String path : List.of("/off", "/own", "/not-now")) {
                assertThat(client.send(GET.replace(" / ", " " + path + " ")).response().body()).isEqualTo(body);
            }
            assertThat(counted(proxy, "response_enabled")).isZero();
            assertThat(proxy.stats.root().child("own").child("http_bandwidth_limit")
                    .counter("response_allowed_total_size").value()).isEqualTo(64 * KIB);
        }
    }

    @Test
    void aClientThatLeavesWhileDataWaitsFreesItsPlaceInTheLine() throws Exception {
        String body = text(1024 * KIB);
        try (var origin = Origin.answering(body);
                var proxy = filter(LIMIT, limit("RESPONSE", 4)).before(origin)) {
            for (int i = 0; i < 3; i++) {
                try (var client = proxy.client()) {
                    client.send(GET);
                    assertThat(client.read(100)).hasSize(100);
                    eventually(() -> pending(proxy, "response") == 1 && counted(proxy, "response_enforced") > 0);
                    client.reset();
                }
                eventually(() -> pending(proxy, "response") == 0);
            }
            // the sender was not read on meanwhile
            assertThat(counted(proxy, "response_incoming_total_size")).isLessThan(3 * 512 * KIB);
            try (var client = proxy.client()) {
                assertThat(client.send(GET).read(4 * KIB)).hasSize(4 * KIB);
            }
        }
    }

    @Test
    void aHostThatLeavesWhileDataWaitsTakesNothingOfWhatWaitsWithIt() throws Exception {
        try (var origin = Origin.start((request, wire) -> {
            wire.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + text(6 * KIB));
            wire.close();
        });
                var proxy = filter(LIMIT, limit("RESPONSE", 4)).before(origin);
                var client = proxy.client()) {
            assertThat(client.send(GET).response().body()).isEqualTo(text(6 * KIB));
            eventually(() -> pending(proxy, "response") == 0);
        }
    }

    @Test
    void bodiesThatAreEmptyPassAtOnce() throws Exception {
        try (var origin = Origin.answering("");
                var proxy = filter(LIMIT, limit("REQUEST_AND_RESPONSE", 1)).before(origin);
                var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
            assertThat(client.response().status()).isEqualTo(200);
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
            assertThat(client.response().status()).isEqualTo(200);
            assertThat(counted(proxy, "request_enforced") + counted(proxy, "response_enforced")).isZero();
            assertThat(counted(proxy, "request_enabled")).isEqualTo(2);
            eventually(() -> pending(proxy, "request") + pending(proxy, "response") == 0);
        }
    }

    @Test
    void tinyLimitsLetEveryIntervalHaveItsBytes() throws Exception {
        try (var origin = Origin.answering(text(1300));
                var proxy = filter(LIMIT, limit("RESPONSE", 1) + ", fill_interval: 0.02s").before(origin);
                var client = proxy.client()) {
            long begin = System.nanoTime();
            assertThat(client.send(GET).response().body()).isEqualTo(text(1300));
            assertTook(begin, 250);
        }
    }

    @Test
    void trailersComeBehindTheDataAndTellHowLongItTook() throws Exception {
        String body = text(12 * KIB);
        String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3000\r\n" + body + "\r\n0\r\n";
        for (String own : List.of("", "x-last: yes\r\n")) {
            try (var origin = Origin.sending(head + own + "\r\n");
                    var proxy = filter(LIMIT, limit("RESPONSE", 8)
                            + ", enable_response_trailers: true, response_trailer_prefix: Mine").before(origin);
                    var client = proxy.client()) {
                var answer = client.send(GET).response();
                assertThat(answer.body()).isEqualTo(body);
                var trailers = answer.trailers();
                assertThat(trailers.stream().map(HttpMessage.Field::name).filter(name -> !name.equals("x-last")))
                        .containsExactly("mine-bandwidth-response-delay-ms",
                                "mine-bandwidth-response-filter-delay-ms");
                assertThat(trailers.stream().filter(field -> field.name().startsWith("mine"))
                        .mapToInt(field -> Integer.parseInt(field.value())))
                        .allMatch(millis -> millis > 450 && millis < 20_000);
                assertThat(trailers.contains(new HttpMessage.Field("x-last", "yes"))).isEqualTo(!own.isEmpty());
            }
        }
    }

    @Test
    void aSlowStreamIsNotHeldUpBeforeItReachesTheLimit() throws Exception {
        try (var origin = Origin.start((request, wire) -> {
            wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            wire.chunk("one");
            Origin.pause(Duration.ofMillis(20));
            wire.chunk("two");
            wire.send("0\r\n\r\n");
        });
                var proxy = filter(LIMIT, limit("RESPONSE", 8)).before(origin);
                var client = proxy.client()) {
            assertThat(client.send(GET).response().body()).isEqualTo("onetwo");
            assertThat(counted(proxy, "response_enforced")).isZero();
        }
    }

    @Test
    void aLimitThatIsMissingOrCannotBeCountedIsAnError() {
        assertThat(filter(LIMIT, "stat_prefix: bw, enable_mode: REQUEST").problems())
                .anyMatch(problem -> problem.contains("nothing could pass"));
        assertThat(filter(LIMIT, "stat_prefix: bw, enable_mode: REQUEST, limit_kbps: 4194305").problems())
                .anyMatch(problem -> problem.contains("4194305: more than 4 GiB/s"));
        assertThat(filter(LIMIT, "stat_prefix: bw").problems()).noneMatch(problem -> problem.startsWith("ERROR"));
    }
}
