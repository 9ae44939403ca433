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
import io.weir.net.check.WireProber;
import io.weir.net.transport.Workers;
import io.weir.testkit.Nginx;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Ports;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks by gRPC against nginx, which speaks HTTP/2 and answers with the messages of a health service. */
class GrpcCheckPeerTest {
    @TempDir
    Path folder;

    private static String server(int port, Path folder, String file, String trailer) {
        return """
                server { listen 127.0.0.1:%d http2; root %s; default_type application/grpc; keepalive_requests 1000000;
                  location = /grpc.health.v1.Health/Check {
                    if ($http_x_key != "of the test") { return 403; }
                    if ($http_te != trailers) { return 400; }
                    if ($host != orders) { return 421; }
                    error_page 404 =200 /%s; }
                  location = /%s { add_trailer grpc-status %s; add_header x-long "%s"; } }
                """.formatted(port, folder, file, file, trailer, "long-".repeat(100));
    }

    private static @Nullable CheckResult check(Prober.Probe probe) throws InterruptedException {
        BlockingQueue<CheckResult> results = new LinkedBlockingQueue<>();
        probe.begin((result, _) -> results.add(result));
        return results.poll(30, TimeUnit.SECONDS);
    }

    private static Prober.Probe probe(Workers workers, int port, GrpcCheck check) {
        Host host = new Host(Endpoint.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
        long patience = TimeUnit.SECONDS.toNanos(20); // no answer here is late on purpose
        var spec = CheckSpec.of(check, CheckSpec.Timing.every(patience, patience), 1, 1);
        return new WireProber(workers, Runnable::run, System::nanoTime)
                .probe(new CheckTarget(host, host.address(), "", "orders", spec));
    }

    @Test
    void aServerIsWellWhenItsHealthServiceSaysThatItServes() throws Exception {
        Files.write(folder.resolve("serving"), new byte[]{0, 0, 0, 0, 2, 8, 1});
        Files.write(folder.resolve("not"), new byte[]{0, 0, 0, 0, 2, 8, 2});
        Files.write(folder.resolve("empty"), new byte[0]);
        int[] at = {Ports.free(), Ports.free(), Ports.free(), Ports.free()};
        GrpcCheck check = new GrpcCheck("shop.Orders", "", List.of(new Field("X-Key", "of the test", Present.BESIDE)));
        try (PeerProcess nginx = Nginx.http(server(at[0], folder, "serving", "0") + server(at[1], folder, "not", "0")
                + server(at[2], folder, "empty", "5")
                + "server { listen 127.0.0.1:" + at[3] + "; location / { return 200; } }", at);
                Workers workers = Workers.start(1)) {
            assertThat(nginx.alive()).isTrue();
            Prober.Probe serving = probe(workers, at[0], check);
            for (int i = 0; i < 10_000; i++) { // more bytes than a window that is never opened again
                assertThat(check(serving)).as("check %d", i).isEqualTo(new Passed(false));
            }
            assertThat(check(probe(workers, at[1], check))).isEqualTo(Failed.of(Failure.ACTIVE, "NOT_SERVING"));
            assertThat(check(probe(workers, at[2], check)))
                    .isEqualTo(Failed.of(Failure.ACTIVE, "grpc-status 5: NOT_FOUND"));
            assertThat(check(probe(workers, at[3], check))).isInstanceOfSatisfying(Failed.class,
                    failed -> assertThat(failed.failure()).isEqualTo(Failure.NETWORK));
            assertThat(check(probe(workers, at[0], new GrpcCheck("", "", List.of()))))
                    .isEqualTo(Failed.of(Failure.ACTIVE, "HTTP 403"));
            assertThat(check(probe(workers, at[0], new GrpcCheck("", "other", check.metadata()))))
                    .isEqualTo(Failed.of(Failure.ACTIVE, "HTTP 421"));
        }
    }
}
