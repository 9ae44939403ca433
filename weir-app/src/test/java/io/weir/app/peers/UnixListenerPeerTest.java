package io.weir.app.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.boot.RunOptions;
import io.weir.app.boot.Running;
import io.weir.app.boot.Source;
import io.weir.testkit.Await;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A listener on a UNIX socket: who comes there has no address. */
@Timeout(60)
class UnixListenerPeerTest {
    @TempDir
    private Path folder = Path.of("");
    private final BlockingQueue<HttpMessage> seen = new ArrayBlockingQueue<>(8);

    private String config(Origin origin, String mode, boolean remote, int hops) {
        return """
                static_resources:
                  listeners:
                  - name: unix
                    address: { pipe: { path: '%1$s', mode: %3$s } }
                    filter_chains:
                    - filters:
                      - name: http
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3\
                .HttpConnectionManager
                          stat_prefix: unix
                          use_remote_address: %4$s
                          xff_num_trusted_hops: %5$d
                          route_config:
                            virtual_hosts: [ { name: a, domains: ["*"],
                              routes: [ { match: { prefix: / }, route: { cluster: origin } } ] } ]
                          http_filters:
                          - name: router
                            typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
                  clusters:
                  - name: origin
                    load_assignment: { cluster_name: origin, endpoints: [ { lb_endpoints: [ { endpoint:
                      { address: { socket_address: { address: 127.0.0.1, port_value: %2$d } } } } ] } ] }
                """
                .formatted(folder.resolve("weir.sock"), origin.address().getPort(), mode, remote, hops);
    }

    private Origin origin() {
        return Origin.start((request, wire) -> {
            seen.add(request);
            wire.reply(200, "done");
        });
    }

    private String ask(String fields) throws IOException {
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve("weir.sock")))) {
            client.write(StandardCharsets.US_ASCII
                    .encode("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "Connection: close\r\n\r\n"));
            return new String(Channels.newInputStream(client).readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private HttpMessage asked(String fields) throws Exception {
        assertThat(ask(fields)).startsWith("HTTP/1.1 200 OK\r\n");
        HttpMessage request = seen.poll(10, TimeUnit.SECONDS);
        assertThat(request).isNotNull();
        return request;
    }

    private static Running serving(Running.Start start) {
        assertThat(start).isInstanceOf(Running.Start.Serving.class);
        return ((Running.Start.Serving) start).running();
    }

    @ParameterizedTest
    @CsvSource({"true, 1, https", "true, 0, http", "false, 0, https"})
    void nothingIsAppendedToForwardedForAndWhatCameStays(boolean remote, int hops, String scheme) throws Exception {
        try (Origin origin = origin();
                Running weir = serving(Running.start(Source.text("unix", config(origin, "0", remote, hops)),
                        RunOptions.of(1, 1, false)))) {
            assertThat(weir.addresses()).hasSize(1);
            assertThat(asked("").headers("x-forwarded-for")).isEmpty();
            assertThat(asked("X-Forwarded-For: 192.0.2.7, 192.0.2.8\r\n").headers("x-forwarded-for"))
                    .containsExactly("192.0.2.7, 192.0.2.8");
            assertThat(asked("").header("x-forwarded-proto")).contains("http");
            assertThat(asked("X-Forwarded-Proto: https\r\n").header("x-forwarded-proto")).contains(scheme);
        }
    }

    @Test
    void theFileHasItsModeFromTheStartAndWithAReload() throws Exception {
        Path file = folder.resolve("weir.yaml");
        Path socket = folder.resolve("weir.sock");
        try (Origin origin = origin()) {
            Files.writeString(file, config(origin, "0o600", true, 0));
            try (Running weir = serving(Running.start(Source.file(file), RunOptions.of(1, 1, false)))) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                        .isEqualTo("rw-------");
                Files.writeString(file, config(origin, "0o660", true, 0));
                weir.reload();
                Await.until("its group may use it",
                        () -> Files.getPosixFilePermissions(socket).toString().contains("GROUP"));
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                        .isEqualTo("rw-rw----");
                assertThat(ask("")).endsWith("done");
            }
            assertThat(socket).doesNotExist();
        }
    }
}
