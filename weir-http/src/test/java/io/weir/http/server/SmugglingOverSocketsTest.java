package io.weir.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.codec.SmugglingCases;
import io.weir.http.codec.SmugglingCases.Case;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.config.HttpManagerSpec.Codec;
import io.weir.http.h2.Http2Options;
import io.weir.http.route.Forward;
import io.weir.http.route.RouteTable;
import io.weir.testkit.Origin;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The written list of ambiguous messages, sent through a running proxy: nothing of what is refused gets through. */
@Timeout(60)
final class SmugglingOverSocketsTest {
    private static Origin origin;
    private static ProxyFixture proxy;

    @BeforeAll
    static void start() {
        origin = Origin.answering("ok");
        var spec = HttpManagerSpec.of("test", RouteTable.of(Forward.to("origins"))).withHttp2(Codec.HTTP1,
                Http2Options.DEFAULT);
        proxy = ProxyFixture.with(cluster -> cluster, spec, origin);
    }

    @AfterAll
    static void stop() {
        proxy.close();
        origin.close();
    }

    static List<Case> requests() {
        return SmugglingCases.requests();
    }

    static List<Case> responses() {
        return SmugglingCases.responses();
    }

    @ParameterizedTest
    @MethodSource("requests")
    void aRefusedRequestIsAnsweredAndItsConnectionClosed(Case one) throws Exception {
        int before = origin.requests().size();
        try (var client = proxy.client()) {
            client.send(one.bytes());
            if (!one.passes()) {
                String answers = client.untilClose();
                // A request before the refused one in the same bytes may have been answered properly.
                assertThat(answers).as(one.name()).contains("HTTP/1.1 " + one.status() + " ");
                assertThat(answers.lastIndexOf("HTTP/1.1 " + one.status() + " ")).as(one.name())
                        .isEqualTo(answers.lastIndexOf("HTTP/1.1 "));
                assertThat(answers).contains("connection: close");
            } else if (one.complete()) {
                assertThat(client.response().status()).as(one.name()).isIn(100, 200, 404, 426);
                assertThat(origin.requests().size()).isGreaterThanOrEqualTo(before);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("responses")
    void aRefusedResponseBecomes502AndItsConnectionIsNotUsedAgain(Case one) throws Exception {
        try (var bad = Origin.start((request, wire) -> {
            wire.send(one.bytes());
            wire.finish();
        }); var before = ProxyFixture.before(bad); var client = before.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            if (one.passes()) {
                if (one.complete()) {
                    assertThat(client.response().status()).as(one.name()).isBetween(100, 599);
                }
                return;
            }
            // Refused in the head: 502. Refused in the body: the client sees a chunked response that is cut off.
            String answer = client.untilClose();
            if (!answer.startsWith("HTTP/1.1 502 ")) {
                assertThat(answer).as(one.name()).containsIgnoringCase("transfer-encoding: chunked")
                        .doesNotEndWith("0\r\n\r\n");
            }
        }
    }
}
