package io.weir.filters.cache;

import static io.weir.filters.FilteredProxy.filter;
import static io.weir.filters.cache.CachedOrigin.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.observe.log.ResponseFlag;
import io.weir.testkit.Origin;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A cache as RFC 9111 has it, over real sockets; each test is named by its section. Age is what an origin says. */
@Timeout(60)
final class Rfc9111Test {
    private static final String FRESH = "Cache-Control: max-age=600";
    /** Lives, and does so no more. */
    private static final String STALE = "Cache-Control: max-age=600\r\nAge: 600";

    @Test
    void section2TheKeyIsMethodHostAndTargetWithItsQuery() throws Exception {
        try (var cached = CachedOrigin.saying(FRESH)) {
            assertThat(cached.get("/a").body()).isEqualTo("body1");
            assertThat(cached.get("/a").body()).isEqualTo("body1");
            assertThat(cached.get("/a?x").body()).isEqualTo("body2");
            assertThat(cached.get("/A").body()).isEqualTo("body3");
            try (var client = cached.proxy.client()) {
                assertThat(client.send("GET /a HTTP/1.1\r\nHost: other.example\r\n\r\n").response().body())
                        .isEqualTo("body4");
                assertThat(client.send("GET /a HTTP/1.1\r\nHost: SHOP.example\r\n\r\n").response().body())
                        .isEqualTo("body1");
            }
        }
    }

    @Test
    void section3WhatSaysNothingOfItsFreshnessIsNotStored() throws Exception {
        try (var cached = CachedOrigin.saying("Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT", "ETag: \"a\"")) {
            cached.get("/");
            cached.get("/");
            assertThat(cached.asked()).isEqualTo(2);
            assertThat(cached.count("stored")).isZero();
        }
    }

    @Test
    void section3NoStoreAndPrivateAreNotStored() throws Exception {
        for (String said : List.of("no-store, max-age=600", "x=\"a, no-store, max-age=600", "private, max-age=600",
                "private=\"x\", max-age=600",
                "max-age=600, PRIVATE")) {
            try (var cached = CachedOrigin.saying("Cache-Control: " + said)) {
                cached.get("/");
                cached.get("/");
                assertThat(cached.asked()).as(said).isEqualTo(2);
            }
        }
    }

    @Test
    void section3AResponseThatSetsACookieIsNotStored() throws Exception {
        try (var cached = CachedOrigin.saying(FRESH, "Set-Cookie: session=1")) {
            assertThat(cached.get("/").header("set-cookie")).contains("session=1");
            cached.get("/");
            assertThat(cached.asked()).isEqualTo(2);
        }
    }

    @Test
    void section3OnlyStatusesThatAreUnderstoodAreStored() throws Exception {
        try (var cached = CachedOrigin.of((request, wire) -> wire.send(response(
                request.target().substring(1) + " X", "x", FRESH)))) {
            for (int status : new int[]{200, 203, 300, 301, 302, 307, 308, 404, 405, 410, 414, 451, 501}) {
                cached.get("/" + status);
                int asked = cached.asked();
                assertThat(cached.get("/" + status).status()).isEqualTo(status);
                assertThat(cached.asked()).as("%d", status).isEqualTo(asked);
            }
            for (int status : new int[]{206, 299, 303, 400, 401, 403, 418, 429, 500, 503}) {
                cached.get("/" + status);
                int asked = cached.asked();
                cached.get("/" + status);
                assertThat(cached.asked()).as("%d", status).isGreaterThan(asked);
            }
        }
    }

    @Test
    void section3_3APartIsNotStoredAndAnsweredOutOfAWhole() throws Exception {
        try (var cached = CachedOrigin.of((request, wire) -> wire.send(request.header("range").isPresent()
                ? response("206 Partial Content", "bo", FRESH, "Content-Range: bytes 0-1/5")
                : response("200 OK", "body1", FRESH, "ETag: \"a\"")))) {
            assertThat(cached.get("/", "Range: bytes=0-1").status()).isEqualTo(206);
            assertThat(cached.get("/").body()).isEqualTo("body1");
            var part = cached.get("/", "Range: bytes=1-2");
            assertThat(part.status()).isEqualTo(206);
            assertThat(part.body()).isEqualTo("od");
            assertThat(part.header("content-range")).contains("bytes 1-2/5");
            var outside = cached.get("/", "Range: bytes=9-");
            assertThat(outside.status()).isEqualTo(416);
            assertThat(outside.header("content-range")).contains("bytes */5");
            assertThat(cached.get("/", "Range: bytes=1-2", "If-Range: \"b\"").body()).isEqualTo("body1");
            assertThat(cached.get("/", "Range: bytes=1-2", "If-Range: \"a\"").body()).isEqualTo("od");
            assertThat(cached.asked()).isEqualTo(2);
            cached.get("/", "Range: bytes=0-0,2-2");
            assertThat(cached.asked()).as("several parts are a host's").isEqualTo(3);
        }
    }

    @Test
    void section3_3WhatBreaksOffIsNotStored() throws Exception {
        for (String broken : List.of("HTTP/1.1 200 OK\r\n" + FRESH + "\r\nContent-Length: 9\r\n\r\nhalf",
                "HTTP/1.1 200 OK\r\n" + FRESH + "\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
                "HTTP/1.1 200 OK\r\n" + FRESH + "\r\n\r\nuntil the end")) {
            try (var cached = CachedOrigin.of((request, wire) -> {
                wire.send(broken);
                wire.close();
            })) {
                for (int i = 0; i < 2; i++) {
                    try (var client = cached.proxy.client()) {
                        client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").untilClose();
                    }
                }
                assertThat(cached.asked()).as(broken).isEqualTo(2);
                assertThat(cached.count("stored")).as(broken).isZero();
            }
        }
    }

    @Test
    void section3_5AnAnswerToCredentialsIsForOthersOnlyWhereItSaysSo() throws Exception {
        for (String said : List.of("max-age=600", "max-age=600, public", "s-maxage=600",
                "max-age=600, must-revalidate")) {
            boolean shared = !said.equals("max-age=600");
            try (var cached = CachedOrigin.saying("Cache-Control: " + said)) {
                cached.get("/", "Authorization: Basic abc");
                assertThat(cached.get("/").body()).as(said).isEqualTo(shared ? "body1" : "body2");
                assertThat(cached.get("/", "Authorization: Basic abc").body()).as(said)
                        .isEqualTo(shared ? "body1" : "body3");
            }
        }
    }

    @Test
    void section4AFreshResponseIsAnsweredWithItsAge() throws Exception {
        try (var cached = CachedOrigin.saying(FRESH, "Age: 100", "X-Kept: yes", "Connection: x-hop", "X-Hop: no")) {
            assertThat(cached.get("/").headers("age")).containsExactly("100");
            cached.proxy.logged();
            var hit = cached.get("/");
            assertThat(hit.body()).isEqualTo("body1");
            assertThat(Integer.parseInt(hit.header("age").orElseThrow())).isBetween(100, 160);
            assertThat(hit.headers("x-kept")).containsExactly("yes");
            assertThat(hit.headers("x-hop")).isEmpty();
            assertThat(hit.headers("date")).hasSize(1);
            assertThat(hit.headers("server")).hasSize(1);
            assertThat(hit.headers("content-length")).containsExactly("5");
            var logged = cached.proxy.logged();
            assertThat(logged.has(ResponseFlag.RFCF)).isTrue();
            assertThat(logged.details()).isEqualTo("cache.response_from_cache_filter");
            assertThat(cached.count("hit")).isEqualTo(1);
            assertThat(cached.count("miss")).isEqualTo(1);
            assertThat(cached.asked()).isEqualTo(1);
        }
    }

    @Test
    void section4_1WhatARequestVariesByIsPartOfTheKey() throws Exception {
        try (var cached = CachedOrigin.of((request, wire) -> wire.send(response("200 OK",
                request.header("accept").orElse("none"), FRESH, "Vary: Accept, cookie")))) {
            assertThat(cached.get("/", "Accept: a").body()).isEqualTo("a");
            assertThat(cached.get("/", "Accept: b").body()).isEqualTo("b");
            assertThat(cached.get("/").body()).isEqualTo("none");
            assertThat(cached.get("/", "Accept: a").body()).isEqualTo("a");
            assertThat(cached.get("/", "Accept: b").body()).isEqualTo("b");
            assertThat(cached.get("/").body()).isEqualTo("none");
            assertThat(cached.asked()).isEqualTo(3);
            cached.get("/", "Accept: a", "Cookie: session=1");
            assertThat(cached.asked()).isEqualTo(4);
        }
    }

    @Test
    void section4_1WhatVariesByEverythingOrByMoreThanIsAllowedIsNotStored() throws Exception {
        for (String vary : List.of("*", "accept, *", "user-agent", "accept, user-agent")) {
            try (var cached = CachedOrigin.saying(FRESH, "Vary: " + vary)) {
                cached.get("/");
                cached.get("/");
                assertThat(cached.asked()).as(vary).isEqualTo(2);
            }
        }
    }

    @Test
    void section4_3AStaleResponseIsAskedForAndLivesOnIfItHolds() throws Exception {
        try (var cached = CachedOrigin.of((request, wire) -> wire.send(request.header("if-none-match").isPresent()
                ? "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n" + FRESH + "\r\nX-New: 2\r\n\r\n"
                : response("200 OK", "body1", STALE, "ETag: \"a\"", "X-New: 1", "X-Old: 1", "Content-Type: a/b",
                        "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT")))) {
            cached.get("/");
            var held = cached.get("/");
            assertThat(held.status()).isEqualTo(200);
            assertThat(held.body()).isEqualTo("body1");
            assertThat(held.headers("x-new")).containsExactly("2");
            assertThat(held.headers("x-old")).containsExactly("1");
            assertThat(held.headers("content-type")).containsExactly("a/b");
            assertThat(held.headers("content-length")).containsExactly("5");
            var question = cached.origin.requests().get(1);
            assertThat(question.headers("if-none-match")).containsExactly("\"a\"");
            assertThat(question.headers("if-modified-since")).containsExactly("Sun, 06 Nov 1994 08:49:37 GMT");
            assertThat(cached.get("/").headers("x-new")).containsExactly("2");
            assertThat(cached.asked()).as("it is fresh again").isEqualTo(2);
            assertThat(cached.count("not_modified")).isEqualTo(1);
        }
    }

    @Test
    void section4_3AQuestionOfTheClientsIsAnsweredByWhatIsKept() throws Exception {
        try (var cached = CachedOrigin.of((request, wire) -> wire.send(request.header("if-none-match").isPresent()
                ? "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n" + STALE + "\r\n\r\n"
                : response("200 OK", "body1", STALE, "ETag: \"a\"")))) {
            cached.get("/");
            var has = cached.get("/", "If-None-Match: W/\"a\", \"x\"");
            assertThat(has.status()).isEqualTo(304);
            assertThat(has.body()).isEmpty();
            var hasNot = cached.get("/", "If-None-Match: \"b\"");
            assertThat(hasNot.status()).isEqualTo(200);
            assertThat(hasNot.body()).isEqualTo("body1");
            var part = cached.get("/", "Range: bytes=1-2");
            assertThat(part.status()).isEqualTo(206);
            assertThat(part.body()).isEqualTo("od");
            assertThat(cached.asked()).isEqualTo(4);
            assertThat(cached.origin.requests().get(2).headers("if-none-match")).containsExactly("\"a\"");
            assertThat(cached.origin.requests().get(3).headers("range")).isEmpty();
        }
    }

    @Test
    void section4_3_2AFreshResponseIsNotSentToAClientThatHasIt() throws Exception {
        try (var cached = CachedOrigin.saying(FRESH, "ETag: \"a\"", "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT")) {
            cached.get("/");
            var has = cached.get("/", "If-None-Match: \"x\", \"a\"");
            assertThat(has.status()).isEqualTo(304);
            assertThat(has.header("etag")).contains("\"a\"");
            assertThat(cached.get("/", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT").status()).isEqualTo(304);
            assertThat(cached.get("/", "If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT").status()).isEqualTo(200);
            assertThat(cached.get("/", "If-None-Match: \"b\"", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT")
                    .status()).as("the tag goes before the date").isEqualTo(200);
            assertThat(cached.asked()).isEqualTo(1);
        }
    }

    @Test
    void section4_3_3AnotherAnswerTakesThePlaceOfTheOldOne() throws Exception {
        try (var cached = CachedOrigin.of((request, wire) -> wire.send(request.header("if-none-match").isPresent()
                ? response("200 OK", "new", FRESH, "ETag: \"b\"")
                : response("200 OK", "old", STALE, "ETag: \"a\"")))) {
            cached.get("/");
            assertThat(cached.get("/").body()).isEqualTo("new");
            assertThat(cached.get("/").body()).isEqualTo("new");
            assertThat(cached.asked()).isEqualTo(2);
        }
    }

    @Test
    void section4_2_4AnErrorIsAnsweredStaleOnlyWhereThatIsSaid() throws Exception {
        for (boolean said : new boolean[]{true, false}) {
            String age = "Cache-Control: max-age=600" + (said ? ", stale-if-error=600" : "") + "\r\nAge: 700";
            try (var cached = CachedOrigin.of((request, wire) -> wire.send(request.header("if-none-match").isPresent()
                    ? response("503 Service Unavailable", "down for a while")
                    : response("200 OK", "body1", age, "ETag: \"a\"")))) {
                cached.get("/");
                var answer = cached.get("/");
                assertThat(answer.status()).isEqualTo(said ? 200 : 503);
                assertThat(answer.body()).isEqualTo(said ? "body1" : "down for a while");
                cached.origin.kill();
                answer = cached.get("/");
                assertThat(answer.status()).as("no host at all").isEqualTo(said ? 200 : 503);
                assertThat(cached.count("stale_on_error")).isEqualTo(said ? 2 : 0);
            }
        }
    }

    @Test
    void section4_2_4AStaleAnswerWaitsForNothingThatTheFailingHostStillOwes() throws Exception {
        try (var cached = CachedOrigin.of((request, wire) -> wire.send(request.header("if-none-match").isPresent()
                ? "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 9\r\n\r\n"
                : response("200 OK", "body1", "Cache-Control: max-age=600, stale-if-error=600", "Age: 700",
                        "ETag: \"a\"")))) {
            cached.get("/");
            assertThat(cached.get("/").body()).isEqualTo("body1");
            assertThat(cached.asked()).isEqualTo(2);
        }
    }

    @Test
    void section4_4WhatChangesSomethingMakesWhatIsKeptInvalid() throws Exception {
        for (String method : List.of("POST", "PUT", "DELETE", "PATCH", "FOO")) {
            try (var cached = CachedOrigin.of((request, wire) -> wire.send(request.method().equals("GET")
                    ? response("200 OK", "body", FRESH)
                    : response(request.header("x-fail").isPresent() ? "400 Bad Request" : "201 Created", "",
                            "Location: /made", "Content-Location: http://shop.example/other", FRESH)))) {
                for (String path : List.of("/a", "/made", "/other", "/b")) {
                    cached.get(path);
                }
                cached.ask(method, "/a", "Content-Length: 0", "X-Fail: 1");
                cached.get("/a");
                assertThat(cached.asked()).as("%s that failed", method).isEqualTo(5);
                cached.ask(method, "/a", "Content-Length: 0");
                for (String path : List.of("/a", "/made", "/other", "/b")) {
                    cached.get(path);
                }
                assertThat(cached.asked()).as(method).isEqualTo(9);
            }
        }
    }

    @Test
    void section4_4WhatChangesSomethingIsHeardWhateverRouteItTakes() throws Exception {
        String routes = "- { match: { prefix: /, headers: [ { name: \":method\", string_match: { exact: POST } } ] }, "
                + "route: { cluster: origins, prefix_rewrite: /written/ }, "
                + "request_headers_to_add: [ { header: { key: x-time, value: \"%REQ(x)%\" } } ] }\n"
                + "- { match: { prefix: /, headers: [ { name: x, present_match: true } ] }, "
                + "route: { cluster: origins, host_rewrite_literal: other } }\n"
                + "- { match: { prefix: / }, route: { cluster: origins } }";
        try (var origin = Origin.start((request, wire) -> wire.send(response("200 OK", request.target(), FRESH,
                "Content-Location: made?y")));
                var proxy = filter(CachedOrigin.CACHE, CachedOrigin.MEMORY, "", routes).before(origin);
                var client = proxy.client()) {
            for (int round = 1; round <= 2; round++) {
                for (String path : List.of("/d/a", "/d/made?y", "/d/b")) {
                    client.send("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n").response();
                    client.send("GET " + path + " HTTP/1.1\r\nHost: h\r\nX: 1\r\n\r\n").response();
                }
                assertThat(origin.requests()).as("round %d", round).hasSize(round == 1 ? 6 : 11);
                client.send("POST /d/a HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n").response();
            }
        }
    }

    @Test
    void section3OfRfc5861OneAsksForWhatIsStaleAndAllOthersHaveItAtOnce() throws Exception {
        var go = new java.util.concurrent.CountDownLatch(1);
        try (var cached = CachedOrigin.of((request, wire) -> {
            if (request.header("if-none-match").isPresent()) {
                try {
                    go.await();
                } catch (InterruptedException over) {
                    Thread.currentThread().interrupt();
                }
                wire.send(response("200 OK", "new", FRESH, "ETag: \"b\""));
            } else {
                wire.send(
                        response("200 OK", "old", "Cache-Control: max-age=600, stale-while-revalidate=600", "Age: 700",
                                "ETag: \"a\""));
            }
        })) {
            cached.get("/");
            try (var first = cached.proxy.client().send("GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n")) {
                cached.origin.awaitRequests(2);
                for (int i = 0; i < 3; i++) {
                    assertThat(cached.get("/").body()).isEqualTo("old");
                }
                assertThat(cached.count("stale_while_revalidate")).isEqualTo(3);
                go.countDown();
                assertThat(first.response().body()).isEqualTo("new");
            }
            assertThat(cached.get("/").body()).isEqualTo("new");
            assertThat(cached.asked()).isEqualTo(2);
        }
    }

    @Test
    void section4_4AVariantIsForgottenWithAllOthers() throws Exception {
        try (var cached = CachedOrigin.saying(FRESH, "Vary: accept")) {
            cached.get("/", "Accept: a");
            cached.get("/", "Accept: b");
            cached.ask("POST", "/", "Content-Length: 0");
            assertThat(cached.get("/", "Accept: b").body()).isEqualTo("body4");
            assertThat(cached.get("/", "Accept: a").body()).isEqualTo("body5");
        }
    }

    @Test
    void section5_2_1WhatARequestSaysIsHeardUnlessToldOtherwise() throws Exception {
        try (var cached = CachedOrigin.saying(FRESH, "Age: 100")) {
            assertThat(cached.get("/", "Cache-Control: only-if-cached").status()).isEqualTo(504);
            assertThat(cached.asked()).isZero();
            cached.get("/", "Cache-Control: no-store");
            assertThat(cached.count("stored")).isZero();
            cached.get("/");
            assertThat(cached.get("/", "Cache-Control: only-if-cached").body()).isEqualTo("body2");
            assertThat(cached.get("/", "Cache-Control: no-cache").body()).isEqualTo("body3");
            assertThat(cached.get("/", "Cache-Control: max-age=50").body()).isEqualTo("body4");
            assertThat(cached.get("/", "Pragma: no-cache").body()).isEqualTo("body5");
            assertThat(cached.get("/").body()).isEqualTo("body5");
        }
        var count = new java.util.concurrent.atomic.AtomicInteger();
        try (var cached = new CachedOrigin(CachedOrigin.MEMORY + ", ignore_request_cache_control_header: true",
                (request, wire) -> wire.send(response("200 OK", "body" + count.incrementAndGet(), FRESH)))) {
            cached.get("/", "Cache-Control: no-store");
            assertThat(cached.get("/", "Cache-Control: no-cache").body()).isEqualTo("body1");
        }
    }

    @Test
    void section5_2_2WhatMustBeAskedForIsKeptAndAskedForEachTime() throws Exception {
        try (var cached = CachedOrigin.of((request, wire) -> wire.send(request.header("if-none-match").isPresent()
                ? "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n"
                : response("200 OK", "body1", "Cache-Control: no-cache", "ETag: \"a\"")))) {
            for (int i = 1; i <= 3; i++) {
                assertThat(cached.get("/").body()).isEqualTo("body1");
                assertThat(cached.asked()).isEqualTo(i);
            }
            assertThat(cached.count("not_modified")).isEqualTo(2);
        }
    }

    @Test
    void section9_3_2OfRfc9110AHeadIsAnsweredOutOfAGet() throws Exception {
        try (var cached = CachedOrigin.saying(FRESH)) {
            cached.ask("HEAD", "/");
            assertThat(cached.count("stored")).as("a HEAD is nothing to keep").isZero();
            cached.get("/");
            var head = cached.ask("HEAD", "/");
            assertThat(head.body()).isEmpty();
            assertThat(head.headers("content-length")).containsExactly("5");
            assertThat(cached.asked()).isEqualTo(2);
        }
    }

    @Test
    void section4A304AboutAnotherRepresentationRenewsNothing() throws Exception {
        var count = new java.util.concurrent.atomic.AtomicInteger();
        try (var cached = CachedOrigin.of((request, wire) -> wire.send(switch (count.incrementAndGet()) {
            case 1 -> response("200 OK", "old", STALE, "ETag: \"a\"");
            case 2 -> "HTTP/1.1 304 Not Modified\r\nETag: \"b\"\r\n" + FRESH + "\r\n\r\n";
            default -> response("200 OK", "new", FRESH, "ETag: \"b\"");
        }))) {
            cached.get("/");
            cached.get("/");
            assertThat(cached.get("/").body()).isEqualTo("new");
            assertThat(cached.origin.requests().getLast().headers("if-none-match")).isEmpty();
        }
    }

    @Test
    void aLongBodyGoesOutInPiecesWholeOrInPart() throws Exception {
        String body = "0123456789abcdef".repeat(40_000);
        try (var cached = CachedOrigin.of((request, wire) -> wire.send(response("200 OK", body, FRESH)))) {
            assertThat(cached.get("/").body()).isEqualTo(body);
            try (var client = cached.proxy.client()) {
                for (int i = 0; i < 3; i++) { // the connection goes on behind it
                    assertThat(client.send("GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n").response().body())
                            .isEqualTo(body);
                    var part = client.send("GET / HTTP/1.1\r\nHost: shop.example\r\nRange: bytes=5-400004\r\n\r\n")
                            .response();
                    assertThat(part.status()).isEqualTo(206);
                    assertThat(part.header("content-length")).contains("400000");
                    assertThat(part.body()).isEqualTo(body.substring(5, 400_005));
                    var head = client.send("HEAD / HTTP/1.1\r\nHost: shop.example\r\n\r\n").responseTo("HEAD");
                    assertThat(head.header("content-length")).contains("640000");
                }
            }
            assertThat(cached.asked()).isEqualTo(1);
        }
    }

    @Test
    void aReaderWhoGoesAwayInTheMiddleOfALongBodyLeavesNothingBehind() throws Exception {
        String body = "x".repeat(7_000_000);
        try (var cached = CachedOrigin.of((request, wire) -> wire.send(response("200 OK", body, FRESH)))) {
            cached.get("/");
            try (var client = cached.proxy.client()) {
                client.send("GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n");
                io.weir.http.server.ProxyFixture.eventually(() -> cached.count("hit") == 1);
                client.reset();
            }
            assertThat(cached.get("/").body()).hasSize(7_000_000);
            assertThat(cached.asked()).isEqualTo(1);
        }
    }
}
