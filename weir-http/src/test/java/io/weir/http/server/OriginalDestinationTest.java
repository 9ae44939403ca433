package io.weir.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.model.ClusterSpec.OriginalDst;
import io.weir.core.model.DiscoveryType;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.route.Forward;
import io.weir.http.route.RouteTable;
import io.weir.testkit.Origin;
import io.weir.testkit.RawHttp;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that say themselves where they go. */
@Timeout(60)
final class OriginalDestinationTest {
    private static ProxyFixture proxy(int port) {
        return ProxyFixture.with(
                spec -> spec.withEndpoints(List.of()).withType(DiscoveryType.ORIGINAL_DST).withExtensions(
                        Map.of(OriginalDst.KEY, new OriginalDst(null, "x-to", port, 5_000_000_000L))),
                HttpManagerSpec.of("test", RouteTable.of(Forward.to("origins"))));
    }

    private static String ask(RawHttp client, String lines) throws Exception {
        var answer = client.send("GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n").response();
        return answer.status() == 200 ? answer.body() : "" + answer.status();
    }

    @Test
    void eachRequestGoesWhereItsHeaderSays() throws Exception {
        try (var a = Origin.answering("a");
                var b = Origin.answering("b");
                var proxy = proxy(0);
                var client = proxy.client()) {
            for (int i = 0; i < 3; i++) {
                assertThat(ask(client, "X-To: 127.0.0.1:" + a.port() + "\r\n")).isEqualTo("a");
                assertThat(ask(client, "X-To:  127.0.0.1:" + b.port() + " \r\n")).isEqualTo("b");
                proxy.cluster.tick(System.nanoTime());
            }
            assertThat(proxy.cluster.view().hosts().all()).hasSize(2);
        }
    }

    @Test
    void aNewAddressHasItsConnectionKeptFromTheFirstRequestOn() throws Exception {
        try (var a = Origin.answering("a"); var proxy = proxy(0); var client = proxy.client()) {
            for (int i = 0; i < 3; i++) {
                assertThat(ask(client, "X-To: 127.0.0.1:" + a.port() + "\r\n")).isEqualTo("a");
            }
            assertThat(proxy.cluster.view().hosts().all()).as("before any tick").isEmpty();
            assertThat(a.connections()).isEqualTo(1);
            proxy.cluster.tick(System.nanoTime());
            assertThat(ask(client, "X-To: 127.0.0.1:" + a.port() + "\r\n")).isEqualTo("a");
            assertThat(a.connections()).isEqualTo(1);
        }
    }

    @Test
    void whatIsNoAddressGoesNowhere() throws Exception {
        try (var proxy = proxy(0); var client = proxy.client()) {
            for (String to : List.of("", "localhost:80", "127.0.0.1", "127.0.0.1:99999", ":80", "::1:80", "[::1]",
                    "[127.0.0.1]:80", "1.2.3:80:90")) {
                assertThat(ask(client, "X-To: " + to + "\r\n")).as(to).isEqualTo("503");
            }
            assertThat(ask(client, "")).isEqualTo("503");
        }
    }

    @Test
    void thePortMayBeTheClustersWhateverTheRequestSays() throws Exception {
        try (var a = Origin.answering("a"); var proxy = proxy(a.port()); var client = proxy.client()) {
            assertThat(ask(client, "X-To: 127.0.0.1:1\r\n")).isEqualTo("a");
        }
    }
}
