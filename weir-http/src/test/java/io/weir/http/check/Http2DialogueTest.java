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
import io.weir.net.check.Dialogue;
import io.weir.net.check.Expected;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checks by HTTP over HTTP/2 as frames, in hexadecimal: length, type, flags, stream, payload. */
class Http2DialogueTest {
    private static final HttpCheck CHECK = new HttpCheck("GET", "", "/h", "", List.of(), Set.of(), Statuses.OK,
            Statuses.NONE, Expected.of(List.of("ok".getBytes(StandardCharsets.US_ASCII))), 16, null, true);
    private static final String SETTINGS = "000000 04 00 00000000";
    private static final String HEAD = "000001 01 04 00000001 88";
    private static final String OK = "000002 00 01 00000001 6f6b";

    private final ByteBuf out = Unpooled.buffer();

    private static Dialogue dialogue(HttpCheck check) {
        Host host = new Host(Endpoint.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 80)));
        return check.dialogue(new CheckTarget(host, host.address(), "", "shop",
                CheckSpec.of(check, CheckSpec.Timing.every(1, 1), 1, 1)));
    }

    private static byte[] bytes(String... frames) {
        return HexFormat.of().parseHex(String.join("", frames).replace(" ", ""));
    }

    private @Nullable CheckResult answer(String... frames) {
        Dialogue dialogue = dialogue(CHECK);
        dialogue.begin(true, out);
        out.clear();
        return dialogue.hears(Unpooled.wrappedBuffer(bytes(frames)), out);
    }

    @Test
    void aWholeResponseInAnyPiecesIsJudgedAsOverHttp1() {
        byte[] answer = bytes(SETTINGS, "000005 01 04 00000001 08 03 313033", HEAD, OK);
        long seed = System.nanoTime();
        SplittableRandom dice = new SplittableRandom(seed);
        Dialogue dialogue = dialogue(CHECK);
        for (int round = 0; round < 100; round++) {
            dialogue.begin(true, out);
            CheckResult result = null;
            for (int at = 0; at < answer.length;) {
                assertThat(result).as("seed %d", seed).isNull();
                int end = Math.min(answer.length, at + 1 + dice.nextInt(9));
                result = dialogue.hears(Unpooled.copiedBuffer(answer, at, end - at), out);
                at = end;
            }
            assertThat(result).as("seed %d", seed).isEqualTo(new Passed(false));
            assertThat(dialogue.reusable()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            000001 01 05 00000001 8d | ACTIVE | HTTP 404
            000001 01 05 00000001 88 | ACTIVE | the response does not hold what is expected
            000005 01 04 00000001 88 0f0d 01 33 000002 00 01 00000001 6f6b | NETWORK | its body is not as long as it says
            000002 00 01 00000001 6f6b | NETWORK | it sent a body before its head
            000004 03 00 00000001 00000007 | NETWORK | it reset the call, error 7
            000008 07 00 00000000 00000000 00000000 | NETWORK | it goes away
            000001 01 00 00000001 88 000000 04 00 00000000 | NETWORK | its header fields are cut off
            000005 05 04 00000001 00000002 88 | NETWORK | it pushes what nobody asked for
            000002 00 09 00000001 0505 | NETWORK | a frame of it cannot be read
            000003 01 04 00000001 0001 61 | NETWORK | its header fields cannot be read: hpack.truncated
            485454502f312e31203430302042616420 | NETWORK | it does not speak HTTP/2
            """)
    void whatIsNotAsItShouldBeIsNotWell(String frames, Failure failure, String details) {
        assertThat(answer(frames)).isEqualTo(Failed.of(failure, details));
    }

    @Test
    void fieldsThatAreAboutAConnectionStayAtHomeAndSecretsAreNeverRemembered() {
        HttpCheck check = new HttpCheck("POST", "shop.example", "/h", "ping",
                List.of(new Field("Connection", "close", Present.BESIDE), new Field("X-A", "1", Present.BESIDE),
                        new Field("authorization", "s", Present.BESIDE)),
                Set.of("user-agent"), Statuses.OK, Statuses.NONE, Expected.NOTHING, 16, null, true);
        dialogue(check).begin(true, out);
        String sent = out.toString(StandardCharsets.ISO_8859_1);
        assertThat(sent).startsWith("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").contains("shop.example", "x-a")
                .doesNotContain("close", "Weir/HC").endsWith("ping");
        // authorization is the 23rd of the static table: a literal that is never indexed (RFC 7541 section 6.2.3)
        assertThat(HexFormat.of().formatHex(sent.getBytes(StandardCharsets.ISO_8859_1))).contains("1f08" + "0173");
    }

    @Test
    void aBodyWaitsForTheHostsWindowAndOneThatIsNotWantedEndsTheConnection() {
        HttpCheck check = new HttpCheck("POST", "", "/h", "x".repeat(100_000), List.of(), Set.of(), Statuses.OK,
                Statuses.NONE, Expected.NOTHING, 16, null, true);
        Dialogue dialogue = dialogue(check);
        dialogue.begin(true, out);
        assertThat(out.toString(StandardCharsets.ISO_8859_1).chars().filter(c -> c == 'x').count()).isEqualTo(65_535);
        out.clear();
        dialogue.hears(Unpooled.wrappedBuffer(bytes("000004 08 00 00000001 0000ffff")), out);
        assertThat(out.isReadable()).as("the window of the connection is used up").isFalse();
        dialogue.hears(Unpooled.wrappedBuffer(bytes("000004 08 00 00000000 00000005")), out);
        assertThat(out.toString(StandardCharsets.ISO_8859_1)).endsWith("xxxxx");
        assertThat(dialogue.hears(Unpooled.wrappedBuffer(bytes("000001 01 05 00000001 88")), out))
                .isEqualTo(new Passed(false));
        assertThat(dialogue.reusable()).isFalse();
    }
}
