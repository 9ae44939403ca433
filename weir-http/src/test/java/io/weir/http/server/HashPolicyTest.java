package io.weir.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.hash.HashKey;
import io.weir.core.hash.HashKeys;
import io.weir.core.model.BalancePolicy;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.route.Forward;
import io.weir.http.route.RouteTable;
import io.weir.testkit.Origin;
import io.weir.testkit.RawHttp;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that belong together go to one host, by what their route or their cluster hashes. */
@Timeout(60)
final class HashPolicyTest {
    private static final int ASKED = 40;

    private static ProxyFixture proxy(HashKeys route, HashKeys cluster, Origin... origins) {
        var forward = Forward.to("origins").withHashKeys(route);
        return ProxyFixture.with(
                spec -> spec
                        .withBalancing(spec.balancing().withPolicy(BalancePolicy.Maglev.DEFAULT).withHashKeys(cluster)),
                HttpManagerSpec.of("test", RouteTable.of(forward)), origins);
    }

    private static String ask(RawHttp client, String lines) throws IOException {
        return client.send("GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n").response().body();
    }

    @Test
    void aHeadersValueAlwaysGoesToTheSameHostAndItsAbsenceToAny() throws Exception {
        try (var a = Origin.answering("a");
                var b = Origin.answering("b");
                var c = Origin.answering("c");
                var proxy = proxy(HashKeys.of(new HashKey.Header("x-user", null)), HashKeys.NONE, a, b, c);
                var client = proxy.client()) {
            Set<String> ofAll = new HashSet<>();
            for (int user = 0; user < ASKED; user++) {
                String first = ask(client, "X-User: u" + user + "\r\n");
                assertThat(ask(client, "X-User: u" + user + "\r\n")).isEqualTo(first);
                ofAll.add(first);
            }
            assertThat(ofAll).containsExactlyInAnyOrder("a", "b", "c");
            Set<String> ofNobody = new HashSet<>();
            for (int i = 0; i < ASKED; i++) {
                ofNobody.add(ask(client, ""));
            }
            assertThat(ofNobody).hasSizeGreaterThan(1);
        }
    }

    @Test
    void aClientWithoutTheCookieIsGivenOneThatLeadsToTheSameHost() throws Exception {
        var made = new HashKey.MadeCookie(90, "/shop", List.of("SameSite=Lax"));
        try (var a = Origin.answering("a");
                var b = Origin.answering("b");
                var c = Origin.answering("c");
                var proxy = proxy(HashKeys.of(new HashKey.Cookie("seat", made)), HashKeys.NONE, a, b, c)) {
            for (int n = 0; n < ASKED; n++) {
                try (var first = proxy.client(); var later = proxy.client()) {
                    var answer = first.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").response();
                    String cookie = answer.header("set-cookie").orElseThrow();
                    assertThat(cookie).matches("seat=\"[0-9a-f]{16}\"; Max-Age=90; Path=/shop; SameSite=Lax; HttpOnly");
                    String pair = cookie.substring(0, cookie.indexOf(';'));
                    var again = later.send("GET / HTTP/1.1\r\nHost: a\r\nCookie: x=y; " + pair + "\r\n\r\n").response();
                    assertThat(again.body()).isEqualTo(answer.body());
                    assertThat(again.header("set-cookie")).isEmpty();
                }
            }
        }
    }

    @Test
    void whatTheClusterHashesGoesBeforeTheRouteAndGivesNoCookie() throws Exception {
        var seat = HashKeys.of(new HashKey.Cookie("seat", new HashKey.MadeCookie(0, "", List.of())));
        try (var a = Origin.answering("a");
                var b = Origin.answering("b");
                var proxy = proxy(HashKeys.of(new HashKey.Header("x-user", null)), seat, a, b);
                var client = proxy.client()) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").response().header("set-cookie")).isEmpty();
            Set<String> seen = new HashSet<>();
            for (int user = 0; user < ASKED; user++) {
                seen.add(ask(client, "Cookie: seat=7\r\nX-User: u" + user + "\r\n"));
            }
            assertThat(seen).hasSize(1);
        }
    }

    @Test
    void theClientsAddressIsAKeyToo() throws Exception {
        try (var a = Origin.answering("a");
                var b = Origin.answering("b");
                var proxy = proxy(HashKeys.of(new HashKey.SourceIp()), HashKeys.NONE, a, b)) {
            Set<String> seen = new HashSet<>();
            for (int i = 0; i < 8; i++) {
                try (var client = proxy.client()) {
                    seen.add(ask(client, ""));
                }
            }
            assertThat(seen).hasSize(1);
        }
    }

    @Test
    void aDeadHostsKeysGoToOneOtherHost() throws Exception {
        var dead = Origin.answering("dead");
        try (var a = Origin.answering("a");
                var b = Origin.answering("b");
                var proxy = proxy(HashKeys.of(new HashKey.Header("x-user", null)), HashKeys.NONE, a, b, dead);
                var client = proxy.client()) {
            String user = "";
            for (int i = 0; user.isEmpty(); i++) {
                user = ask(client, "X-User: u" + i + "\r\n").equals("dead") ? "u" + i : "";
            }
            dead.close();
            String first = ask(client, "X-User: " + user + "\r\n");
            assertThat(first).isIn("a", "b");
            for (int i = 0; i < ASKED; i++) {
                assertThat(ask(client, "X-User: " + user + "\r\n")).isEqualTo(first);
            }
        }
    }
}
