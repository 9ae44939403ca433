package io.weir.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Origin;
import io.weir.testkit.Peers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** HTTP/2 with clients that others have written. */
@Timeout(60)
final class Http2PeersTest {
    private static String run(String program, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Peers.require(program).toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(text).isZero();
            return text;
        } finally {
            process.destroyForcibly();
        }
    }

    private static Origin echo() {
        return Origin.start((request, wire) -> wire.reply(200, request.method() + " " + request.target() + " "
                + request.body().length()));
    }

    private static String url(ProxyFixture proxy, String path) {
        return "http://127.0.0.1:" + proxy.port + path;
    }

    @Test
    void curlWithPriorKnowledgeIsServed() throws Exception {
        try (var origin = echo(); var proxy = ProxyFixture.before(origin)) {
            assertThat(run("curl", "-sS", "--http2-prior-knowledge", "-w", " %{http_version}", url(proxy, "/a?b")))
                    .isEqualTo("GET /a?b 0 2");
            assertThat(proxy.server.stats().cxHttp2Total.value()).isEqualTo(1);
        }
    }

    @Test
    void curlThatUpgradesIsServed() throws Exception {
        try (var origin = echo(); var proxy = ProxyFixture.before(origin)) {
            assertThat(run("curl", "-sS", "--http2", "-w", " %{http_version}", url(proxy, "/1"), url(proxy, "/2")))
                    .isEqualTo("GET /1 0 2GET /2 0 2");
            assertThat(proxy.server.stats().cxHttp1Total.value()).isEqualTo(1);
            assertThat(proxy.server.stats().cxHttp2Total.value()).isEqualTo(1);
            assertThat(origin.requests().getFirst().header("upgrade")).isEmpty();
            assertThat(origin.requests().getFirst().header("http2-settings")).isEmpty();
        }
    }

    @Test
    void anUpgradeOfARequestWithABodyIsPassedOver() throws Exception {
        try (var origin = echo(); var proxy = ProxyFixture.before(origin)) {
            assertThat(run("curl", "-sS", "--http2", "-d", "body", "-w", " %{http_version}", url(proxy, "/")))
                    .isEqualTo("POST / 4 1.1");
        }
    }

    @Test
    void curlUploadsAndDownloadsLargeBodies(@TempDir Path folder) throws Exception {
        Path file = Files.write(folder.resolve("large"), new byte[5 << 20]);
        try (var origin = Origin.start((request, wire) -> wire.reply(200, request.body()));
                var proxy = ProxyFixture.before(origin)) {
            Path back = folder.resolve("back");
            run("curl", "-sS", "--http2-prior-knowledge", "-T", file.toString(), "-o", back.toString(),
                    url(proxy, "/"));
            assertThat(Files.mismatch(file, back)).isEqualTo(-1);
        }
    }

    @Test
    void nghttpSeesNoErrorInManyRequestsOfOneConnection() throws Exception {
        try (var origin = echo(); var proxy = ProxyFixture.before(origin)) {
            String text = run("nghttp", "-v", "-m", "20", "--trailer", "x-end: 1", "-H", ":method: GET",
                    url(proxy, "/n"));
            assertThat(text).contains("GET /n").doesNotContain("RST_STREAM");
            assertThat(origin.requests()).hasSize(20);
        }
    }

    @Test
    void h2loadGetsAnAnswerToEachRequest() throws Exception {
        try (var origin = echo(); var proxy = ProxyFixture.before(origin)) {
            String text = run("h2load", "-n", "5000", "-c", "4", "-m", "32", url(proxy, "/"));
            assertThat(text).contains("5000 done, 5000 succeeded, 0 failed, 0 errored, 0 timeout");
            assertThat(proxy.server.stats().cxProtocolError.value()).isZero();
        }
    }
}
