package io.weir.http.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.server.ProxyFixture;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Peers;
import io.weir.testkit.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client of HTTP/1.1 before nghttpd, the server of nghttp2, which speaks HTTP/2 and nothing else. */
@Timeout(90)
final class NghttpdPeerTest {
    private static final int LARGE_BYTES = 100 << 20;

    @TempDir
    Path files;

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private PeerProcess nghttpd(int port, String... options) {
        var command = new ArrayList<>(List.of(Peers.require("nghttpd").toString(), "--no-tls", "-a", "127.0.0.1", "-d",
                files.toString()));
        command.addAll(List.of(options));
        command.add(Integer.toString(port));
        return PeerProcess.start("nghttpd", PeerProcess.folder("nghttpd"), command, port);
    }

    private static HttpRequest.Builder to(ProxyFixture proxy, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + proxy.port + path));
    }

    private Path file(String name, int bytes) throws IOException {
        var content = new byte[bytes];
        new SplittableRandom(bytes).nextBytes(content);
        return Files.write(files.resolve(name), content);
    }

    @Test
    void aHundredMebibytesComeWhole() throws Exception {
        int port = Ports.free();
        Path large = file("large", LARGE_BYTES);
        try (var _ = nghttpd(port); var proxy = UpstreamFixture.before(UpstreamFixture.HTTP2, Ports.loopback(port))) {
            var response = client.send(to(proxy, "/large").build(), BodyHandlers.ofFile(files.resolve("copy")));
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(Files.mismatch(large, response.body())).isEqualTo(-1);
            assertThat(client.send(to(proxy, "/none").build(), BodyHandlers.ofString()).statusCode()).isEqualTo(404);
            assertThat(proxy.cluster.stats().upstreamCxHttp2Total().value()).isEqualTo(1);
        }
    }

    @Test
    void anUploadIsEchoedWhole() throws Exception {
        int port = Ports.free();
        Path upload = file("upload", LARGE_BYTES / 4);
        try (var _ = nghttpd(port, "--echo-upload");
                var proxy = UpstreamFixture.before(UpstreamFixture.HTTP2, Ports.loopback(port))) {
            var response = client.send(to(proxy, "/").POST(HttpRequest.BodyPublishers.ofFile(upload)).build(),
                    BodyHandlers.ofFile(files.resolve("echo")));
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(Files.mismatch(upload, response.body())).isEqualTo(-1);
        }
    }

    @Test
    void manyRequestsShareConnectionsWithinTheServersLimit() throws Exception {
        int port = Ports.free();
        byte[] small = Files.readAllBytes(file("small", 3000));
        try (var _ = nghttpd(port, "-m", "5");
                var proxy = UpstreamFixture.before(UpstreamFixture.HTTP2, Ports.loopback(port))) {
            var answers = new ArrayList<CompletableFuture<HttpResponse<byte[]>>>();
            for (int i = 0; i < 400; i++) {
                answers.add(client.sendAsync(to(proxy, "/small?" + i).build(), BodyHandlers.ofByteArray()));
            }
            for (var answer : answers) {
                assertThat(answer.get().statusCode()).isEqualTo(200);
                assertThat(answer.get().body()).isEqualTo(small);
            }
            assertThat(proxy.cluster.stats().upstreamRqTotal().value()).isEqualTo(400); // none was refused
        }
    }
}
