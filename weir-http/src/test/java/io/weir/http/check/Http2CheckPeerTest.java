package io.weir.http.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.health.CheckResult;
import io.weir.core.health.CheckResult.Failed;
import io.weir.core.health.CheckResult.Failure;
import io.weir.core.health.CheckResult.Passed;
import io.weir.core.health.CheckTarget;
import io.weir.core.health.Prober;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.rule.CheckSpec;
import io.weir.http.check.HttpCheck.Field;
import io.weir.http.check.HttpCheck.Present;
import io.weir.net.check.Expected;
import io.weir.net.check.WireProber;
import io.weir.net.transport.Workers;
import io.weir.testkit.Nginx;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Peers;
import io.weir.testkit.Ports;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks by HTTP over HTTP/2 against nginx and nghttpd. */
class Http2CheckPeerTest {
    @TempDir
    Path folder;

    private static @Nullable CheckResult check(Prober.Probe probe) throws InterruptedException {
        BlockingQueue<CheckResult> results = new LinkedBlockingQueue<>();
        probe.begin((result, _) -> results.add(result));
        return results.poll(30, TimeUnit.SECONDS);
    }

    private static Prober.Probe probe(Workers workers, int port, HttpCheck check) {
        Host host = new Host(Endpoint.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
        long patience = TimeUnit.SECONDS.toNanos(20); // no answer here is late on purpose
        var spec = CheckSpec.of(check.withHttp2(true), CheckSpec.Timing.every(patience, patience), 1, 1);
        return new WireProber(workers, Runnable::run, System::nanoTime)
                .probe(new CheckTarget(host, host.address(), "", "orders", spec));
    }

    private static HttpCheck asking(String method, String path, String body, String wanted, int answerBytesMax) {
        return new HttpCheck(method, "", path, body,
                List.of(new Field("X-Key", "of the test", Present.BESIDE),
                        new Field("Authorization", "Basic eDp5", Present.BESIDE)),
                Set.of(), Statuses.OK, Statuses.NONE,
                Expected.of(List.of(wanted.getBytes(StandardCharsets.US_ASCII))), answerBytesMax, null);
    }

    @Test
    void nginxIsWellAsLongAsItAnswersAsExpected() throws Exception {
        int[] at = {Ports.free(), Ports.free()};
        Path sick = folder.resolve("sick");
        try (PeerProcess nginx = Nginx.http("""
                server { listen 127.0.0.1:%d http2; keepalive_requests 1000000;
                  location /healthz {
                    if ($host != orders) { return 421; }
                    if ($http_x_key != "of the test") { return 403; }
                    if ($http_authorization != "Basic eDp5") { return 401; }
                    if (-f %s) { return 503; }
                    return 200 "all is well"; } }
                server { listen 127.0.0.1:%d; location / { return 200; } }
                """.formatted(at[0], sick, at[1]), at);
                Workers workers = Workers.start(1)) {
            assertThat(nginx.alive()).isTrue();
            Prober.Probe probe = probe(workers, at[0], asking("GET", "/healthz", "", "is well", 1024));
            for (int i = 0; i < 8_000; i++) { // more bytes than a window that is never opened again
                assertThat(check(probe)).as("check %d", i).isEqualTo(new Passed(false));
            }
            Files.createFile(sick);
            assertThat(check(probe)).isEqualTo(Failed.of(Failure.ACTIVE, "HTTP 503"));
            Files.delete(sick);
            assertThat(check(probe)).isEqualTo(new Passed(false));
            assertThat(check(probe(workers, at[0], asking("GET", "/healthz", "", "is sick", 1024))))
                    .isEqualTo(Failed.of(Failure.ACTIVE, "the response does not hold what is expected"));
            assertThat(check(probe(workers, at[0], HttpCheck.get("/healthz"))))
                    .isEqualTo(Failed.of(Failure.ACTIVE, "HTTP 403"));
            assertThat(check(probe(workers, at[0], asking("HEAD", "/healthz", "", "", 1024))))
                    .isEqualTo(new Passed(false));
            assertThat(check(probe(workers, at[1], HttpCheck.get("/")))).as("it does not speak HTTP/2")
                    .isInstanceOfSatisfying(Failed.class,
                            failed -> assertThat(failed.failure()).isEqualTo(Failure.NETWORK));
        }
    }

    @Test
    void aBodyBeyondTheWindowsGoesToNghttpdAndComesBackWhole() throws Exception {
        int port = Ports.free();
        String big = "0123456789abcdef".repeat(20_000) + "the end";
        Files.writeString(folder.resolve("up"), "ok");
        try (PeerProcess nghttpd = PeerProcess.start("nghttpd", folder,
                List.of(Peers.require("nghttpd").toString(), "--no-tls", "--echo-upload", "-d", folder.toString(),
                        Integer.toString(port)),
                port); Workers workers = Workers.start(1)) {
            assertThat(nghttpd.alive()).isTrue();
            Prober.Probe probe = probe(workers, port, asking("POST", "/up", big, "the end", 0));
            for (int i = 0; i < 20; i++) {
                assertThat(check(probe)).as("check %d", i).isEqualTo(new Passed(false));
            }
            assertThat(check(probe(workers, port, HttpCheck.get("/up")))).isEqualTo(new Passed(false));
            assertThat(check(probe(workers, port, HttpCheck.get("/down"))))
                    .isEqualTo(Failed.of(Failure.ACTIVE, "HTTP 404"));
        }
    }
}
