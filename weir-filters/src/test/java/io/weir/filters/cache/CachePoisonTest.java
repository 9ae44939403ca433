package io.weir.filters.cache;

import static io.weir.filters.cache.CachedOrigin.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.filters.FilteredProxy;
import io.weir.testkit.Origin;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an attacker would have a cache serve to others, over real sockets. */
@Timeout(60)
final class CachePoisonTest {
    private static final String FRESH = "Cache-Control: max-age=600";

    @Test
    void aHostThatIsSaidInAnotherFieldIsAnotherKey() throws Exception {
        for (String line : List.of("X-Forwarded-Host: evil.example", "X-Forwarded-Proto: https",
                "X-Forwarded-Port: 1", "X-Forwarded-Scheme: http", "Forwarded: host=evil.example")) {
            try (var cached = CachedOrigin.saying(FRESH)) {
                cached.get("/", line);
                assertThat(cached.get("/").body()).as(line).isEqualTo("body2");
            }
        }
    }

    @Test
    void aRequestInDisguiseIsNoneOfTheCaches() throws Exception {
        for (String line : List.of("X-HTTP-Method-Override: POST", "X-Original-URL: /admin", "X-Rewrite-URL: /admin",
                "X-Host: evil.example", "X-Forwarded-Prefix: /evil", "X-Forwarded-Server: evil.example",
                "X-Forwarded-Ssl: on", "Front-End-Https: on", "X-Forwarded-Uri: /admin", "X-Script-Name: /evil")) {
            try (var cached = CachedOrigin.saying(FRESH)) {
                cached.get("/", line);
                assertThat(cached.count("stored")).as(line).isZero();
            }
        }
    }

    @Test
    void whoAsksForAnotherProtocolIsAnsweredByAHost() throws Exception {
        try (var origin = Origin.start((request, wire) -> wire.send(request.headers("upgrade").isEmpty()
                ? response("200 OK", "body", FRESH)
                : response("403 Forbidden", "not you")));
                var proxy = FilteredProxy.filter(CachedOrigin.CACHE, CachedOrigin.MEMORY, "",
                        "- { match: { prefix: / }, route: { cluster: origins, upgrade_configs: "
                                + "[ { upgrade_type: websocket } ] } }")
                        .before(origin);
                var client = proxy.client()) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").response().status()).isEqualTo(200);
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")
                    .response().status()).isEqualTo(403);
        }
    }

    @Test
    void routesThatMakeOtherRequestsOfOnePathShareNoAnswers() throws Exception {
        for (String change : List.of("route: { cluster: origins, prefix_rewrite: /t/TENANT/ }",
                "route: { cluster: origins, host_rewrite_literal: TENANT.example }",
                "request_headers_to_add: [ { header: { key: x-for, value: TENANT } } ], route: { cluster: origins }")) {
            String routes = "";
            for (String tenant : List.of("a", "b")) {
                routes += "- { match: { prefix: /, headers: [ { name: x-tenant, "
                        .concat("string_match: { exact: %s } } ] }, %s }\n")
                        .formatted(tenant, change.replace("TENANT", tenant));
            }
            try (var origin = Origin.start((request, wire) -> wire.send(response("200 OK", request.target()
                    + request.header("host").orElse("") + request.header("x-for").orElse(""), FRESH)));
                    var proxy = FilteredProxy.filter(CachedOrigin.CACHE, CachedOrigin.MEMORY, "", routes)
                            .before(origin);
                    var client = proxy.client()) {
                for (int i = 0; i < 2; i++) {
                    for (String tenant : List.of("a", "b")) {
                        var answer = client.send("GET /p HTTP/1.1\r\nHost: h\r\nX-Tenant: " + tenant + "\r\n\r\n")
                                .response();
                        assertThat(answer.body()).as(change).contains(tenant);
                    }
                }
                assertThat(origin.requests()).as(change).hasSize(2);
            }
        }
    }

    @Test
    void anAnswerInWhichARouteWritesWhoAskedIsKeptForNobody() throws Exception {
        String routes = "- { match: { prefix: / }, response_headers_to_add: [ { header: { key: x-user, "
                + "value: '%REQ(x-user)%' } } ], route: { cluster: origins } }";
        try (var origin = Origin.start((request, wire) -> wire.send(response("200 OK", "body", FRESH)));
                var proxy = FilteredProxy.filter(CachedOrigin.CACHE, CachedOrigin.MEMORY, "", routes).before(origin);
                var client = proxy.client()) {
            for (String user : List.of("ann", "bob")) {
                assertThat(client.send("GET / HTTP/1.1\r\nHost: h\r\nX-User: " + user + "\r\n\r\n").response()
                        .header("x-user")).contains(user);
            }
            assertThat(origin.requests()).hasSize(2);
        }
    }

    @Test
    void theAnswerToARequestThatFiltersBehindSendElsewhereIsKeptForNobody() throws Exception {
        String gold = "match: { prefix: /, dynamic_metadata: [ { filter: m, path: [ { key: v } ], value: "
                + "{ string_match: { exact: gold } } } ] }, request_headers_to_add: [ { header: { key: x-tier, "
                + "value: gold } } ], route: { cluster: origins }";
        for (String space : List.of("m", "envoy.lb")) {
            String rule = "request_rules: [ { header: x-v, on_header_present: { metadata_namespace: " + space
                    + ", key: v } } ]";
            String manager = "stat_prefix: test\nhttp_filters:\n- "
                    + FilteredProxy.entry("c", CachedOrigin.CACHE, CachedOrigin.MEMORY) + "\n- "
                    + FilteredProxy.entry("m", "envoy.extensions.filters.http.header_to_metadata.v3.Config", rule)
                    + "\n- " + FilteredProxy.entry("r", "envoy.extensions.filters.http.router.v3.Router", "")
                    + "\nroute_config: { virtual_hosts: [ { name: all, domains: [ \"*\" ], routes: [ { " + gold
                    + " }, { match: { prefix: / }, route: { cluster: origins } } ] } ] }\n";
            try (var origin = Origin.start((request, wire) -> wire.send(response("200 OK",
                    request.header("x-v").orElse("basic"), FRESH)));
                    var proxy = FilteredProxy.manager(manager).before(origin);
                    var client = proxy.client()) {
                assertThat(client.send("GET / HTTP/1.1\r\nHost: a\r\nX-V: gold\r\n\r\n").response().body()).as(space)
                        .isEqualTo("gold");
                for (int i = 0; i < 2; i++) {
                    assertThat(client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").response().body()).as(space)
                            .isEqualTo("basic");
                }
                assertThat(origin.requests()).as(space).hasSize(2);
            }
        }
    }

    @Test
    void aGetWithABodyIsNoneOfTheCaches() throws Exception {
        try (var cached = CachedOrigin.saying(FRESH); var client = cached.proxy.client()) {
            client.send("GET / HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 3\r\n\r\na=b").response();
            assertThat(cached.count("stored")).isZero();
        }
    }

    @Test
    void theAnswerToOneMethodIsNotThatToAnother() throws Exception {
        try (var cached = CachedOrigin.saying(FRESH)) {
            cached.ask("OPTIONS", "/");
            cached.ask("HEAD", "/");
            cached.ask("POST", "/", "Content-Length: 0");
            assertThat(cached.get("/").body()).isEqualTo("body4");
        }
    }

    @Test
    void aBodyThatIsTooLongPassesAndIsNotKept() throws Exception {
        String body = "x".repeat(5_000);
        for (boolean chunked : new boolean[]{false, true}) {
            try (var cached = new CachedOrigin(CachedOrigin.MEMORY + ", max_body_bytes: 4999",
                    (request, wire) -> wire.send(chunked
                            ? "HTTP/1.1 200 OK\r\n" + FRESH + "\r\nTransfer-Encoding: chunked\r\n\r\n1388\r\n" + body
                                    + "\r\n0\r\n\r\n"
                            : response("200 OK", body, FRESH)))) {
                for (int i = 1; i <= 2; i++) {
                    assertThat(cached.get("/").body()).isEqualTo(body);
                    assertThat(cached.asked()).isEqualTo(i);
                }
                assertThat(cached.count("store_skipped")).isEqualTo(2);
            }
        }
    }

    @Test
    void aResponseWithTrailersIsNotKept() throws Exception {
        try (var cached = CachedOrigin.of((request, wire) -> wire.send("HTTP/1.1 200 OK\r\n" + FRESH
                + "\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nx-sum: 1\r\n\r\n"))) {
            assertThat(cached.get("/").trailers()).hasSize(1);
            assertThat(cached.count("stored")).isZero();
        }
    }

    @Test
    void anAnswerThatWasAskedForBeforeAChangeIsNotKeptAfterIt() throws Exception {
        var go = new java.util.concurrent.CountDownLatch(1);
        try (var cached = CachedOrigin.of((request, wire) -> {
            if (request.method().equals("GET")) {
                try {
                    go.await();
                } catch (InterruptedException over) {
                    Thread.currentThread().interrupt();
                }
            }
            wire.send(response("200 OK", "old", FRESH));
        }); var client = cached.proxy.client()) {
            client.send("GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n");
            cached.origin.awaitRequests(1);
            cached.ask("POST", "/", "Content-Length: 0");
            go.countDown();
            assertThat(client.response().body()).isEqualTo("old");
            assertThat(cached.count("stored")).isZero();
        } finally {
            go.countDown();
        }
    }

    @Test
    void anAnswerThatTurnsPrivateIsForgotten() throws Exception {
        var count = new AtomicInteger();
        try (var cached = CachedOrigin.of((request, wire) -> {
            int now = count.incrementAndGet();
            wire.send(switch (now) {
                case 1 -> response("200 OK", "for all", FRESH + "\r\nAge: 600", "ETag: \"a\"");
                case 2 -> "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\nCache-Control: private\r\n\r\n";
                default -> response("200 OK", "for one", "Cache-Control: private");
            });
        })) {
            cached.get("/");
            assertThat(cached.get("/").body()).isEqualTo("for all");
            assertThat(cached.get("/").body()).isEqualTo("for one");
            assertThat(cached.origin.requests().get(2).headers("if-none-match")).isEmpty();
        }
    }

    @Test
    void whatIsConfiguredAlikeButElsewhereIsAnotherCache() throws Exception {
        try (var cached = CachedOrigin.saying(FRESH); var other = CachedOrigin.saying(FRESH)) {
            cached.get("/");
            other.get("/");
            assertThat(other.asked()).isEqualTo(1);
        }
    }
}
