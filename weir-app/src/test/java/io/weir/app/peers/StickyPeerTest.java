package io.weir.app.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.testkit.Await;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Nginx;
import io.weir.testkit.PeerProcess;
import io.weir.testkit.Ports;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions in cookies before three nginx, one of which drains and dies. */
class StickyPeerTest {
    private final int[] at = {Ports.free(), Ports.free(), Ports.free()};
    private final int port = Ports.free();

    @TempDir
    private Path folder;

    private String config(Map<Integer, String> states) {
        return """
                listen: { on: "127.0.0.1:%d", to: web }
                services:
                  web:
                    at: { "127.0.0.1:%d": %s, "127.0.0.1:%d": %s, "127.0.0.1:%d": %s }
                    sticky: { cookie: seat }
                """.formatted(port, at[0], states.getOrDefault(0, "1"), at[1], states.getOrDefault(1, "1"), at[2],
                states.getOrDefault(2, "1"));
    }

    private static HttpMessage ask(RawHttp client, String cookie) throws IOException {
        return client.send("GET / HTTP/1.1\r\nHost: shop.example\r\n" + cookie + "\r\n").response();
    }

    private static String cookie(HttpMessage answer) {
        String set = answer.header("set-cookie").orElseThrow();
        return "Cookie: " + set.substring(0, set.indexOf(';')) + "\r\n";
    }

    /** Until a new session no longer comes to this host. */
    private void awaitDrained(String host) {
        Await.until("new sessions come to " + host + " no more", () -> {
            boolean seen = false;
            try (RawHttp client = RawHttp.connect(port)) {
                for (int i = 0; i < 9; i++) {
                    seen |= ask(client, "").body().equals(host);
                }
            }
            return !seen;
        });
    }

    @Test
    void aSessionSurvivesADrainAndAKillOfItsHostWithoutAnError() throws Exception {
        Path file = Files.writeString(folder.resolve("weir.yaml"), config(Map.of()));
        try (PeerProcess first = Nginx.answering(at[0], "0");
                PeerProcess second = Nginx.answering(at[1], "1");
                PeerProcess third = Nginx.answering(at[2], "2");
                WeirProcess weir = WeirProcess.following(file, port);
                RawHttp client = RawHttp.connect(port)) {
            HttpMessage begun = ask(client, "");
            String cookie = cookie(begun);
            int host = Integer.parseInt(begun.body());
            for (int i = 0; i < 20; i++) {
                assertThat(ask(client, cookie).body()).isEqualTo(begun.body());
            }
            Files.writeString(file, config(Map.of(host, "draining")));
            awaitDrained(begun.body());
            for (int i = 0; i < 20; i++) {
                HttpMessage kept = ask(client, cookie);
                assertThat(kept.body()).as("while it drains" + weir.output()).isEqualTo(begun.body());
                assertThat(kept.header("set-cookie")).isEmpty();
            }
            List.of(first, second, third).get(host).kill();
            HttpMessage moved = ask(client, cookie);
            assertThat(moved.status()).as(weir.output()).isEqualTo(200);
            assertThat(moved.body()).isNotEqualTo(begun.body());
            String anew = cookie(moved);
            for (int i = 0; i < 20; i++) {
                HttpMessage again = ask(client, anew);
                assertThat(again.status()).isEqualTo(200);
                assertThat(again.body()).isEqualTo(moved.body());
                assertThat(again.header("set-cookie")).isEmpty();
            }
        }
    }
}
