package io.weir.stream.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledHeapByteBuf;
import io.weir.core.health.CheckResult;
import io.weir.core.health.CheckResult.Failed;
import io.weir.core.health.CheckResult.Failure;
import io.weir.core.health.CheckResult.Passed;
import io.weir.core.health.CheckTarget;
import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.rule.CheckSpec;
import io.weir.net.check.Dialogue;
import io.weir.net.check.Expected;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Checks over plain TCP, as bytes. */
class TcpCheckTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Dialogue dialogue(TcpCheck check) {
        Host host = new Host(Endpoint.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 80)));
        return check.dialogue(new CheckTarget(host, host.address(), "", "c",
                CheckSpec.of(check, CheckSpec.Timing.every(1, 1), 1, 1)));
    }

    private static @Nullable CheckResult hears(Dialogue dialogue, String text) {
        return dialogue.hears(Unpooled.wrappedBuffer(bytes(text)), Unpooled.buffer());
    }

    @Test
    void whereNothingIsExpectedAConnectionIsEnoughAndIsNotKept() {
        Dialogue dialogue = dialogue(new TcpCheck(new byte[0], Expected.NOTHING, 0));
        assertThat(dialogue.begin(true, Unpooled.buffer())).isEqualTo(new Passed(false));
        assertThat(dialogue.reusable()).isFalse();
    }

    @Test
    void aHostThatWantsTheProxyProtocolIsToldThatACheckIsOursOnceForEachConnection() {
        Dialogue dialogue = dialogue(new TcpCheck(bytes("PING"), Expected.of(List.of(bytes("PONG"))), 1));
        ByteBuf out = Unpooled.buffer();
        dialogue.begin(true, out);
        assertThat(out.toString(StandardCharsets.ISO_8859_1)).isEqualTo("PROXY UNKNOWN\r\nPING");
        out.clear();
        dialogue.begin(false, out);
        assertThat(out.toString(StandardCharsets.ISO_8859_1)).isEqualTo("PING");
    }

    @Test
    void whatCameBeforeIsNotLookedAtAgain() {
        byte[] block = new byte[1000];
        Arrays.fill(block, (byte) 'a');
        block[999] = 'b';
        Expected.Search search = Expected.of(List.of(block)).search();
        int[] looks = {0};
        ByteBuf answer = new UnpooledHeapByteBuf(UnpooledByteBufAllocator.DEFAULT, 64,
                1 << 20) {
            @Override
            public byte getByte(int index) {
                looks[0]++;
                return super.getByte(index);
            }
        };
        for (int i = 0; i < 60_000; i++) {
            answer.writeByte('x');
            assertThat(search.in(answer)).isFalse();
        }
        answer.writeBytes(block);
        assertThat(search.in(answer)).isTrue();
        assertThat(looks[0]).isLessThan(62_100);
    }

    @Test
    void whatIsExpectedMayComeInPiecesWithOtherThingsBetween() {
        TcpCheck check = new TcpCheck(bytes("PING\n"), Expected.of(List.of(bytes("+PO"), bytes("G"))), 0);
        Dialogue dialogue = dialogue(check);
        ByteBuf out = Unpooled.buffer();
        assertThat(dialogue.begin(true, out)).isNull();
        assertThat(out.toString(StandardCharsets.ISO_8859_1)).isEqualTo("PING\n");
        assertThat(hears(dialogue, "x+P")).isNull();
        assertThat(hears(dialogue, "ON")).isNull();
        assertThat(hears(dialogue, "G")).isEqualTo(new Passed(false));
        assertThat(dialogue.reusable()).isTrue();
        dialogue.begin(false, Unpooled.buffer());
        assertThat(hears(dialogue, "G+PO")).as("in this order").isNull();
        assertThat(dialogue.closed()).isInstanceOfSatisfying(Failed.class,
                failed -> assertThat(failed.failure()).isEqualTo(Failure.NETWORK));
    }

    @Test
    void anEndlessAnswerWithoutWhatIsExpectedIsGivenUp() {
        Dialogue dialogue = dialogue(new TcpCheck(new byte[0], Expected.of(List.of(bytes("ok"))), 0));
        dialogue.begin(true, Unpooled.buffer());
        CheckResult result = null;
        for (int i = 0; i < 100 && result == null; i++) {
            result = hears(dialogue, "0123456789".repeat(100));
        }
        assertThat(result).isInstanceOf(Failed.class);
    }
}
