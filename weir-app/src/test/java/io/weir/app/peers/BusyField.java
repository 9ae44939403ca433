package io.weir.app.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Nginx;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Ports;
import io.weir.testkit.RawHttp;
import io.weir.testkit.Wrk;
import java.io.IOException;
import java.net.http.HttpClient.Version;
import java.util.concurrent.CompletableFuture;

/**
 * Backends, and ports for a Weir before them, for tests that change something while everything is in use: nginx behind
 * {@link #http}, an echo behind {@link #tcp} and, by WebSockets, {@link #sockets}, grpc-java behind {@link #calls}.
 */
final class BusyField implements AutoCloseable {
    private static final int HELD = 200;
    private static final int CLIENTS = 8;
    private static final int CALL_CONNECTIONS = 5;
    private static final int CALLS_OF_EACH = 4;

    final int http = Ports.free();
    final int tcp = Ports.free();
    final int sockets = Ports.free();
    final int calls = Ports.free();
    final int admin = Ports.free();
    final int web = Ports.free();
    private final PeerProcess backend;
    private final EchoBackend echo;
    private final GrpcStreams.Backend grpc;

    BusyField() throws IOException {
        backend = Nginx.answering(web, "well");
        echo = EchoBackend.start();
        grpc = GrpcStreams.Backend.start();
    }

    /** All ports of a Weir. */
    int[] ports() {
        return new int[]{http, tcp, sockets, calls, admin};
    }

    /** The admin, and services named web, echo and calls. */
    String services() {
        return """
                admin: 127.0.0.1:%d
                services:
                  web: { at: ["127.0.0.1:%d"] }
                  echo: { at: ["127.0.0.1:%d"] }
                  calls: { at: ["127.0.0.1:%d"], protocol: http2 }
                """.formatted(admin, web, echo.port(), grpc.port());
    }

    /** Items of {@code listen:} for streams and calls. */
    String listeners() {
        return """
                  - { on: "127.0.0.1:%d", protocol: tcp, to: echo }
                  - { on: "127.0.0.1:%d", routes: [ { to: calls, timeout: 0s } ] }
                """.formatted(tcp, calls);
    }

    /**
     * A listener for WebSockets, which the short form cannot say.
     *
     * @param routes
     *            routes before the one to the echo, each with a comma behind it
     */
    String webSockets(String routes) {
        return """
                envoy:
                  static_resources:
                    listeners:
                    - name: sockets
                      address: { socket_address: { address: 127.0.0.1, port_value: %d } }
                      filter_chains:
                      - filters:
                        - name: http
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.\
                HttpConnectionManager
                            stat_prefix: sockets
                            upgrade_configs: [ { upgrade_type: websocket } ]
                            route_config: { virtual_hosts: [ { name: v, domains: [ "*" ], routes: [
                              %s
                              { match: { prefix: / }, route: { cluster: echo } } ] } ] }
                            http_filters:
                            - name: router
                              typed_config:
                                "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
                """.formatted(sockets, routes);
    }

    /** Everybody begins to use a Weir that is up on all ports. */
    Traffic traffic(WeirProcess weir, int seconds) throws Exception {
        return new Traffic(weir, seconds);
    }

    /**
     * What may not hear of any change: wrk, clients of both versions of HTTP that heed what they are told, WebSockets
     * and streams at rest, calls of gRPC that carry messages from the beginning to the end.
     */
    final class Traffic implements AutoCloseable {
        private final WeirProcess weir;
        private final LongConnections held;
        private final GrpcStreams streams;
        private final GrpcStreams.Talking talking;
        private final LoyalClients old;
        private final LoyalClients modern;
        private final CompletableFuture<Wrk.Report> load;

        private Traffic(WeirProcess weir, int seconds) throws Exception {
            this.weir = weir;
            this.held = new LongConnections().plain(HELD, tcp).webSockets(HELD, sockets);
            this.streams = GrpcStreams.begin(CALL_CONNECTIONS, CALLS_OF_EACH, calls);
            this.talking = streams.talking();
            this.old = LoyalClients.start(Version.HTTP_1_1, CLIENTS, http);
            this.modern = LoyalClients.start(Version.HTTP_2, CLIENTS, http);
            this.load = CompletableFuture.supplyAsync(
                    () -> Wrk.on("http://127.0.0.1:" + http + "/").connections(16).seconds(seconds).patienceSeconds(60)
                            .run());
            assertUnbroken("before anything has changed");
        }

        /** Whoever has been there from the beginning is served still. */
        void assertUnbroken(String when) throws InterruptedException {
            assertThat(held.broken()).as(when).isEmpty();
            assertThat(talking.brokenAfter(1)).as(when).isEmpty();
        }

        /** Nobody has seen an error, from the first request to the last. Waits for wrk. */
        void assertNoErrors(String what) throws InterruptedException {
            Wrk.Report report = load.join();
            old.close(); // who has no answer waits for it, which wrk does not
            modern.close();
            assertUnbroken("at the end");
            talking.close();
            System.out.printf(
                    "%s: wrk %d requests, errors %d; %d and %d answers of clients that heed; %d calls, each with"
                            + " %d messages%n",
                    what, report.requests(), report.errors(), old.answered(), modern.answered(),
                    CALL_CONNECTIONS * CALLS_OF_EACH, talking.rounds());
            assertThat(report.errors()).as(report.text() + weir.output()).isZero();
            assertThat(old.errors()).as(weir.output()).isEmpty();
            assertThat(modern.errors()).as(weir.output()).isEmpty();
            assertThat(streams.endings()).as(weir.output()).isEmpty();
            assertThat(backend.alive()).isTrue();
        }

        @Override
        public void close() throws IOException {
            old.close();
            modern.close();
            talking.close();
            streams.close();
            held.close();
        }
    }

    /** What the admin says. */
    String ask(String method, String path) throws IOException {
        return RawHttp.exchange(admin, method + " " + path
                + " HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }

    /** Whether a Weir answers with 200 on a port. */
    static boolean answers(int port) throws IOException {
        return PeerProcess.answers(port) && RawHttp.exchange(port,
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").startsWith("HTTP/1.1 200");
    }

    @Override
    public void close() {
        backend.close();
        echo.close();
        grpc.close();
    }
}
