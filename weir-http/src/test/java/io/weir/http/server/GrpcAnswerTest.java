package io.weir.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.route.ClusterChoice;
import io.weir.http.route.Forward;
import io.weir.http.route.rewrite.HostRewrite;
import io.weir.http.route.rewrite.PathRewrite;
import io.weir.http.route.RetryOn;
import io.weir.http.route.RetrySpec;
import io.weir.http.route.Target;
import io.weir.testkit.Origin;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What callers of gRPC are told by Weir, and which of their servers' statuses are tried again. */
@Timeout(30)
final class GrpcAnswerTest {
    private static final String CALL = "POST /s/m HTTP/1.1\r\nHost: a\r\nContent-Type: application/grpc\r\n"
            + "Content-Length: 0\r\n\r\n";
    private static final String REFUSED = "HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\ngrpc-status: 14\r\n"
            + "Content-Length: 0\r\n\r\n";

    private static Forward forward(RetrySpec retry) {
        return new Forward(new ClusterChoice.Single(Target.of("origins")), 0, Forward.INHERIT_NANOS,
                Forward.INHERIT_NANOS, retry, PathRewrite.KEEP, HostRewrite.KEEP, false, 503, false, false);
    }

    @Test
    void anAnswerOfWeirsOwnIsInGrpcsWords() throws Exception {
        try (var dead = Origin.answering("x");
                var proxy = ProxyFixture.routing(forward(RetrySpec.off()), dead);
                var client = proxy.client()) {
            dead.kill();
            var response = client.send(CALL).response();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.header("content-type")).contains("application/grpc");
            assertThat(response.header("grpc-status")).contains("14");
            assertThat(response.header("grpc-message").orElseThrow()).contains("remote connection failure");
            assertThat(response.body()).isEmpty();
        }
    }

    @Test
    void aStatusThatTheRouteNamesIsTriedAgain() throws Exception {
        var calls = new AtomicInteger();
        try (var origin = Origin.start((request, wire) -> {
            if (calls.getAndIncrement() == 0) {
                wire.send(REFUSED);
            } else {
                wire.reply(200, "done");
            }
        });
                var proxy = ProxyFixture.routing(forward(RetrySpec.of(Set.of(RetryOn.UNAVAILABLE), 2)), origin);
                var client = proxy.client()) {
            assertThat(client.send(CALL).response().body()).isEqualTo("done");
            assertThat(calls.get()).isEqualTo(2);
        }
    }

    @Test
    void aStatusThatItDoesNotNameIsPassedOn() throws Exception {
        try (var origin = Origin.sending(REFUSED);
                var proxy = ProxyFixture.routing(forward(RetrySpec.of(Set.of(RetryOn.CANCELLED), 2)), origin);
                var client = proxy.client()) {
            assertThat(client.send(CALL).response().header("grpc-status")).contains("14");
            assertThat(origin.requests()).hasSize(1);
        }
    }
}
