package io.weir.http.upstream;

import static io.weir.http.upstream.UpstreamFixture.GET;
import static io.weir.http.upstream.UpstreamFixture.HTTP2;
import static io.weir.http.upstream.UpstreamFixture.before;
import static io.weir.http.server.ProxyFixture.eventually;
import static io.weir.http.upstream.UpstreamFixture.http2;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.weir.http.config.UpstreamHttpSpec.Protocol;
import io.weir.http.config.UpstreamHttpSpec;
import io.weir.http.h2.Http2Options;
import io.weir.testkit.Origin;
import io.weir.testkit.RawHttp;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients of HTTP/1.1 before hosts that speak HTTP/2, in the words of another codec: messages and connections. */
@Timeout(60)
final class Http2UpstreamTest {
    @Test
    void aRequestComesAsFieldsAndTheResponseGoesBackAsLines() throws Exception {
        var seen = new CopyOnWriteArrayList<String>();
        try (var origin = Http2Origin.start((stream, headers, last) -> {
            headers.forEach(field -> seen.add(field.getKey() + ": " + field.getValue()));
            stream.head(200, false, "x-a", "1", "set-cookie", "a=b", "set-cookie", "c=d");
            stream.data("hello", true);
        }); var proxy = before(origin); var client = proxy.client()) {
            var response = client.send("GET /a?b HTTP/1.1\r\nHost: a.example\r\nX-Mixed: Yes\r\nTE: trailers\r\n"
                    + "Connection: te, keep-alive\r\nKeep-Alive: timeout=5\r\nUpgrade: websocket\r\n\r\n").response();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("hello");
            assertThat(response.header("x-a")).contains("1");
            assertThat(response.headers("set-cookie")).containsExactly("a=b", "c=d");
            assertThat(response.header("transfer-encoding")).contains("chunked");
            assertThat(seen).contains(":method: GET", ":scheme: http", ":authority: a.example", ":path: /a?b",
                    "x-mixed: Yes", "te: trailers", "x-forwarded-proto: http");
            assertThat(String.join("|", seen)).doesNotContain("host:", "connection", "keep-alive", "upgrade");
            assertThat(proxy.cluster.stats().upstreamCxHttp2Total().value()).isEqualTo(1);
            assertThat(proxy.cluster.stats().upstreamCxHttp1Total().value()).isZero();
        }
    }

    @Test
    void manyRequestsShareOneConnection() throws Exception {
        var held = new CopyOnWriteArrayList<Http2Origin.Stream>();
        try (var origin = Http2Origin.start((stream, headers, last) -> held.add(stream)); var proxy = before(origin)) {
            var clients = new ArrayList<RawHttp>();
            for (int i = 0; i < 30; i++) {
                clients.add(proxy.client().send("GET /" + i + " HTTP/1.1\r\nHost: a\r\n\r\n"));
            }
            eventually(() -> held.size() == 30);
            assertThat(origin.connections).hasSize(1);
            for (int i = held.size() - 1; i >= 0; i--) { // in another order than they came
                held.get(i).head(200, false);
                held.get(i).data(origin.requests.get(i), true);
            }
            for (int i = 0; i < clients.size(); i++) {
                assertThat(clients.get(i).response().body()).isEqualTo("GET /" + i);
                clients.get(i).close();
            }
        }
    }

    @Test
    void noConnectionCarriesMoreStreamsThanItsHostAllows() throws Exception { // RFC 9113 section 5.1.2
        var under = new HashMap<Channel, Integer>();
        var most = new AtomicInteger();
        var held = new CopyOnWriteArrayList<Http2Origin.Stream>();
        try (var origin = Http2Origin.start(Http2Settings.defaultSettings().maxConcurrentStreams(2),
                (stream, headers, last) -> {
                    if (headers.path().toString().equals("/first")) {
                        stream.head(204, true);
                        return;
                    }
                    most.accumulateAndGet(under.merge(stream.context().channel(), 1, Integer::sum), Math::max);
                    held.add(stream);
                }); var proxy = before(origin); var first = proxy.client()) {
            assertThat(first.send("GET /first HTTP/1.1\r\nHost: a\r\n\r\n").response().status()).isEqualTo(204);
            var clients = new ArrayList<RawHttp>();
            for (int i = 0; i < 7; i++) {
                clients.add(proxy.client().send(GET));
                int came = i + 1;
                eventually(() -> held.size() == came);
            }
            assertThat(most).hasValue(2);
            assertThat(origin.connections).hasSize(4);
            held.forEach(stream -> stream.head(204, true));
            for (var client : clients) {
                assertThat(client.response().status()).isEqualTo(204);
                client.close();
            }
        }
    }

    @Test
    void noConnectionCarriesMoreStreamsThanConfigured() throws Exception {
        var held = new CopyOnWriteArrayList<Http2Origin.Stream>();
        var spec = http2(3, 1 << 20, 1 << 20);
        try (var origin = Http2Origin.start((stream, headers, last) -> held.add(stream));
                var proxy = before(spec, origin)) {
            var clients = new ArrayList<RawHttp>();
            for (int i = 0; i < 7; i++) {
                clients.add(proxy.client().send(GET));
            }
            eventually(() -> held.size() == 7);
            assertThat(origin.connections).hasSize(3);
            held.forEach(stream -> stream.head(204, true));
            for (var client : clients) {
                assertThat(client.response().status()).isEqualTo(204);
                client.close();
            }
        }
    }

    @Test
    void theConnectionWithTheFewestStreamsServesNext() throws Exception {
        var held = new CopyOnWriteArrayList<Http2Origin.Stream>();
        var spec = http2(2, 1 << 20, 1 << 20);
        try (var origin = Http2Origin.start((stream, headers, last) -> held.add(stream));
                var proxy = before(spec, origin)) {
            var clients = new ArrayList<RawHttp>();
            for (int i = 0; i < 4; i++) { // two and two
                clients.add(proxy.client().send(GET));
                int came = i + 1;
                eventually(() -> held.size() == came);
            }
            assertThat(origin.connections).hasSize(2);
            held.get(3).head(204, true);
            assertThat(clients.get(3).response().status()).isEqualTo(204);
            clients.add(proxy.client().send(GET));
            eventually(() -> held.size() == 5);
            assertThat(held.get(4).context().channel()).isSameAs(held.get(3).context().channel());
            for (var client : clients) {
                client.close();
            }
        }
    }

    @Test
    void trailersPassInBothDirections() throws Exception {
        var seen = new CopyOnWriteArrayList<String>();
        try (var origin = Http2Origin.start(new Http2Origin.Script() {
            @Override
            public void head(Http2Origin.Stream stream, Http2Headers headers, boolean last) {
                seen.add("head " + headers.contains("content-length") + " " + last);
            }

            @Override
            public void data(Http2Origin.Stream stream, ByteBuf data, boolean last) {
                seen.add("data " + data.readableBytes() + " " + last);
                if (last) {
                    stream.head(200, false);
                    stream.data("answer", false);
                    stream.trailers("grpc-status", "0", "x-sum", "2");
                }
            }
        }); var proxy = before(origin); var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTE: trailers\r\n"
                    + "Connection: te\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n");
            var response = client.response();
            assertThat(response.body()).isEqualTo("answer");
            assertThat(response.trailers()).extracting(field -> field.name() + ": " + field.value())
                    .containsExactly("grpc-status: 0", "x-sum: 2");
            assertThat(seen).containsExactly("head false false", "data 5 false", "data 0 true");
        }
    }

    @Test
    void interimResponsesPassAndHeadHasNoBody() throws Exception {
        try (var origin = Http2Origin.start((stream, headers, last) -> {
            stream.head(103, false, "link", "</a>");
            stream.head(200, true, "content-length", "5");
        }); var proxy = before(origin); var client = proxy.client()) {
            client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
            var hints = client.responseTo("HEAD");
            assertThat(hints.status()).isEqualTo(103);
            assertThat(hints.header("link")).contains("</a>");
            var response = client.responseTo("HEAD");
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.header("content-length")).contains("5");
            assertThat(client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").responseTo("HEAD").status()).isEqualTo(103);
        }
    }

    @Test
    void anAnswerWithoutContentHasALengthOfZeroForTheClient() throws Exception {
        try (var origin = Http2Origin.start((stream, headers, last) -> stream.head(404, true));
                var proxy = before(origin);
                var client = proxy.client()) {
            for (int i = 0; i < 3; i++) {
                var response = client.send(GET).response();
                assertThat(response.status()).isEqualTo(404);
                assertThat(response.header("content-length")).contains("0");
            }
            assertThat(origin.connections).hasSize(1);
        }
    }

    @Test
    void aConnectionTakesNoMoreRequestsThanConfigured() throws Exception {
        var spec = new UpstreamHttpSpec(HTTP2.idleTimeoutNanos(), 0, 2, 100, 60 * 1024, Protocol.HTTP2,
                Http2Options.DEFAULT);
        try (var origin = Http2Origin.answering("a"); var proxy = before(spec, origin); var client = proxy.client()) {
            for (int i = 0; i < 5; i++) {
                assertThat(client.send(GET).response().body()).isEqualTo("a");
            }
            assertThat(origin.connections).hasSize(3);
            eventually(() -> origin.open() == 1);
            assertThat(proxy.cluster.stats().upstreamCxMaxRequests().value()).isEqualTo(2);
        }
    }

    @Test
    void aConnectionThatRestsTooLongIsClosed() throws Exception {
        var spec = new UpstreamHttpSpec(1_000_000, 0, 0, 100, 60 * 1024, Protocol.HTTP2, Http2Options.DEFAULT);
        try (var origin = Http2Origin.answering("a"); var proxy = before(spec, origin); var client = proxy.client()) {
            assertThat(client.send(GET).response().body()).isEqualTo("a");
            eventually(() -> origin.open() == 0);
            assertThat(proxy.cluster.stats().upstreamCxIdleTimeout().value()).isEqualTo(1);
            assertThat(proxy.cluster.stats().upstreamCxActive().value()).isZero();
            assertThat(client.send(GET).response().body()).isEqualTo("a");
        }
    }

    @Test
    void aClientOfHttp1IsServedByHttp1WhereTheClusterFollowsItsClients() throws Exception {
        var spec = UpstreamHttpSpec.DEFAULT.with(Protocol.AS_DOWNSTREAM, Http2Options.DEFAULT);
        try (var origin = Origin.answering("one");
                var proxy = before(spec, origin.address());
                var client = proxy.client()) {
            assertThat(client.send(GET).response().body()).isEqualTo("one");
            assertThat(proxy.cluster.stats().upstreamCxHttp1Total().value()).isEqualTo(1);
        }
    }

    @Test
    void aClientOfHttp2IsServedByHttp2WhereTheClusterFollowsItsClients() throws Exception {
        var spec = UpstreamHttpSpec.DEFAULT.with(Protocol.AS_DOWNSTREAM, Http2Options.DEFAULT);
        var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        try (var origin = Http2Origin.answering("two"); var proxy = before(spec, origin)) {
            for (int i = 0; i < 3; i++) {
                var response = client.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + proxy.port + "/")).build(),
                        HttpResponse.BodyHandlers.ofString());
                assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
                assertThat(response.body()).isEqualTo("two");
            }
            assertThat(proxy.cluster.stats().upstreamCxHttp2Total().value()).isPositive();
        }
    }
}
