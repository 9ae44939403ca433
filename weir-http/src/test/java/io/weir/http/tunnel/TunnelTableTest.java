package io.weir.http.tunnel;

import static io.weir.http.server.ProxyFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import io.weir.core.drain.Drain;
import io.weir.core.drain.Turns;
import io.weir.core.model.ClusterSpec;
import io.weir.core.stats.Scope;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.config.UpstreamHttpSpec;
import io.weir.http.config.UpstreamHttpSpec.Protocol;
import io.weir.http.h2.Http2Options;
import io.weir.http.h2.RawHttp2;
import io.weir.http.server.ProxyFixture;
import io.weir.http.upstream.Http2Origin;
import io.weir.observe.log.ResponseFlag;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import io.weir.testkit.OriginWire;
import io.weir.testkit.Ports;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Upgrades and CONNECT through all four pairs of versions: the same behaviour in each. */
@Timeout(30)
final class TunnelTableTest {
    private static final int MUCH_BYTES = 400_000;
    private static final long SILENCE_NANOS = 300_000_000;
    private static final int TRIES_MAX = 5;
    private static final String PAIRS = """
            false, HTTP1
            false, HTTP2
            true, HTTP1
            true, HTTP2
            """;

    @ParameterizedTest
    @CsvSource(textBlock = PAIRS)
    void aWebSocketOpensCarriesBytesAndEndsEachHalfByItself(boolean http2, Protocol host) throws Exception {
        try (var hosts = new Hosts(); var proxy = hosts.patient(host)) {
            try (var client = TunnelClient.of(http2, proxy.port)) {
                assertThat(client.webSocket()).isEqualTo(http2 ? 200 : 101);
                assertThat(client.header("sec-websocket-accept")).isEqualTo(http2 ? "" : TunnelClient.ACCEPT);
                assertThat(client.header("upgrade")).isEqualToIgnoringCase(http2 ? "" : "websocket");
                assertThat(numbers(proxy).gauge("downstream_cx_upgrades_active").value()).isEqualTo(1);
                carries(client);
            }
            var logged = proxy.logged();
            assertThat(logged.status()).isEqualTo(101);
            assertThat(logged.received()).isEqualTo(300_005);
            assertThat(logged.sent()).isEqualTo(300_005 + Hosts.GOODBYE.length());
            assertThat(logged.flags()).isZero();
            eventually(() -> numbers(proxy).gauge("downstream_cx_upgrades_active").value() == 0);
            assertThat(numbers(proxy).counter("downstream_cx_upgrades_total").value()).isEqualTo(1);
            eventually(() -> proxy.cluster.stats().upstreamRqActive().value() == 0);
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = PAIRS)
    void aConnectIsPassedOnToAProxyBehind(boolean http2, Protocol host) throws Exception {
        try (var hosts = new Hosts(); var proxy = hosts.patient(host)) {
            try (var client = TunnelClient.of(http2, proxy.port)) {
                assertThat(client.connect()).isEqualTo(200);
                assertThat(client.header("content-length")).isEmpty();
                assertThat(client.header("transfer-encoding")).isEmpty();
                carries(client);
            }
            var logged = proxy.logged();
            assertThat(logged.status()).isEqualTo(200);
            assertThat(logged.flags()).isZero();
            if (host == Protocol.HTTP1) {
                assertThat(hosts.http1.requests().getFirst().startLine()).isEqualTo("CONNECT b.example:443 HTTP/1.1");
            }
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = PAIRS)
    void onlySilenceEndsATunnelThatIsOpenAndNoDrainDoes(boolean http2, Protocol host) throws Exception {
        int tries = 1;
        while (!endsBySilenceAlone(http2, host)) {
            assertThat(tries++).as("tries in which this machine was away for too long").isLessThan(TRIES_MAX);
        }
    }

    /** False: the test or Weir had no turn for so long that the tunnel was silent by rights. */
    private static boolean endsBySilenceAlone(boolean http2, Protocol host) throws Exception {
        var base = HttpManagerSpec.Timeouts.DEFAULT;
        var times = new HttpManagerSpec.Timeouts(base.idleNanos(), 900_000_000, SILENCE_NANOS,
                base.requestHeadersNanos(), 0, 0, base.drainNanos(), base.delayedCloseNanos());
        try (var hosts = new Hosts();
                var proxy = hosts.proxy(host, times);
                var client = TunnelClient.of(http2, proxy.port)) {
            client.webSocket();
            proxy.server.drain(new Drain(System.nanoTime(), 0));
            long begun = System.nanoTime();
            long spoken = begun;
            while (spoken - begun < 1_500_000_000) { // longer than route, request and silence allow
                long before = spoken;
                spoken = System.nanoTime();
                if (!answered(client)) {
                    assertThat(System.nanoTime() - before).as("silence").isGreaterThan(SILENCE_NANOS);
                    return false;
                }
                Origin.pause(Duration.ofMillis(20));
            }
            assertThat(client.reset()).isEqualTo(http2 ? "CONNECT_ERROR" : "closed");
            var logged = proxy.logged();
            assertThat(logged.details()).isEqualTo("stream_idle_timeout");
            assertThat(logged.has(ResponseFlag.SI)).isTrue();
            eventually(() -> proxy.cluster.stats().upstreamRqActive().value() == 0);
            return true;
        }
    }

    private static boolean answered(TunnelClient client) {
        try {
            client.send("x");
            return client.read(1).equals("x");
        } catch (IOException cut) {
            return false;
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = PAIRS)
    void aTunnelEndsWhenItsTurnInADrainHasComeAndNotBefore(boolean http2, Protocol host) throws Exception {
        try (var hosts = new Hosts();
                var proxy = hosts.patient(host);
                var client = TunnelClient.of(http2, proxy.port)) {
            client.webSocket();
            long begin = System.nanoTime();
            var turns = new Drain(begin, 1_000_000_000_000L);
            proxy.server.endStreams(Turns.ofStreams(turns), begin - 1);
            for (int i = 0; i < 2; i++) {
                client.send("well");
                assertThat(client.read(4)).isEqualTo("well");
            }
            assertThat(proxy.server.connectionsActive()).isEqualTo(1);
            proxy.server.endStreams(Turns.ofStreams(turns), begin + 1_000_000_000_000L);
            assertThat(client.reset()).isEqualTo(http2 ? "CONNECT_ERROR" : "closed"); // RFC 9113 section 8.5
            var logged = proxy.logged();
            assertThat(logged.status()).isEqualTo(101);
            assertThat(logged.details()).isEqualTo("downstream_local_disconnect(drain)");
            assertThat(logged.has(ResponseFlag.DC)).isTrue();
            eventually(() -> numbers(proxy).gauge("downstream_cx_upgrades_active").value() == 0);
            eventually(() -> proxy.cluster.stats().upstreamRqActive().value() == 0);
            eventually(() -> numbers(proxy).counter("downstream_cx_drain_close").value() == 1);
            assertThat(numbers(proxy).counter("downstream_rq_rx_reset").value()).isZero();
            assertThat(numbers(proxy).counter("downstream_rq_tx_reset").value()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsNoTunnelIsNotEndedByTurns(boolean http2) throws Exception {
        try (var hosts = new Hosts();
                var proxy = hosts.proxy(Protocol.HTTP1);
                var client = TunnelClient.of(http2, proxy.port)) {
            assertThat(client.plain(1)).isEqualTo(200);
            proxy.server.endStreams(Turns.ofStreams(new Drain(System.nanoTime(), 0)), Long.MAX_VALUE / 2);
            assertThat(client.plain(3)).isEqualTo(200);
        }
    }

    /** Says more than anybody takes who does not read, behind a first byte, and ends. */
    private static void tells(HttpMessage request, OriginWire wire) throws IOException {
        wire.send("HTTP/1.1 200 Connected\r\n\r\n");
        wire.in().transferTo(OutputStream.nullOutputStream());
        wire.send(new byte[MUCH_BYTES]);
        wire.close();
    }

    @Test
    void aTunnelThatHasEndedIsNotCutWhileItsLastBytesWaitForASlowClient() throws Exception {
        var base = HttpManagerSpec.Timeouts.DEFAULT;
        var patient = new HttpManagerSpec.Timeouts(base.idleNanos(), 0, 0, base.requestHeadersNanos(), 0, 0,
                base.drainNanos(), 60_000_000_000L);
        try (var hosts = new Hosts(TunnelTableTest::tells);
                var proxy = hosts.patient(Protocol.HTTP1, patient);
                var client = RawHttp.connect(Ports.loopback(proxy.narrow()), 4096)) {
            client.send("CONNECT b.example:443 HTTP/1.1\r\nHost: b.example:443\r\n\r\n");
            assertThat(client.responseTo("CONNECT").status()).isEqualTo(200);
            client.finish();
            assertThat(proxy.logged().sent()).isEqualTo(MUCH_BYTES);
            proxy.server.endStreams(Turns.ofStreams(new Drain(System.nanoTime(), 1)), Long.MAX_VALUE / 2);
            assertThat(client.read(MUCH_BYTES)).hasSize(MUCH_BYTES);
            assertThat(client.closedByPeer()).isTrue();
            assertThat(numbers(proxy).counter("downstream_cx_drain_close").value()).isZero();
        }
    }

    @Test
    void tunnelsOfOneConnectionEndEachByItsOwnAge() throws Exception {
        try (var hosts = new Hosts();
                var proxy = hosts.patient(Protocol.HTTP2);
                var client = RawHttp2.connect(proxy.port)) {
            open(client, 1);
            var over = new Drain(System.nanoTime(), 1);
            open(client, 3);
            proxy.server.endStreams(Turns.ofStreams(over), Long.MAX_VALUE / 2);
            assertThat(String.valueOf(client.answer(1).reset)).isEqualTo("CONNECT_ERROR");
            client.data(3, "well", false);
            while (client.soFar(3).text().length() < 4 && client.next() != null) {
                assertThat(client.soFar(3).reset).isNull();
            }
            assertThat(client.soFar(3).text()).isEqualTo("well");
            proxy.server.endStreams(Turns.ofStreams(new Drain(System.nanoTime(), 1)), Long.MAX_VALUE / 2);
            assertThat(String.valueOf(client.answer(3).reset)).isEqualTo("CONNECT_ERROR");
            assertThat(numbers(proxy).counter("downstream_cx_drain_close").value()).isEqualTo(1);
        }
    }

    private static void open(RawHttp2 client, int stream) throws IOException {
        client.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream,
                RawHttp2.block(":method: CONNECT", ":authority: b.example:443"));
        while (client.soFar(stream).status == 0) {
            assertThat(client.next()).isNotNull();
        }
        assertThat(client.soFar(stream).status).isEqualTo(200);
    }

    /** A host of HTTP/2 that ends its half of tunnels with trailers when it is told to, and echoes before. */
    private static final class Trailing implements Http2Origin.Script {
        @Override
        public void head(Http2Origin.Stream stream, Http2Headers headers, boolean last) {
            stream.head(200, false);
        }

        @Override
        public void data(Http2Origin.Stream stream, ByteBuf data, boolean last) {
            String text = data.toString(StandardCharsets.ISO_8859_1);
            if (text.equals("end")) {
                stream.trailers("x-sum", "1");
            } else if (text.equals("before")) {
                stream.data(text, false);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aHostThatSendsFieldsIntoATunnelHasItCut(boolean http2) throws Exception { // RFC 9113 section 8.5
        try (var host = Http2Origin.start(new Trailing())) {
            var cluster = ClusterSpec.of("origins", List.of(host.endpoint())).withExtensions(Map.of(
                    UpstreamHttpSpec.TYPE, UpstreamHttpSpec.DEFAULT.with(Protocol.HTTP2, Http2Options.DEFAULT)));
            try (var proxy = ProxyFixture.to(cluster, Hosts.manager(HttpManagerSpec.Timeouts.DEFAULT));
                    var client = TunnelClient.of(http2, proxy.port)) {
                assertThat(client.connect()).isEqualTo(200);
                client.send("before");
                assertThat(client.read(6)).isEqualTo("before");
                client.send("end");
                assertThat(client.reset()).isEqualTo(http2 ? "CONNECT_ERROR" : "closed");
                var logged = proxy.logged();
                assertThat(logged.has(ResponseFlag.UPE)).isTrue();
                assertThat(logged.sent()).isEqualTo(6);
                eventually(() -> proxy.cluster.stats().upstreamRqActive().value() == 0);
            }
        }
    }

    private static Scope numbers(ProxyFixture proxy) {
        return proxy.stats.root().child("http").tagged("envoy.http_conn_manager_prefix", "test");
    }

    private static void carries(TunnelClient client) throws Exception {
        client.send("hello");
        assertThat(client.read(5)).isEqualTo("hello");
        String much = "0123456789".repeat(1_000);
        for (int i = 0; i < 30; i++) {
            client.send(much);
            assertThat(client.read(much.length())).isEqualTo(much);
        }
        client.finish();
        assertThat(client.read(Hosts.GOODBYE.length())).isEqualTo(Hosts.GOODBYE);
        assertThat(client.ended()).isTrue();
    }
}
