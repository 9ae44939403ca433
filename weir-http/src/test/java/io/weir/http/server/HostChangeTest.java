package io.weir.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.config.UpstreamHttpSpec;
import io.weir.http.config.UpstreamHttpSpec.Protocol;
import io.weir.http.h2.Http2Options;
import io.weir.http.route.Forward;
import io.weir.http.route.RouteTable;
import io.weir.testkit.Origin;
import io.weir.testkit.RawHttp;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of the connections to a host when others come and go. */
@Timeout(60)
final class HostChangeTest {
    private static ProxyFixture proxy(Map<String, Object> extensions, Origin... origins) {
        return ProxyFixture.with(spec -> spec.withExtensions(extensions),
                HttpManagerSpec.of("test", RouteTable.of(Forward.to("origins"))), origins).following();
    }

    private static void ask(RawHttp client) throws Exception {
        assertThat(client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").response().status()).isEqualTo(200);
    }

    /** The worker hears of the change a moment later. */
    private static void askUntil(RawHttp client, Origin origin, int connections) throws Exception {
        for (int i = 0; i < 1_000 && origin.connections() < connections; i++) {
            ask(client);
        }
        assertThat(origin.connections()).isEqualTo(connections);
    }

    private static void hosts(ProxyFixture proxy, Origin... origins) {
        List<Endpoint> endpoints = Stream.of(origins).map(origin -> Endpoint.of(origin.address())).toList();
        proxy.cluster.endpoints(endpoints, System.nanoTime());
    }

    @Test
    void whereThatIsWantedTheConnectionsToAllHostsEndWhenOneComesOrGoes() throws Exception {
        try (var a = Origin.answering("a");
                var b = Origin.answering("b");
                var proxy = proxy(Map.of(ClusterSpec.DRAINS_ON_HOST_CHANGE, true), a);
                var client = proxy.client()) {
            ask(client);
            ask(client);
            assertThat(a.connections()).isEqualTo(1);
            hosts(proxy, a, b);
            askUntil(client, a, 2);
            hosts(proxy, a);
            askUntil(client, a, 3);
            hosts(proxy, a);
            for (int i = 0; i < 9; i++) {
                ask(client);
            }
            assertThat(a.connections()).as("nothing changed").isEqualTo(3);
        }
    }

    @Test
    void otherwiseOnlyTheConnectionsToAHostThatGoesEnd() throws Exception {
        try (var a = Origin.answering("a");
                var b = Origin.answering("b");
                var proxy = proxy(Map.of(), a);
                var client = proxy.client()) {
            ask(client);
            hosts(proxy, a, b);
            for (int i = 0; i < 4; i++) {
                ask(client);
            }
            hosts(proxy, a);
            ask(client);
            assertThat(List.of(a.connections(), b.connections())).containsExactly(1, 1);
        }
    }

    @Test
    void whenAReloadHasHostsSpokenToOtherwiseConnectionsOfBeforeServeNoMoreAndRequestsUnderWayEnd() throws Exception {
        var go = new CountDownLatch(1);
        try (var a = Origin.start((request, wire) -> {
            if (request.target().equals("/slow")) {
                await(go);
            }
            wire.reply(200, "ok");
        });
                var proxy = proxy(Map.of(), a);
                var client = proxy.client();
                var slow = proxy.client()) {
            ask(client);
            slow.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
            a.awaitRequests(2);
            ask(client); // which has a connection beside the slow one's: before the worker hears of it, none is opened
            int before = a.connections();
            var options = new UpstreamHttpSpec(TimeUnit.HOURS.toNanos(2), 0, 0, 100, 60 * 1024, Protocol.HTTP1,
                    Http2Options.DEFAULT);
            proxy.cluster.update(proxy.cluster.spec().withExtensions(Map.of(UpstreamHttpSpec.TYPE, options)),
                    System.nanoTime());
            askUntil(client, a, before + 1);
            for (int i = 0; i < 9; i++) {
                ask(client);
            }
            assertThat(a.connections()).as("the new ones are kept").isEqualTo(before + 1);
            go.countDown();
            assertThat(slow.response().status()).isEqualTo(200);
        }
    }

    private static void await(CountDownLatch go) {
        try {
            go.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
