package io.weir.app.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Nginx;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Ports;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A service that stands for two others, each an nginx, the first of which is killed. */
class FailoverPeerTest {
    private static String ask(int port) throws IOException {
        try (RawHttp client = RawHttp.connect(port)) {
            return client.send("GET / HTTP/1.1\r\nHost: api.example\r\n\r\n").response().body();
        }
    }

    @Test
    void theNextServiceTakesOverWithoutAnErrorWhenTheFirstHasGoneAndOnlyThen() throws Exception {
        int near = Ports.free();
        int far = Ports.free();
        int port = Ports.free();
        try (PeerProcess first = Nginx.answering(near, "near");
                PeerProcess second = Nginx.answering(far, "far");
                WeirProcess weir = WeirProcess.run("""
                        listen: { on: "127.0.0.1:%d", to: api }
                        services:
                          api: { failover: [near, far] }
                          near: { at: "127.0.0.1:%d" }
                          far: { at: "127.0.0.1:%d" }
                        """.formatted(port, near, far), port)) {
            for (int i = 0; i < 30; i++) {
                assertThat(ask(port)).isEqualTo("near");
            }
            assertThat(second.alive()).isTrue();
            first.kill();
            for (int i = 0; i < 200; i++) {
                assertThat(ask(port)).as("%d%s", i, weir.output()).isEqualTo("far");
                Thread.sleep(5);
            }
        }
    }
}
