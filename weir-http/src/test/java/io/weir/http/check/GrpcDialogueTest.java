package io.weir.http.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.core.health.CheckResult;
import io.weir.core.health.CheckResult.Failed;
import io.weir.core.health.CheckResult.Failure;
import io.weir.core.health.CheckResult.Passed;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Calls over HTTP/2 as frames, in hexadecimal: length, type, flags, stream, payload. */
class GrpcDialogueTest {
    private static final String SETTINGS = "000000 04 00 00000000";
    private static final String HEAD = "000001 01 04 00000001 88";
    private static final String SERVING = "000007 00 00 00000001 00 00000002 0801";
    private static final String TRAILERS_0 = "00000f 01 05 00000001 00 0b 677270632d737461747573 01 30";

    private final GrpcDialogue dialogue = new GrpcDialogue(new GrpcCheck("", "", List.of()), "shop");
    private final ByteBuf out = Unpooled.buffer();

    private static byte[] bytes(String... frames) {
        return HexFormat.of().parseHex(String.join("", frames).replace(" ", ""));
    }

    private @Nullable CheckResult hears(String... frames) {
        return dialogue.hears(Unpooled.wrappedBuffer(bytes(frames)), out);
    }

    private String sent() {
        byte[] sent = new byte[out.readableBytes()];
        out.readBytes(sent);
        return HexFormat.of().formatHex(sent);
    }

    private void begin() {
        dialogue.begin(true, out);
        sent();
    }

    @Test
    void aCallBeginsWithThePrefaceOnceAndHasAStreamOfItsOwn() {
        dialogue.begin(true, out);
        String first = sent();
        assertThat(first).startsWith(HexFormat.of().formatHex("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(
                java.nio.charset.StandardCharsets.US_ASCII)) + "000006040000000000" + "000200000000")
                .endsWith("000005" + "00" + "01" + "00000001" + "0000000000");
        assertThat(hears(SETTINGS, HEAD, SERVING, TRAILERS_0)).isEqualTo(new Passed(false));
        sent();
        dialogue.begin(false, out);
        assertThat(sent()).doesNotContain("505249").endsWith("000005" + "00" + "01" + "00000003" + "0000000000");
    }

    @Test
    void anAnswerInAnyPiecesIsTheSameAndIsAcknowledged() {
        byte[] answer = bytes(SETTINGS, HEAD, SERVING, TRAILERS_0);
        long seed = System.nanoTime();
        SplittableRandom dice = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++) {
            begin();
            int at = 0;
            CheckResult result = null;
            while (at < answer.length) {
                assertThat(result).as("seed %d", seed).isNull();
                int end = Math.min(answer.length, at + 1 + dice.nextInt(12));
                result = dialogue.hears(Unpooled.copiedBuffer(answer, at, end - at), out);
                at = end;
            }
            assertThat(result).as("seed %d", seed).isEqualTo(new Passed(false));
            assertThat(sent()).as("settings, and the window for 7 bytes").isEqualTo(
                    "000000040100000000" + "00000408000000000000000007");
            assertThat(dialogue.reusable()).isTrue();
        }
    }

    @Test
    void paddingPriorityAndContinuationsAreRead() {
        begin();
        assertThat(hears("000008 01 28 00000001 01 8000000300 88 00", "000000 09 04 00000001",
                "00000a 00 08 00000001 02 00 00000002 0801 0000",
                "000003 01 01 00000001 000b67", "00000c 09 04 00000001 7270632d737461747573 0130"))
                .isEqualTo(new Passed(false));
    }

    @Test
    void whateverIsNotServingIsNotWell() {
        assertThat(answer(HEAD, "000007 00 00 00000001 00 00000002 0802", TRAILERS_0))
                .isEqualTo(Failed.of(Failure.ACTIVE, "NOT_SERVING"));
        assertThat(answer(HEAD, "000005 00 00 00000001 00 00000000", TRAILERS_0))
                .isEqualTo(Failed.of(Failure.ACTIVE, "UNKNOWN"));
        assertThat(answer("000011 01 05 00000001 88 00 0b 677270632d737461747573 02 3132"))
                .isEqualTo(Failed.of(Failure.ACTIVE, "grpc-status 12: UNIMPLEMENTED"));
        assertThat(answer("000001 01 05 00000001 8d")).isEqualTo(Failed.of(Failure.ACTIVE, "HTTP 404"));
        assertThat(answer(HEAD, "000000 00 01 00000001"))
                .isEqualTo(Failed.of(Failure.ACTIVE, "its answer has no grpc-status"));
        assertThat(answer("000004 03 00 00000001 00000007"))
                .isEqualTo(Failed.of(Failure.NETWORK, "it reset the call, error 7"));
        assertThat(answer(HexFormat.of().formatHex("HTTP/1.1 400 Bad Request".getBytes(
                java.nio.charset.StandardCharsets.US_ASCII)))).isInstanceOfSatisfying(Failed.class,
                        failed -> assertThat(failed.failure()).isEqualTo(Failure.NETWORK));
        assertThat(answer("000001 01 04 00000001 7f")).isEqualTo(
                Failed.of(Failure.NETWORK, "its header fields cannot be read: hpack.truncated"));
    }

    private @Nullable CheckResult answer(String... frames) {
        begin();
        return hears(frames);
    }

    @Test
    void betweenTwoChecksPingsAreAnsweredAndAGoodbyeEndsTheConnection() {
        begin();
        hears(HEAD, SERVING, TRAILERS_0);
        sent();
        assertThat(dialogue.rests(Unpooled.wrappedBuffer(bytes("000008 06 00 00000000 0102030405060708")), out))
                .isTrue();
        assertThat(sent()).isEqualTo("0000080601000000000102030405060708");
        assertThat(dialogue.rests(Unpooled.wrappedBuffer(bytes("000008 07 00 00000000 00000001 00000000")), out))
                .isFalse();
        assertThat(dialogue.reusable()).isFalse();
    }
}
