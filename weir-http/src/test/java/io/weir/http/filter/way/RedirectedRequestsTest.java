package io.weir.http.filter.way;

import static io.weir.http.server.ProxyFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.config.HttpManagerSpec.Codec;
import io.weir.http.config.ReadManager;
import io.weir.http.filter.BodyPart;
import io.weir.http.filter.BodyStep;
import io.weir.http.filter.ChainSpec;
import io.weir.http.filter.FilterContext;
import io.weir.http.filter.FilterStep;
import io.weir.http.filter.Flow;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;
import io.weir.http.h2.Http2Options;
import io.weir.http.h2.RawHttp2;
import io.weir.http.server.ProxyFixture;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import io.weir.testkit.OriginWire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Redirects that are followed in the client's stead where filters see bodies: the next request passes them anew. */
@Timeout(30)
final class RedirectedRequestsTest {
    private final Bender outer = new Bender("f1");
    private final Bender inner = new Bender("f2");

    private static void answer(HttpMessage request, OriginWire wire) throws IOException {
        switch (request.target()) {
            case "/temporary" -> wire.send("HTTP/1.1 307 Moved\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n");
            case "/other" -> wire.send("HTTP/1.1 303 Other\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n");
            case "/twice" -> wire.send("HTTP/1.1 307 Moved\r\nLocation: /temporary\r\nContent-Length: 0\r\n\r\n");
            default -> wire.reply(200, request.method() + " " + request.target() + " " + request.body());
        }
    }

    private ProxyFixture proxy(Origin origin, HttpFilterSpec... more) {
        var filters = new ArrayList<HttpFilterSpec>(List.of(outer, inner));
        Collections.addAll(filters, more);
        var spec = ReadManager.route("""
                match: { prefix: / }
                request_headers_to_add: { header: { key: x-route, value: "1" } }
                route: { cluster: origins, internal_redirect_policy: { max_internal_redirects: 3,
                  redirect_response_codes: [ 303, 307 ] } }
                request_body_buffer_limit: 1000000
                """).accepted();
        return ProxyFixture.with(cluster -> cluster,
                spec.withHttp2(Codec.AUTO, Http2Options.DEFAULT).withChains(List.of(new ChainSpec(filters))), origin);
    }

    private static String post(String path, String field, String body) {
        return "POST " + path + " HTTP/1.1\r\nHost: a\r\n" + field + "Content-Length: " + body.length() + "\r\n\r\n"
                + body;
    }

    private void nothingIsLeft(ProxyFixture proxy) throws InterruptedException {
        eventually(() -> proxy.cluster.circuit().requestsActive() == 0
                && proxy.cluster.stats().upstreamRqActive().value() == 0
                && Collections.frequency(outer.heard(), "f1 request-head") == Collections.frequency(outer.heard(),
                        "f1 ended"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "f1: late\r\n", "f2: late\r\n", "f1: late\r\nf2: late\r\n"})
    void aBodyThatNoFilterHasChangedPassesThemOnceMore(String fields) throws Exception {
        String body = "0123456789".repeat(30_000);
        try (var origin = Origin.start(RedirectedRequestsTest::answer);
                var proxy = proxy(origin);
                var client = proxy.client();
                var second = RawHttp2.connect(proxy.port)) {
            client.send(post("/temporary", fields, "short"));
            assertThat(client.response().body()).isEqualTo("POST /there short");
            client.send(post("/twice", fields, body));
            assertThat(client.response().body()).isEqualTo("POST /there " + body);
            assertThat(Collections.frequency(outer.heard(), "f1 ended")).isGreaterThanOrEqualTo(4);
            client.send("POST /temporary HTTP/1.1\r\nHost: a\r\n" + fields + "Transfer-Encoding: chunked\r\n\r\n"
                    + "5\r\nhello\r\n0\r\n\r\n");
            assertThat(client.response().body()).isEqualTo("POST /there hello");
            second.post(1, "/temporary").data(1, "by the second", true);
            assertThat(second.answer(1).text()).isEqualTo("POST /there by the second");
            client.send("GET /temporary HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
            assertThat(client.response().body()).isEqualTo("GET /there ");
            nothingIsLeft(proxy);
            assertThat(proxy.cluster.stats().upstreamInternalRedirectSucceededTotal().value()).isEqualTo(6);
        }
    }

    @Test
    void aBodyThatAFilterHasChangedIsTheClientsToSendAgain() throws Exception {
        try (var origin = Origin.start(RedirectedRequestsTest::answer);
                var proxy = proxy(origin);
                var client = proxy.client()) {
            for (String word : List.of("double", "append", "trickle", "gather")) {
                assertThat(client.send(post("/temporary", "f2: " + word + "\r\n", "body")).response().status())
                        .as(word).isEqualTo(307);
                assertThat(client.send(post("/other", "f2: " + word + "\r\n", "body")).response().body()).as(word)
                        .isEqualTo(Bender.bent(Set.of(word), "GET /there ")); // whose body is left behind
            }
            assertThat(proxy.cluster.stats().upstreamInternalRedirectFailedTotal().value()).isEqualTo(4);
            nothingIsLeft(proxy);
        }
    }

    /** A filter that puts a line into trailers, and says that it passes them. */
    private record Signer(boolean late) implements HttpFilterSpec {
        private static final HeaderName SIGNED = HeaderName.of("x-signed");

        @Override
        public HttpFilter open(FilterContext context) {
            return exchange -> new BodyStep() {
                @Override
                public Flow requestHead(HttpHead request) {
                    return Flow.NEXT;
                }

                @Override
                public Flow requestData(BodyPart part, boolean last) {
                    if (last && late) {
                        exchange.requestPassage().trailers(this).add(SIGNED, "1");
                    }
                    return Flow.NEXT;
                }

                @Override
                public Flow requestTrailers(HttpHead trailers) {
                    if (!late) {
                        trailers.add(SIGNED, "1");
                    }
                    return Flow.NEXT;
                }
            };
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void trailersThatAFilterHasChangedAreTheClientsToSendAgain(boolean made) throws Exception {
        var spec = ReadManager.manager("""
                stat_prefix: in
                http_filters:
                - name: whole
                  typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.buffer.v3.Buffer,
                    max_request_bytes: 100 }
                - name: envoy.filters.http.router
                  typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
                route_config:
                  virtual_hosts:
                  - name: all
                    domains: "*"
                    routes:
                    - match: { prefix: / }
                      route: { cluster: origins, internal_redirect_policy: { redirect_response_codes: [ 307 ] } }
                """).accepted();
        var signer = new Signer(made);
        try (var origin = Origin.start(RedirectedRequestsTest::answer);
                var proxy = ProxyFixture.with(cluster -> cluster,
                        spec.withChains(List.of(new ChainSpec(List.of(outer, signer)))), origin);
                var client = proxy.client()) {
            String head = "POST /temporary HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n";
            client.send(head + (made ? "\r\n" : "x-t: 1\r\n\r\n"));
            assertThat(client.response().status()).isEqualTo(307);
            client.send(head + (made ? "x-t: 1\r\n\r\n" : "\r\n")); // which the filter does not change
            assertThat(client.response().body()).isEqualTo("POST /there body");
            nothingIsLeft(proxy);
        }
    }

    @Test
    void anAnswerOfAFilterToTheSecondRequestEndsIt() throws Exception {
        try (var origin = Origin.start(RedirectedRequestsTest::answer);
                var proxy = proxy(origin, new Guard());
                var client = proxy.client()) {
            client.send(post("/temporary", "", "body") + post("/there", "", "next"));
            assertThat(client.response().status()).isEqualTo(403);
            assertThat(client.response().status()).isEqualTo(403);
            assertThat(origin.requests()).hasSize(1);
            nothingIsLeft(proxy);
        }
    }

    /** A filter that lets nobody there, and says so when it has seen some of the body. */
    private record Guard() implements HttpFilterSpec {
        private static final Flow.Reply NO = new Flow.Reply(403, new byte[0], "guarded", 0);

        @Override
        public HttpFilter open(FilterContext context) {
            return exchange -> new BodyStep() {
                private boolean there;

                @Override
                public Flow requestHead(HttpHead request) {
                    there = request.path().equals("/there");
                    return Flow.NEXT;
                }

                @Override
                public Flow requestData(BodyPart part, boolean last) {
                    return there ? NO : Flow.NEXT;
                }
            };
        }
    }

    /** A filter that looks at heads only, and lets them go on later. */
    private record Slow() implements HttpFilterSpec {
        @Override
        public HttpFilter open(FilterContext context) {
            return exchange -> new FilterStep() {
                @Override
                public Flow requestHead(HttpHead request) {
                    exchange.worker().loop().execute(() -> exchange.requestPassage().resume(this));
                    return Flow.PAUSE;
                }
            };
        }
    }

    @Test
    void aHeadThatWaitsAtAFilterKeepsTheBodyThatIsHere() throws Exception {
        var spec = ReadManager.route("""
                match: { prefix: / }
                route: { cluster: origins, internal_redirect_policy: { redirect_response_codes: [ 307 ] } }
                """).accepted();
        try (var origin = Origin.start(RedirectedRequestsTest::answer);
                var proxy = ProxyFixture.with(cluster -> cluster,
                        spec.withChains(List.of(new ChainSpec(List.of(new Slow())))), origin);
                var client = proxy.client()) {
            client.send(post("/temporary", "", "0123456789"));
            assertThat(client.response().body()).isEqualTo("POST /there 0123456789");
            client.send("POST /temporary HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "5\r\nhello\r\n0\r\n\r\n");
            assertThat(client.response().body()).isEqualTo("POST /there hello");
        }
    }

    /** A filter that adds a field to every request. */
    private record Adds() implements HttpFilterSpec {
        @Override
        public HttpFilter open(FilterContext context) {
            return exchange -> request -> {
                request.add(HeaderName.of("x-filter"), "1");
                return Flow.NEXT;
            };
        }
    }

    @Test
    void whatFiltersAndRoutesAddedToTheFirstRequestIsNotInTheNext() throws Exception {
        try (var origin = Origin.start(RedirectedRequestsTest::answer);
                var proxy = proxy(origin, new Adds());
                var client = proxy.client()) {
            client.send("GET /twice HTTP/1.1\r\nHost: a\r\nX-Own: 1\r\n\r\n");
            assertThat(client.response().body()).isEqualTo("GET /there ");
            for (var request : origin.requests()) {
                for (String name : List.of("x-filter", "x-route", "x-own", "host", "x-request-id")) {
                    assertThat(request.fields().stream().filter(field -> field.name().equalsIgnoreCase(name)))
                            .as(name).hasSize(1);
                }
            }
            assertThat(origin.requests().getLast().header("x-envoy-original-url")).contains("http://a/temporary");
        }
    }

    /** A filter that adds a field to requests, and with that has their route found anew. */
    private record Moves() implements HttpFilterSpec {
        @Override
        public HttpFilter open(FilterContext context) {
            return exchange -> request -> {
                if (request.path().equals("/temporary")) {
                    request.add(HeaderName.of("x-secret"), "1");
                    exchange.reroute();
                }
                return Flow.NEXT;
            };
        }
    }

    @Test
    void whatFiltersAddedOnTheWayToARouteThatFollowsIsNotInTheNextRequest() throws Exception {
        var spec = ReadManager.routes("""
                virtual_hosts:
                - name: a
                  domains: "*"
                  routes:
                  - match: { prefix: /, headers: [ { name: x-secret, present_match: true } ] }
                    request_headers_to_add: { header: { key: x-route, value: "1" } }
                    route: { cluster: origins, internal_redirect_policy: { redirect_response_codes: [ 307 ] } }
                  - { match: { prefix: / }, route: { cluster: origins } }
                """).accepted();
        try (var origin = Origin.start(RedirectedRequestsTest::answer);
                var proxy = ProxyFixture.with(cluster -> cluster,
                        spec.withChains(List.of(new ChainSpec(List.of(new Moves())))), origin);
                var client = proxy.client()) {
            client.send("GET /temporary HTTP/1.1\r\nHost: a\r\nX-Own: 1\r\n\r\n");
            assertThat(client.response().body()).isEqualTo("GET /there ");
            assertThat(origin.requests().getFirst().header("x-secret")).isPresent();
            var next = origin.requests().getLast();
            assertThat(next.header("x-secret")).isEmpty();
            assertThat(next.header("x-route")).isEmpty();
            assertThat(next.header("x-own")).contains("1");
        }
    }

    /** A filter that lets requests for there go on after a second. */
    private record Patient() implements HttpFilterSpec {
        @Override
        public HttpFilter open(FilterContext context) {
            return exchange -> new FilterStep() {
                @Override
                public Flow requestHead(HttpHead request) {
                    if (!request.path().equals("/there")) {
                        return Flow.NEXT;
                    }
                    exchange.worker().loop().schedule(() -> exchange.requestPassage().resume(this), 1,
                            TimeUnit.SECONDS);
                    return Flow.PAUSE;
                }
            };
        }
    }

    @Test
    void theTimeOfARouteThatHasBeenLeftRunsNoLonger() throws Exception {
        var spec = ReadManager.routes("""
                virtual_hosts:
                - name: a
                  domains: "*"
                  routes:
                  - { match: { prefix: /there }, route: { cluster: origins } }
                  - match: { prefix: / }
                    route: { cluster: origins, timeout: 0.6s, internal_redirect_policy: {
                      redirect_response_codes: [ 307 ] } }
                """).accepted();
        try (var origin = Origin.start(RedirectedRequestsTest::answer);
                var proxy = ProxyFixture.with(cluster -> cluster,
                        spec.withChains(List.of(new ChainSpec(List.of(new Patient())))), origin);
                var client = proxy.client()) {
            client.send("GET /temporary HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.response().body()).isEqualTo("GET /there ");
        }
    }
}
