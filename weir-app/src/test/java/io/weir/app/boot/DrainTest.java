package io.weir.app.boot;

import static io.weir.app.boot.ServedWeir.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.app.admin.Administered.Which;
import io.weir.app.boot.Departure.Parting.Step;
import io.weir.core.time.NanoClock;
import io.weir.testkit.Await;
import io.weir.testkit.Origin;
import io.weir.testkit.Ports;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the admin and changes of the configuration do to connections that are open. */
@Timeout(60)
class DrainTest {
    private static final int STREAMS = 100;
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String LISTENER = """
              - name: %s
                traffic_direction: %s
                drain_type: %s
                address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                filter_chains:
                - filters:
                  - name: http
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.\
            HttpConnectionManager
                      stat_prefix: p
                      route_config: { virtual_hosts: [ { name: v, domains: [ "*" ], routes:
                        [ { match: { prefix: / }, direct_response: { status: 204 } } ] } ] }
                      http_filters:
                      - name: router
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
            """;

    @RegisterExtension
    final ServedWeir weir = new ServedWeir();

    private static String text() {
        return "admin: { address: { socket_address: { address: 127.0.0.1, port_value: 0 } } }\n"
                + "static_resources:\n  listeners:\n" + LISTENER.formatted("in", "INBOUND", "DEFAULT")
                + LISTENER.formatted("out", "OUTBOUND", "MODIFY_ONLY");
    }

    private void serve(int drainSeconds) throws IOException {
        weir.start(text(), drainSeconds);
    }

    private String admin(String path) throws IOException {
        String answer = ask(weir.admin(), "POST " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        weir.running().conductor().call(() -> 0);
        return answer;
    }

    private static boolean closes(RawHttp client) throws IOException {
        return client.send(GET).response().head().contains("connection: close");
    }

    @Test
    void whileHealthChecksFailAnswersCloseTheirConnectionsButForListenersThatDrainForChangesOnly() throws Exception {
        serve(30);
        try (RawHttp in = RawHttp.connect(weir.listener(0), 0);
                RawHttp out = RawHttp.connect(weir.listener(1), 0)) {
            assertThat(closes(in)).isFalse();
            assertThat(closes(out)).isFalse();
            assertThat(admin("/healthcheck/fail")).startsWith("HTTP/1.1 200");
            assertThat(ask(weir.admin(), "GET /ready HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 503").contains("DRAINING");
            assertThat(closes(in)).isTrue();
            assertThat(in.closedByPeer()).isTrue();
            assertThat(closes(out)).isFalse();
            try (RawHttp anew = RawHttp.connect(weir.listener(0), 0)) {
                assertThat(closes(anew)).isTrue();
            }
            admin("/healthcheck/ok");
            try (RawHttp anew = RawHttp.connect(weir.listener(0), 0)) {
                assertThat(closes(anew)).isFalse();
            }
        }
    }

    @Test
    void aGracefulDrainOfInboundListenersTakesConnectionsUntilItIsOverAndLeavesTheOthersAlone() throws Exception {
        serve(2);
        InetSocketAddress inbound = weir.listener(0);
        InetSocketAddress outbound = weir.listener(1);
        long askedNanos = System.nanoTime();
        assertThat(admin("/drain_listeners?graceful&inboundonly")).startsWith("HTTP/1.1 200");
        try (RawHttp first = RawHttp.connect(inbound, 0); RawHttp other = RawHttp.connect(outbound, 0)) {
            assertThat(first.send(GET).response().status()).isEqualTo(204);
            Await.until("nobody is served there any more", () -> {
                try (RawHttp anew = RawHttp.connect(inbound, 0)) {
                    return !anew.send(GET).response().head().contains("204");
                } catch (ConnectException closed) {
                    return true;
                }
            });
            assertThat(Duration.ofNanos(System.nanoTime() - askedNanos)).isGreaterThan(Duration.ofSeconds(2));
            assertThat(first.closedByPeer()).isTrue();
            assertThat(closes(other)).isFalse();
        }
        assertThat(admin("/drain_listeners?inboundonly&skip_exit")).startsWith("HTTP/1.1 400");
    }

    /** Whether a new connection there is asked to end with its first answer. */
    private static boolean asked(InetSocketAddress where) throws IOException {
        try (RawHttp anew = RawHttp.connect(where, 0)) {
            return closes(anew);
        }
    }

    private static boolean refused(InetSocketAddress where) throws IOException {
        try {
            RawHttp.connect(where, 0).close();
            return false;
        } catch (ConnectException closed) {
            return true;
        }
    }

    @Test
    void aDrainOfAllBeginsAtThoseThatOneOfInboundListenersHasLeftAlone() throws Exception {
        serve(1);
        InetSocketAddress inbound = weir.listener(0);
        InetSocketAddress outbound = weir.listener(1);
        admin("/drain_listeners?graceful&inboundonly&skip_exit");
        Await.until("connections are asked to end", () -> asked(inbound));
        assertThat(asked(outbound)).isFalse();
        assertThat(admin("/stats?filter=listeners_draining")).contains("total_listeners_draining: 1");
        admin("/drain_listeners?graceful&skip_exit");
        assertThat(admin("/stats?filter=listeners_draining")).contains("total_listeners_draining: 2");
        Await.until("connections are asked to end", () -> asked(outbound));
        admin("/drain_listeners?graceful");
        Await.until("nobody is taken any more", () -> refused(inbound) && refused(outbound));
    }

    @Test
    void oneListenerIsDrainedByItsNameAndTheOthersServeOn() throws Exception {
        serve(1);
        InetSocketAddress inbound = weir.listener(0);
        InetSocketAddress outbound = weir.listener(1);
        try (RawHttp other = RawHttp.connect(outbound, 0)) {
            assertThat(admin("/drain_listeners?graceful&listener=in")).startsWith("HTTP/1.1 200");
            Await.until("nobody is taken any more", () -> refused(inbound));
            assertThat(closes(other)).isFalse();
            assertThat(asked(outbound)).isFalse();
            assertThat(admin("/drain_listeners?listener=in")).startsWith("HTTP/1.1 200");
            assertThat(admin("/drain_listeners?listener=inn")).startsWith("HTTP/1.1 400")
                    .contains("none is called \"inn\"", "[out]");
            assertThat(admin("/drain_listeners?listener=out")).startsWith("HTTP/1.1 200");
            assertThat(refused(outbound)).isTrue();
            assertThat(closes(other)).isFalse();
        }
    }

    @Test
    void aListenerThatDrainsDrainsOnWhenItsChainChanges() throws Exception {
        serve(1);
        InetSocketAddress where = weir.listener(0);
        admin("/drain_listeners?graceful&listener=in&skip_exit");
        Await.until("connections are asked to end", () -> asked(where));
        weir.reload(text().replace("stat_prefix: p", "stat_prefix: changed"));
        assertThat(weir.listener(0)).isEqualTo(where);
        Await.until("connections are asked to end", () -> asked(where)); // each connection has a moment of its own
                                                                         // within the drain time
        assertThat(asked(weir.listener(1))).isFalse();
    }

    @Test
    void listenersThatAreClosedStayClosedWhenTheyChangeAndOneThatComesLaterIsOpen() throws Exception {
        String names = "  - { on: \"127.0.0.1:0\", protocol: udp, to: demo%s }\n";
        String text = "listen:\n  - { on: \"127.0.0.1:0\", to: demo%s }\n";
        weir.start(text.formatted("") + names.formatted("") + weir.services(0));
        assertThat(weir.running().addresses()).hasSize(2);
        departure(System::nanoTime, RunOptions.of(2, 1, true)).ofListeners(Which.ALL, false, false);
        weir.running().conductor().call(() -> 0);
        assertThat(weir.running().addresses()).isEmpty();
        for (String change : List.of(", idle_timeout: 50s", "")) {
            weir.reload(text.formatted(change) + names.formatted(change) + weir.services(1));
            assertThat(weir.running().addresses()).isEmpty();
        }
        String later = "  - { on: \"127.0.0.2:0\", name: c, protocol: tcp, to: demo }\n"
                + "  - { on: \"127.0.0.2:0\", name: d, protocol: udp, to: demo }\n";
        weir.reload(text.formatted("") + names.formatted("") + later + weir.services(0));
        assertThat(weir.running().addresses()).hasSize(2);
        weir.reload("listen:\n" + later + weir.services(0));
        weir.reload(text.formatted("") + names.formatted("") + later + weir.services(0));
        assertThat(weir.running().addresses()).as("who was gone comes anew").hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aListenerOfAnotherNameThatHasTheAddressNextIsNeitherClosedNorDrained(boolean graceful) throws Exception {
        String text = "listen:\n  - { on: \"127.0.0.1:%d\", name: %s, to: demo }\n"
                + "  - { on: \"127.0.0.1:0\", name: witness, to: demo }\n";
        int port = Ports.free();
        weir.start(text.formatted(port, "elder") + weir.services(0), 1);
        assertThat(weir.running().departure().ofListeners(Which.ALL, graceful, false)).isTrue();
        weir.reload(text.formatted(port, "younger") + weir.services(0));
        Await.until("those that were asked to leave are closed", () -> weir.running().addresses().size() == 1);
        try (RawHttp client = RawHttp.connect(weir.listener(0), 0)) {
            for (int i = 0; i < 2; i++) {
                assertThat(client.send(GET).response().headers("connection")).isEmpty();
            }
        }
    }

    @Test
    void aDrainOfAllListenersLeavesThoseAloneThatComeMeanwhile() throws Exception {
        String first = "listen:\n  - { on: \"127.0.0.1:0\", protocol: tcp, to: demo }\n";
        String later = "  - { on: \"127.0.0.2:0\", protocol: tcp, to: demo }\n"
                + "  - { on: \"127.0.0.2:0\", protocol: udp, to: demo }\n";
        weir.start(first + weir.services(0), 4);
        try (RawHttp elder = RawHttp.connect(weir.listener(0), 0)) {
            assertThat(elder.send(GET).response().status()).isEqualTo(200);
            assertThat(weir.running().departure().ofListeners(Which.ALL, true, false)).isTrue();
            weir.reload(first + later + weir.services(0));
            List<SocketAddress> all = weir.running().addresses(); // the first may be closed by now
            try (RawHttp younger = RawHttp.connect((InetSocketAddress) all.get(all.size() - 2), 0)) {
                assertThat(younger.send(GET).response().status()).isEqualTo(200);
                assertThat(elder.untilClose()).isEmpty();
                Await.until("who was asked to drain is closed", () -> weir.running().addresses().size() == 2);
                assertThat(younger.send(GET).response().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void listenersThatAreClosedAtOnceLeaveTheirConnectionsAsTheyAre() throws Exception {
        serve(30);
        InetSocketAddress where = weir.listener(0);
        try (RawHttp open = RawHttp.connect(where, 0)) {
            assertThat(closes(open)).isFalse();
            admin("/drain_listeners");
            assertThat(closes(open)).isFalse();
            assertThatThrownBy(() -> RawHttp.connect(where, 0)).isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void streamsOfAListenerThatIsRemovedGoOnForAWhileAndEndAlsoThoseThatBeganBeforeItWasChanged() throws Exception {
        String kept = "listen:\n  - { on: \"127.0.0.1:0\", to: demo }\n";
        String tcp = "  - { on: \"127.0.0.1:0\", protocol: tcp, to: demo }\n";
        weir.start(kept + tcp + weir.services(0), 6);
        try (RawHttp elder = RawHttp.connect(weir.listener(1), 0)) {
            assertThat(elder.send(GET).response().status()).isEqualTo(200);
            weir.reload(kept + tcp.replace("to:", "idle_timeout: 50s, to:") + weir.services(0));
            try (RawHttp younger = RawHttp.connect(weir.listener(1), 0)) {
                for (RawHttp stream : List.of(younger, elder)) {
                    assertThat(stream.send(GET).response().status()).isEqualTo(200);
                }
                weir.reload(kept + weir.services(0));
                assertThat(weir.running().addresses()).hasSize(1);
                for (RawHttp stream : List.of(younger, elder)) {
                    assertThat(stream.send(GET).response().status()).isEqualTo(200);
                }
                for (RawHttp stream : List.of(younger, elder)) { // which of them is first, is drawn
                    assertThat(stream.untilClose().getBytes(StandardCharsets.ISO_8859_1)).isEmpty();
                }
            }
        }
    }

    @Test
    void connectionsThatAreStillLookedAtAreClosedWhenTheDrainOfTheirListenerIsOver() throws Exception {
        String kept = "listen:\n  - { on: \"127.0.0.1:0\", to: demo }\n";
        weir.start(kept + weir.services(0) + """
                envoy:
                  static_resources:
                    listeners:
                    - name: looking
                      address: { socket_address: { address: 127.0.0.1, port_value: 0 } }
                      listener_filters_timeout: 0s
                      listener_filters:
                      - name: proxy
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol
                      filter_chains:
                      - filters:
                        - name: tcp
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                            stat_prefix: p
                            cluster: demo
                """, 1);
        try (RawHttp silent = RawHttp.connect(weir.listener(1), 0)) {
            silent.send("PRO");
            weir.reload(kept + weir.services(0));
            assertThat(weir.running().addresses()).hasSize(1);
            assertThat(silent.untilClose()).isEmpty();
        }
    }

    @Test
    void aPatientDrainClosesListenersBehindItsMomentAndAnotherAsSoonAsNothingIsOpen() {
        var patient = new Departure.Parting(-5, 20, true);
        var other = new Departure.Parting(-5, 20, false);
        for (long left = 0; left < 2; left++) {
            assertThat(patient.next(true, left, -6)).isEqualTo(Step.TAKE);
            assertThat(patient.next(true, left, -5)).isEqualTo(Step.CLOSE);
            assertThat(other.next(true, left, -6)).isEqualTo(left == 0 ? Step.CLOSE : Step.TAKE);
            assertThat(other.next(true, left, -5)).isEqualTo(Step.CLOSE);
            assertThat(other.next(false, left, 19)).isEqualTo(left == 0 ? Step.END : Step.WAIT);
            assertThat(other.next(false, left, 20)).isEqualTo(Step.END);
        }
    }

    private Departure departure(NanoClock clock, RunOptions options) {
        Running running = weir.running();
        return new Departure(running.listeners(), new Drains(options, running.conductor(), clock), options,
                running.conductor(), clock, running.life());
    }

    private static String echoed(DatagramSocket client, DatagramSocket host, InetSocketAddress to) throws IOException {
        client.send(new DatagramPacket("well".getBytes(StandardCharsets.US_ASCII), 4, to));
        var heard = new DatagramPacket(new byte[10], 10);
        host.receive(heard);
        host.send(heard);
        client.receive(heard);
        return new String(heard.getData(), 0, heard.getLength(), StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @EnumSource
    void withNothingOpenListenersOfAProcessThatEndsTakeConnectionsAndDatagramsForAMoment(RunOptions.Strategy strategy)
            throws Exception {
        var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (DatagramSocket host = new DatagramSocket(loopback); DatagramSocket client = new DatagramSocket(loopback)) {
            host.setSoTimeout(20_000);
            client.setSoTimeout(20_000);
            weir.start("listen:\n  - { on: \"127.0.0.1:0\", to: demo }\n"
                    + "  - { on: \"127.0.0.1:0\", protocol: udp, to: names }\n" + weir.services(0)
                    + "  names: { at: [\"127.0.0.1:" + host.getLocalPort() + "\"] }\n");
            InetSocketAddress http = weir.listener(0);
            InetSocketAddress names = weir.listener(1);
            var clock = new AtomicLong();
            assertThat(departure(clock::get, RunOptions.of(2, 600, true).withStrategy(strategy)).begin(true)).isTrue();
            for (long now : new long[]{0, Drains.ACCEPT_NANOS_MAX - 1}) {
                clock.set(now);
                weir.running().conductor().call(() -> 0); // who may have looked
                assertThat(ask(http, GET.replace("a\r", "a\r\nConnection: close\r"))).startsWith("HTTP/1.1 200");
                assertThat(echoed(client, host, names)).isEqualTo("well");
            }
            clock.set(Drains.ACCEPT_NANOS_MAX);
            assertThat(weir.running().life().awaitEnd(30_000)).isTrue();
            assertThat(weir.running().addresses()).isEmpty();
        }
    }

    @Test
    void aDrainForSomebodyAtATerminalIsOverAtOnceWithNothingOpenAndSoIsOneWithoutListeners() throws Exception {
        serve(30);
        RunOptions options = RunOptions.of(2, 600, true);
        assertThat(departure(() -> 0, options).begin(false)).isTrue();
        assertThat(weir.running().life().awaitEnd(30_000)).isTrue();
        weir.running().close();
        serve(30);
        admin("/drain_listeners");
        assertThat(departure(() -> 0, options).begin(true)).isTrue();
        assertThat(weir.running().life().awaitEnd(30_000)).isTrue();
    }

    /** Who is told to end, or to have its listeners end, by which all streams have to. */
    enum Told {
        BY_SIGNAL, BY_HANDOVER, BY_ADMIN
    }

    @ParameterizedTest
    @EnumSource
    void streamsEndOneAfterAnotherInTheLaterHalfOfADrain(Told told) throws Exception {
        weir.start("listen:\n  - { on: \"127.0.0.1:0\", protocol: tcp, to: demo }\n" + weir.services(0));
        List<RawHttp> streams = new ArrayList<>();
        try {
            for (int i = 0; i < STREAMS; i++) {
                streams.add(RawHttp.connect(weir.listener(0), 0));
                assertThat(streams.getLast().send(GET).response().status()).isEqualTo(200);
            }
            var clock = new AtomicLong(System.nanoTime());
            Departure departure = departure(clock::get, RunOptions.of(2, 40, true).withParentShutdown(40));
            begin(departure, told);
            clock.addAndGet(TimeUnit.SECONDS.toNanos(20) - 1);
            weir.running().conductor().call(() -> 0);
            for (RawHttp stream : streams) {
                assertThat(stream.send(GET).response().status()).isEqualTo(200);
            }
            clock.addAndGet(TimeUnit.SECONDS.toNanos(8));
            Await.until("some streams have ended", () -> weir.running().listeners().connections() < STREAMS * 9 / 10);
            clock.addAndGet(TimeUnit.SECONDS.toNanos(8) + 1);
            for (RawHttp stream : streams) {
                assertThat(stream.untilClose()).isEmpty();
            }
            assertThat(weir.running().life().awaitEnd(told == Told.BY_ADMIN ? 0 : 30_000))
                    .isEqualTo(told != Told.BY_ADMIN);
        } finally {
            for (RawHttp stream : streams) {
                stream.close();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void answersThatTellNoLengthEndOneAfterAnotherInTheLastTenthOfADrainThatCutsThem(Told told) throws Exception {
        var over = new CountDownLatch(1);
        List<RawHttp> clients = new ArrayList<>();
        try (Origin events = Origin.start((_, wire) -> {
            wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n!\r\n");
            while (over.getCount() > 0) {
                Origin.pause(Duration.ofMillis(20));
            }
            wire.send("0\r\n\r\n");
        })) {
            weir.start("listen:\n  - { on: \"127.0.0.1:0\", to: events }\nservices:\n  events: { at: [\"127.0.0.1:"
                    + events.port() + "\"] }\n");
            for (int i = 0; i < STREAMS; i++) {
                clients.add(RawHttp.connect(weir.listener(0), 0));
                var head = new StringBuilder();
                for (clients.getLast().send(GET); head.indexOf("!") < 0;) {
                    head.append((char) clients.getLast().read(1)[0]);
                }
            }
            var clock = new AtomicLong(System.nanoTime());
            begin(departure(clock::get, RunOptions.of(2, 40, true).withParentShutdown(40)), told);
            clock.addAndGet(TimeUnit.SECONDS.toNanos(36) - 1);
            weir.running().conductor().call(() -> 0);
            assertThat(weir.running().listeners().connections()).isEqualTo(STREAMS);
            clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(1_600));
            if (told != Told.BY_ADMIN) { // whose drains cut nothing
                Await.until("some have ended", () -> weir.running().listeners().connections() < STREAMS * 9 / 10);
            }
            clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(1_600) + 1);
            if (told == Told.BY_ADMIN) {
                weir.running().conductor().call(() -> 0);
                over.countDown();
            }
            for (RawHttp client : clients) {
                assertThat(told == Told.BY_ADMIN
                        ? new String(client.read(7), StandardCharsets.US_ASCII)
                        : client.untilClose()).isEqualTo(told == Told.BY_ADMIN ? "\r\n0\r\n\r\n" : "\r\n");
            }
            assertThat(weir.running().life().awaitEnd(told == Told.BY_ADMIN ? 0 : 30_000))
                    .isEqualTo(told != Told.BY_ADMIN);
        } finally {
            over.countDown();
            for (RawHttp client : clients) {
                client.close();
            }
        }
    }

    private void begin(Departure departure, Told told) {
        switch (told) {
            case BY_SIGNAL -> departure.begin(true);
            case BY_HANDOVER -> departure.succeeded();
            case BY_ADMIN -> departure.ofListeners(Which.ALL, true, false);
        }
        weir.running().conductor().call(() -> 0); // it has begun
    }
}
