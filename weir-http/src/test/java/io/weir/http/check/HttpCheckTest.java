package io.weir.http.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.core.health.CheckResult;
import io.weir.core.health.CheckResult.Failed;
import io.weir.core.health.CheckResult.Failure;
import io.weir.core.health.CheckResult.Passed;
import io.weir.core.health.CheckTarget;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.rule.CheckSpec;
import io.weir.http.check.HttpCheck.Field;
import io.weir.http.check.HttpCheck.Present;
import io.weir.http.route.match.TextMatch;
import io.weir.net.check.Dialogue;
import io.weir.net.check.Expected;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Requests of checks, and what responses mean, as bytes. */
class HttpCheckTest {
    private static final HttpCheck PLAIN = HttpCheck.get("/healthz");
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static CheckTarget target(HttpCheck check, String hostname) {
        Host host = new Host(Endpoint.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 80)));
        return new CheckTarget(host, host.address(), hostname, "shop",
                CheckSpec.of(check, CheckSpec.Timing.every(1, 1), 1, 1));
    }

    private static String request(HttpCheck check, String hostname) {
        ByteBuf out = Unpooled.buffer();
        assertThat(check.dialogue(target(check, hostname)).begin(true, out)).isNull();
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private static @Nullable CheckResult hears(Dialogue dialogue, String bytes) {
        return dialogue.hears(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1), Unpooled.buffer());
    }

    private static @Nullable CheckResult result(HttpCheck check, String response) {
        Dialogue dialogue = check.dialogue(target(check, ""));
        dialogue.begin(true, Unpooled.buffer());
        return hears(dialogue, response);
    }

    private static HttpCheck with(Statuses expected, Statuses retriable, Expected receive,
            @Nullable TextMatch service) {
        return new HttpCheck("GET", "", "/", "", List.of(), Set.of(), expected, retriable, receive, 16, service);
    }

    @Test
    void theRequestNamesTheEndpointsHostOrTheChecksOrTheCluster() {
        assertThat(request(PLAIN, "")).isEqualTo("GET /healthz HTTP/1.1\r\nhost: shop\r\nuser-agent: Weir/HC\r\n\r\n");
        assertThat(request(PLAIN, "one.example")).contains("host: one.example\r\n");
        HttpCheck named = new HttpCheck("POST", "shop.example", "/h", "ping",
                List.of(new Field("x-a", "1", Present.BESIDE), new Field("x-a", "2", Present.BESIDE),
                        new Field("User-Agent", "me", Present.REPLACED), new Field("x-b", "3", Present.ONLY_REPLACED),
                        new Field("x-a", "4", Present.KEPT), new Field("x-c", "5", Present.BESIDE)),
                Set.of("x-c"), Statuses.OK, Statuses.NONE, Expected.NOTHING, 16, null);
        assertThat(request(named, "")).isEqualTo("POST /h HTTP/1.1\r\nhost: shop.example\r\nx-a: 1\r\nx-a: 2\r\n"
                + "User-Agent: me\r\ncontent-length: 4\r\n\r\nping");
    }

    @Test
    void onlyTheExpectedStatusIsWellAndOthersCountAtOnceUnlessTheyAreRetriable() {
        assertThat(result(PLAIN, OK)).isEqualTo(new Passed(false));
        assertThat(result(PLAIN, "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"))
                .isEqualTo(Failed.of(Failure.ACTIVE, "HTTP 503"));
        HttpCheck wide = with(new Statuses(List.of(new Statuses.Range(200, 300))),
                new Statuses(List.of(new Statuses.Range(500, 600))), Expected.NOTHING, null);
        assertThat(result(wide, "HTTP/1.1 204 No\r\n\r\n")).isEqualTo(new Passed(false));
        assertThat(result(wide, "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"))
                .isEqualTo(Failed.of(Failure.RETRIABLE, "HTTP 503"));
        assertThat(result(wide, "HTTP/1.1 300 No\r\nContent-Length: 0\r\n\r\n"))
                .isEqualTo(Failed.of(Failure.ACTIVE, "HTTP 300"));
    }

    @Test
    void aHostMaySayThatItIsDegradedOrWantsToBeLeftAlone() {
        assertThat(result(PLAIN, "HTTP/1.1 200 OK\r\nx-envoy-degraded: yes\r\nContent-Length: 0\r\n\r\n"))
                .isEqualTo(new Passed(true));
        assertThat(result(PLAIN,
                "HTTP/1.1 200 OK\r\nX-Envoy-Immediate-Health-Check-Fail: 1\r\nContent-Length: 0\r\n\r\n"))
                .isInstanceOfSatisfying(Failed.class, failed -> {
                    assertThat(failed.askedOut()).isTrue();
                    assertThat(failed.failure()).isEqualTo(Failure.ACTIVE);
                });
    }

    @Test
    void aHostOfAnotherClusterIsNotTheOneThatWasMeant() {
        HttpCheck check = with(Statuses.OK, Statuses.NONE, Expected.NOTHING, TextMatch.prefix("shop", false));
        String head = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nx-envoy-upstream-healthchecked-cluster: ";
        assertThat(result(check, head + "shop-eu\r\n\r\n")).isEqualTo(new Passed(false));
        for (String response : List.of(head + "web\r\n\r\n", OK)) {
            assertThat(result(check, response)).isInstanceOfSatisfying(Failed.class,
                    failed -> assertThat(failed.wrongCluster()).isTrue());
        }
    }

    @Test
    void theBodyMustHoldWhatIsExpectedInItsFirstBytes() {
        HttpCheck check = with(Statuses.OK, Statuses.NONE, Expected.of(List.of("al".getBytes(
                StandardCharsets.ISO_8859_1), "ok".getBytes(StandardCharsets.ISO_8859_1))), null);
        assertThat(result(check, "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nall: ok")).isEqualTo(new Passed(false));
        assertThat(result(check, "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nok: all")).isInstanceOf(Failed.class);
        assertThat(result(check, "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nall: 0123456789012ok"))
                .as("beyond the bytes that are searched").isInstanceOf(Failed.class);
    }

    @Test
    void aConnectionServesTheNextCheckWhenTheHostLetsIt() {
        Dialogue dialogue = PLAIN.dialogue(target(PLAIN, ""));
        for (int i = 0; i < 3; i++) {
            dialogue.begin(i == 0, Unpooled.buffer());
            for (int at = 0; at < OK.length() - 1; at++) {
                assertThat(hears(dialogue, OK.substring(at, at + 1))).isNull();
            }
            assertThat(hears(dialogue, "k")).isEqualTo(new Passed(false));
            assertThat(dialogue.reusable()).isTrue();
        }
        dialogue.begin(false, Unpooled.buffer());
        assertThat(hears(dialogue, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"))
                .isNull();
        assertThat(dialogue.closed()).as("the body ends with the connection").isEqualTo(new Passed(false));
        assertThat(dialogue.reusable()).isFalse();
        dialogue.begin(true, Unpooled.buffer());
        assertThat(hears(dialogue, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"))
                .isEqualTo(new Passed(false));
    }

    @Test
    void whatIsNoWholeResponseIsAFailureOfTheNetwork() {
        assertThat(result(PLAIN, "SSH-2.0-OpenSSH\r\n")).isInstanceOfSatisfying(Failed.class,
                failed -> assertThat(failed.failure()).isEqualTo(Failure.NETWORK));
        Dialogue dialogue = PLAIN.dialogue(target(PLAIN, ""));
        dialogue.begin(true, Unpooled.buffer());
        assertThat(dialogue.closed()).isEqualTo(Failed.of(Failure.NETWORK, "it closed the connection"));
        dialogue.begin(true, Unpooled.buffer());
        assertThat(hears(dialogue, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok")).isNull();
        assertThat(dialogue.closed())
                .isEqualTo(Failed.of(Failure.NETWORK, "it closed the connection before the response was whole"));
    }
}
