package io.weir.http.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.config.UpstreamHttpSpec.Protocol;
import io.weir.http.config.UpstreamHttpSpec;
import io.weir.http.h2.Http2Options;
import io.weir.http.h2.RawHttp2;
import io.weir.http.route.Forward;
import io.weir.http.route.RouteTable;
import io.weir.http.server.ProxyFixture;
import io.weir.http.upstream.Http2Origin;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import io.weir.testkit.OriginWire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What stands beside bodies and plain heads, through all four pairs of versions: the same in each. */
@Timeout(30)
final class PassageTest {
    private static final String PAIRS = """
            false, HTTP1
            false, HTTP2
            true, HTTP1
            true, HTTP2
            """;

    /** What a client has been told. */
    private record Told(List<Integer> interims, int status, String body, String field, String trailer) {
    }

    /** A host that answers HEAD with a length alone, and all else with early hints, the body echoed, and trailers. */
    private static final class Host implements AutoCloseable {
        final Origin http1 = Origin.start(Host::answer);
        final Http2Origin http2 = Http2Origin.start(new Http2Origin.Script() {
            @Override
            public void head(Http2Origin.Stream stream, Http2Headers headers, boolean last) {
                if ("HEAD".contentEquals(headers.method())) {
                    stream.head(200, true, "content-length", "77");
                    return;
                }
                stream.head(103, false, "link", "</style.css>");
                stream.head(200, false, "x-own", "1");
                if (last) {
                    stream.trailers("x-sum", "none");
                }
            }

            @Override
            public void data(Http2Origin.Stream stream, ByteBuf data, boolean last) {
                if (data.isReadable()) {
                    stream.data(data.retainedDuplicate(), false);
                }
                if (last) {
                    stream.trailers("x-sum", "42");
                }
            }
        });

        private static void answer(HttpMessage request, OriginWire wire) throws IOException {
            if (request.method().equals("HEAD")) {
                wire.send("HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n");
                return;
            }
            wire.send("HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n");
            wire.send("HTTP/1.1 200 OK\r\nX-Own: 1\r\nTransfer-Encoding: chunked\r\n\r\n");
            if (!request.body().isEmpty()) {
                wire.chunk(request.body());
            }
            wire.send("0\r\nX-Sum: " + (request.trailers().isEmpty() ? "none" : "42") + "\r\n\r\n");
        }

        ProxyFixture proxy(Protocol protocol) {
            var endpoint = protocol == Protocol.HTTP2 ? http2.endpoint() : Endpoint.of(http1.address());
            var cluster = ClusterSpec.of("origins", List.of(endpoint)).withExtensions(
                    Map.of(UpstreamHttpSpec.TYPE, UpstreamHttpSpec.DEFAULT.with(protocol, Http2Options.DEFAULT)));
            return ProxyFixture.to(cluster, HttpManagerSpec.of("test", RouteTable.of(Forward.to("origins"))));
        }

        @Override
        public void close() {
            http1.close();
            http2.close();
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = PAIRS)
    void earlyHintsTrailersAndABodyThatWaitsForContinuePass(boolean http2, Protocol protocol) throws Exception {
        try (var host = new Host(); var proxy = host.proxy(protocol)) {
            assertThat(http2 ? second(proxy) : first(proxy))
                    .isEqualTo(new Told(List.of(100, 103), 200, "hello", "1", "42"));
        }
    }

    private static Told first(ProxyFixture proxy) throws IOException {
        try (var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
            var interims = new ArrayList<Integer>();
            interims.add(client.responseTo("POST").status());
            client.send("5\r\nhello\r\n0\r\nX-Sum: 42\r\n\r\n");
            var answer = client.response();
            for (; answer.status() < 200; answer = client.response()) {
                interims.add(answer.status());
                assertThat(answer.header("link")).contains("</style.css>");
            }
            return new Told(interims, answer.status(), answer.body(), answer.header("x-own").orElse(""),
                    answer.trailers().getFirst().value());
        }
    }

    private static Told second(ProxyFixture proxy) throws IOException {
        try (var client = RawHttp2.connect(proxy.port)) {
            client.post(1, "/", "expect: 100-continue");
            var interims = new ArrayList<Integer>();
            var stream = client.soFar(1);
            while (stream.status == 0) {
                client.next();
            }
            interims.add(stream.status);
            client.data(1, "hello", false);
            client.frame(RawHttp2.HEADERS, RawHttp2.END_STREAM | RawHttp2.END_HEADERS, 1,
                    RawHttp2.block("x-sum: 42"));
            while (!stream.complete) {
                int before = stream.interims;
                client.next();
                if (stream.interims > before && stream.status != 100) {
                    interims.add(stream.status);
                    assertThat(stream.header("link")).isEqualTo("</style.css>");
                }
            }
            var trailers = Objects.requireNonNull(stream.trailers);
            return new Told(interims, stream.status, stream.text(), stream.header("x-own"),
                    String.valueOf(trailers.get("x-sum")));
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = PAIRS)
    void headHasALengthAndNoBody(boolean http2, Protocol protocol) throws Exception {
        try (var host = new Host(); var proxy = host.proxy(protocol)) {
            if (http2) {
                try (var client = RawHttp2.connect(proxy.port)) {
                    client.frame(RawHttp2.HEADERS, RawHttp2.END_STREAM | RawHttp2.END_HEADERS, 1,
                            RawHttp2.request("HEAD", "/"));
                    var answer = client.answer(1);
                    assertThat(answer.header("content-length")).isEqualTo("77");
                    assertThat(answer.text()).isEmpty();
                    client.get(3, "/");
                    assertThat(client.answer(3).status).isEqualTo(200);
                }
                return;
            }
            try (var client = proxy.client()) {
                var answer = client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").responseTo("HEAD");
                assertThat(answer.header("content-length")).contains("77");
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(client.response().status()).isEqualTo(103);
                assertThat(client.response().status()).isEqualTo(200);
            }
        }
    }
}
