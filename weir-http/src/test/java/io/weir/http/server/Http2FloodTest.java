package io.weir.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.weir.http.h2.Rfc9113Cases;
import io.weir.http.h2.RawHttp2;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.config.HttpManagerSpec.Codec;
import io.weir.http.config.HttpManagerSpec.Timeouts;
import io.weir.http.h2.Http2Error;
import io.weir.http.h2.Http2Options;
import io.weir.http.route.Forward;
import io.weir.http.route.RouteTable;
import io.weir.testkit.Origin;
import io.weir.testkit.RawHttp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Floods: cheap for a client and dear for a server. Each ends with ENHANCE_YOUR_CALM at its limit, the number of its
 * kind goes up, and another client is served meanwhile and afterwards.
 */
@Timeout(120)
final class Http2FloodTest {
    private static final String CALM = "GOAWAY ENHANCE_YOUR_CALM";
    /** More than any limit, and little enough to be read and thrown away before the connection is closed. */
    private static final int FLOOD_BYTES = 1 << 20;
    private static Http2Fixture fixture;
    private static RawHttp2 honest;
    private static int honestId = -1;

    @BeforeAll
    static void start() throws IOException {
        var defaults = Http2Options.DEFAULT;
        fixture = new Http2Fixture(HttpManagerSpec.of("test", RouteTable.of(Forward.to("origins")))
                .withHttp2(Codec.AUTO, defaults));
        honest = fixture.client();
    }

    @AfterAll
    static void stop() throws IOException {
        honest.close();
        fixture.close();
    }

    /**
     * One kind of flood.
     *
     * @param counter
     *            of {@code http2.}, which has to go up
     * @param block
     *            what is sent again and again, after the start, until the connection is closed
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Flood(String name, String counter, String reaction, byte[] start, byte[] block) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Flood> floods() {
        byte[] none = {};
        byte[] open = RawHttp2.frameBytes(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1,
                RawHttp2.request("POST", "/wait"));
        byte[] begun = RawHttp2.frameBytes(RawHttp2.HEADERS, RawHttp2.END_STREAM, 1,
                RawHttp2.request("GET", "/"));
        byte[] ping = RawHttp2.frameBytes(RawHttp2.PING, 0, 0, new byte[8]);
        byte[] settings = RawHttp2.frameBytes(RawHttp2.SETTINGS, 0, 0, none);
        byte[] priority = RawHttp2.frameBytes(RawHttp2.PRIORITY, 0, 3, new byte[]{0, 0, 0, 1, 7});
        byte[] window = RawHttp2.frameBytes(RawHttp2.WINDOW_UPDATE, 0, 0, RawHttp2.numbers(1));
        byte[] emptyData = RawHttp2.frameBytes(RawHttp2.DATA, 0, 1, none);
        byte[] padded = RawHttp2.frameBytes(RawHttp2.DATA, RawHttp2.PADDED, 1, new byte[]{2, 0, 0});
        byte[] unknown = RawHttp2.frameBytes(0x77, 0, 0, new byte[16]);
        byte[] part = RawHttp2.frameBytes(RawHttp2.CONTINUATION, 0, 1, RawHttp2.block("x: y"));
        byte[] largePart = RawHttp2.frameBytes(RawHttp2.CONTINUATION, 0, 1, new byte[16_384]);
        byte[] emptyPart = RawHttp2.frameBytes(RawHttp2.CONTINUATION, 0, 1, none);
        return List.of(new Flood("PING", "inbound_control_frames_flood", CALM, none, ping),
                new Flood("SETTINGS", "inbound_control_frames_flood", CALM, none, settings),
                new Flood("frames of an unknown type", "inbound_control_frames_flood", CALM, none, unknown),
                new Flood("PRIORITY", "inbound_priority_frames_flood", CALM, none, priority),
                new Flood("WINDOW_UPDATE", "inbound_window_update_frames_flood", CALM, none, window),
                new Flood("DATA without payload", "inbound_empty_frames_flood", CALM, open, emptyData),
                new Flood("DATA of padding alone", "inbound_empty_frames_flood", CALM, open, padded),
                new Flood("CONTINUATION in small parts (CVE-2024-27316)", "continuation_flood", CALM, begun, part),
                new Flood("CONTINUATION in large parts", "continuation_flood", CALM, begun, largePart),
                new Flood("CONTINUATION without payload", "inbound_empty_frames_flood", CALM, begun, emptyPart));
    }

    @ParameterizedTest
    @MethodSource("floods")
    void aFloodEndsAtItsLimit(Flood flood) throws Exception {
        long before = count(flood.counter());
        try (var attacker = fixture.client()) {
            attacker.send(flood.start());
            drown(attacker, flood.block());
            assertThat(attacker.reaction()).isEqualTo(flood.reaction());
        }
        assertThat(count(flood.counter())).isEqualTo(before + 1);
        served();
    }

    /** Sends until the connection is closed, or long enough. */
    private static void drown(RawHttp2 attacker, byte[] block) {
        var many = new ByteArrayOutputStream();
        int each = Math.max(1, 8_192 / block.length);
        for (int i = 0; i < each; i++) {
            many.writeBytes(block);
        }
        try {
            for (int sent = 0; sent < FLOOD_BYTES; sent += many.size()) {
                attacker.send(many.toByteArray());
            }
        } catch (IOException closed) {
            // as it should be
        }
    }

    private static long count(String counter) {
        return fixture.proxy.stats.root().child("http2").counter(counter).value();
    }

    /** An honest client, whose connection was there all the time, gets its answer. */
    private static void served() throws IOException {
        honestId += 2;
        assertThat(honest.get(honestId, "/").answer(honestId).status).isEqualTo(200);
    }

    @Test
    void requestsThatAreResetAtOnceEndTheConnection() throws Exception {
        long before = count("inbound_resets_flood");
        try (var attacker = fixture.client()) {
            int sent = 0;
            try {
                for (int id = 1; id < 1_200; id += 2) {
                    attacker.get(id, "/wait").reset(id, Http2Error.CANCEL);
                    sent++;
                }
            } catch (IOException closed) {
                // sooner than all were sent
            }
            assertThat(sent).isGreaterThan(200);
            assertThat(attacker.reaction()).isEqualTo(CALM);
        }
        assertThat(count("inbound_resets_flood")).isEqualTo(before + 1);
        served();
    }

    @Test
    void resetsThatTheClientProvokesCountAsItsOwn() throws Exception {
        long before = count("inbound_resets_flood");
        try (var attacker = fixture.client()) {
            try {
                for (int id = 1; id < 1_200; id += 2) {
                    attacker.get(id, "/wait").windowUpdate(id, 0); // CVE-2025-8671
                }
            } catch (IOException closed) {
                // as it should be
            }
            String reaction = attacker.reaction();
            while (reaction.startsWith("RST_STREAM")) {
                reaction = attacker.reaction();
            }
            assertThat(reaction).isEqualTo(CALM);
        }
        assertThat(count("inbound_resets_flood")).isEqualTo(before + 1);
        served();
    }

    @Test
    void requestsThatAreAnsweredAndSomeThatAreCancelledEndNothing() throws Exception {
        try (var client = fixture.client()) {
            for (int id = 1; id < 1_400; id += 4) {
                assertThat(client.get(id, "/").answer(id).status).isEqualTo(200);
                if (id % 3 == 0) {
                    client.get(id + 2, "/wait").reset(id + 2, Http2Error.CANCEL);
                }
            }
        }
    }

    @Test
    void aClientThatAsksAndDoesNotReadAnswersIsCut() throws Exception {
        String large = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nx: " + "y".repeat(8_000) + "\r\n\r\n";
        try (var origin = Origin.sending(large);
                var proxy = ProxyFixture.before(origin);
                var deaf = RawHttp2.slow(proxy.port, 4_096)) {
            ProxyFixture.eventually(() -> proxy.server.connectionsActive() == 1);
            try {
                for (int sent = 1; sent < 10_000 && proxy.server.connectionsActive() > 0; sent++) {
                    deaf.get(2 * sent - 1, "/");
                    int answered = sent;
                    ProxyFixture.eventually(() -> proxy.exchanges() >= answered
                            || proxy.server.connectionsActive() == 0);
                }
            } catch (IOException closed) {
                // as it should be
            }
            ProxyFixture.eventually(() -> proxy.server.connectionsActive() == 0);
            assertThat(proxy.stats.root().child("http2").counter("outbound_flood").value()).isEqualTo(1);
            assertThat(PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory()).isLessThan(64 << 20);
        }
    }

    @Test
    void controlFramesThatWaitForTheClientHaveALimitOfTheirOwn() throws Exception {
        var options = new Http2Options(4096, 10, 65_535, 1 << 20, 10_000, 20, 1, 100, 10, false,
                Http2Options.KeepAlive.NONE);
        var pings = new ByteArrayOutputStream();
        for (int i = 0; i < 100; i++) {
            pings.writeBytes(RawHttp2.frameBytes(RawHttp2.PING, 0, 0, new byte[8]));
        }
        try (var few = new Http2Fixture(options); var client = few.client()) {
            assertThat(client.send(pings.toByteArray()).reaction()).isEqualTo(CALM);
            assertThat(few.proxy.stats.root().child("http2").counter("outbound_control_flood").value()).isEqualTo(1);
        }
    }

    @Test
    void aSmallBlockThatStandsForALargeListIsRefusedWithoutHoldingIt() throws Exception {
        try (var client = fixture.client()) {
            // One entry of 3,000 bytes for the table, and then 4,000 references of a byte to it.
            var block = new ByteArrayOutputStream();
            block.writeBytes(RawHttp2.request("GET", "/"));
            block.write(0x40);
            block.writeBytes(Rfc9113Cases.part(RawHttp2.block("x: " + "y".repeat(3_000)), 1, 3_006));
            for (int i = 0; i < 4_000; i++) {
                block.write(0x80 | 62);
            }
            client.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, 1, block.toByteArray());
            assertThat(client.answer(1).status).isEqualTo(431);
            assertThat(client.get(3, "/").answer(3).status).isEqualTo(200);
        }
    }

    @Test
    void aPrefaceAHeadOrABlockThatDoesNotComeToItsEndIsNotWaitedForLong() throws Exception {
        var times = Timeouts.DEFAULT;
        var impatient = new Timeouts(times.idleNanos(), times.streamIdleNanos(), 0, 200_000_000L, 0, 0,
                times.drainNanos(), times.delayedCloseNanos());
        var base = FlowTest.spec(Forward.to("origins"), impatient);
        try (var slow = new Http2Fixture(base)) {
            int port = slow.proxy.port;
            try (var preface = RawHttp.connect(port)) {
                assertThat(preface.send("PRI * HTTP/2.0\r\n").untilClose()).isEmpty();
            }
            try (var noSettings = RawHttp2.silent(port)) {
                assertThat(noSettings.send(RawHttp2.PREFACE).reaction()).isEqualTo(CALM);
            }
            try (var head = RawHttp2.connect(port)) {
                assertThat(head.head(100, RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1).reaction()).isEqualTo(CALM);
            }
            try (var block = RawHttp2.connect(port)) {
                block.frame(RawHttp2.HEADERS, 0, 1, RawHttp2.request("GET", "/"));
                for (int i = 0; i < 5; i++) {
                    block.frame(RawHttp2.CONTINUATION, 0, 1, RawHttp2.block("x: y"));
                }
                assertThat(block.reaction()).isEqualTo(CALM);
            }
            assertThat(slow.proxy.server.stats().rqHeaderTimeout.value()).isEqualTo(4);
        }
    }
}
