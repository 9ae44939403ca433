package io.weir.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.route.ClusterChoice;
import io.weir.http.route.Forward;
import io.weir.http.route.rewrite.HostRewrite;
import io.weir.http.route.rewrite.PathRewrite;
import io.weir.http.route.RetryOn;
import io.weir.http.route.RetrySpec;
import io.weir.http.route.RouteTable;
import io.weir.http.route.Target;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code auto_host_rewrite}: every try carries the name of its own endpoint. */
@Timeout(30)
final class HostRewriteTest {
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n";

    private static Forward toEndpoint() {
        return new Forward(new ClusterChoice.Single(Target.of("origins")), Forward.TIMEOUT_NANOS,
                Forward.INHERIT_NANOS, Forward.INHERIT_NANOS,
                RetrySpec.of(Set.of(RetryOn.SERVER_ERROR), 1), PathRewrite.KEEP, new HostRewrite.ToEndpoint(), true,
                503, false, false);
    }

    private static ProxyFixture before(List<String> names, Origin... origins) {
        var endpoints = new ArrayList<Endpoint>();
        for (int i = 0; i < origins.length; i++) {
            var plain = Endpoint.of(origins[i].address());
            endpoints.add(new Endpoint(plain.address(), names.get(i), 1, 0, plain.locality(), 0,
                    plain.announced(), plain.metadata()));
        }
        return ProxyFixture.with(_ -> ClusterSpec.of("origins", endpoints),
                HttpManagerSpec.of("test", RouteTable.of(toEndpoint())), origins);
    }

    /** One request that fails on every origin once; what each of the two was sent, by the order of the tries. */
    private static List<HttpMessage> tries(List<String> names, List<String> fields) throws Exception {
        try (var one = Origin.sending("HTTP/1.1 500 No\r\nContent-Length: 0\r\nX-Name: one\r\n\r\n");
                var two = Origin.sending("HTTP/1.1 500 No\r\nContent-Length: 0\r\nX-Name: two\r\n\r\n");
                var proxy = before(names, one, two);
                var client = proxy.client()) {
            String more = String.join("", fields.stream().map(field -> field + "\r\n").toList());
            var last = client.send(REQUEST.replace("\r\n\r\n", "\r\n" + more + "\r\n")).response();
            assertThat(last.status()).isEqualTo(500);
            boolean twoLast = last.header("x-name").orElseThrow().equals("two");
            return Stream.of(twoLast ? one : two, twoLast ? two : one).map(origin -> origin.requests().getFirst())
                    .toList();
        }
    }

    private static List<String> values(List<HttpMessage> tries, String name) {
        return tries.stream().map(request -> String.join("|", request.headers(name))).toList();
    }

    @Test
    void everyTryNamesItsOwnEndpointAndTheSameForwardedHost() throws Exception {
        var tries = tries(List.of("one.internal", "two.internal"), List.of());
        assertThat(values(tries, "host")).containsExactlyInAnyOrder("one.internal", "two.internal");
        assertThat(values(tries, "x-forwarded-host")).containsExactly("shop.example", "shop.example");
    }

    @Test
    void whatTheClientSaidOfForwardedHostsIsAddedToOnce() throws Exception {
        var tries = tries(List.of("one.internal", "two.internal"), List.of("X-Forwarded-Host: front.example"));
        assertThat(values(tries, "x-forwarded-host"))
                .containsExactly("front.example,shop.example", "front.example,shop.example");
    }

    @Test
    void anEndpointWithoutANameGetsWhatTheClientAskedFor() throws Exception {
        for (int i = 0; i < 8; i++) { // which of the two is first is drawn
            var tries = tries(List.of("one.internal", ""), List.of());
            assertThat(values(tries, "host")).containsExactlyInAnyOrder("one.internal", "shop.example");
            boolean namedFirst = values(tries, "host").getFirst().equals("one.internal");
            assertThat(values(tries, "x-forwarded-host"))
                    .isEqualTo(namedFirst ? List.of("shop.example", "shop.example") : List.of("", "shop.example"));
        }
    }
}
