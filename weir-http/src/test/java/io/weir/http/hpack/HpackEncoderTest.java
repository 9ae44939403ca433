package io.weir.http.hpack;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HpackEncoderTest {
    private final HpackEncoder encoder = new HpackEncoder();
    private final Fields peer = new Fields();

    /** Some names have numbers. */
    private static int number(String field) {
        return field.regionMatches(true, 0, "x-n", 0, 3) ? 1 + field.charAt(3) - '0' : HpackEncoder.ANY_NAME;
    }

    /** Writes fields of one kind as one block, which the peer reads too, and answers it in hexadecimal digits. */
    private String block(Indexing indexing, String... fields) {
        var out = Unpooled.buffer();
        encoder.begin();
        for (String field : fields) {
            int colon = field.indexOf(": ");
            byte[] line = (field + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
            encoder.field(number(field), line, 0, colon, line, colon + 2, field.length() - colon - 2, indexing);
        }
        encoder.end(out);
        return read(out);
    }

    private String read(ByteBuf out) {
        String hex = ByteBufUtil.hexDump(out);
        assertThat(peer.decode(out)).isNull();
        return hex;
    }

    @Test
    void staticFieldsAreOneOctet() {
        assertThat(block(Indexing.ALLOWED, ":method: GET", ":scheme: http", ":path: /", ":status: 404"))
                .isEqualTo("8286848d");
        assertThat(block(Indexing.ALLOWED, ":method: POST", "accept-encoding: gzip, deflate")).isEqualTo("8390");
    }

    @Test
    void anEmptyValueMayBeAStaticFieldToo() {
        assertThat(block(Indexing.ALLOWED, "cookie: ")).isEqualTo("a0");
    }

    @Test
    void aFieldIsRememberedWhenItComesTheSecondTimeAndAnIndexFromThenOn() {
        assertThat(block(Indexing.ALLOWED, "x-a: b")).startsWith("00");
        assertThat(peer.table()).isEmpty();
        assertThat(block(Indexing.ALLOWED, "x-a: b")).startsWith("40");
        assertThat(peer.table()).containsExactly("x-a: b");
        assertThat(block(Indexing.ALLOWED, "x-a: b")).isEqualTo("be");
        assertThat(block(Indexing.ALLOWED, "x-a: b", "x-a: b")).isEqualTo("bebe");
    }

    @Test
    void aNameWithANumberIsKnownInAnyCaseAndNoOtherValueIsTakenForItsLast() {
        block(Indexing.ALLOWED, "x-n1: b", "x-n1: b");
        assertThat(block(Indexing.ALLOWED, "x-n1: b", "X-N1: b")).isEqualTo("bebe");
        block(Indexing.ALLOWED, "x-n2: b", "x-n2: b");
        assertThat(block(Indexing.ALLOWED, "x-n1: b", "x-n2: b")).isEqualTo("bfbe");
        assertThat(block(Indexing.ALLOWED, "x-n1: c")).isEqualTo("0f300163");
        assertThat(block(Indexing.POINTLESS, "x-n1: b")).isEqualTo("0f300162");
        assertThat(block(Indexing.FORBIDDEN, "x-n1: b")).isEqualTo("1f300162");
        encoder.tableMax(0);
        assertThat(block(Indexing.ALLOWED, "x-n1: b")).startsWith("2000");
        assertThat(peer.all).containsExactly("x-n1: b");
    }

    /** Where each hash has one place of 64 among those seen, seven of these share theirs with others. */
    @Test
    void fieldsOfEveryBlockDoNotKeepEachOtherOutOfTheTable() {
        String[] fields = {":authority: shop.example", "accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
                "accept-language: en-GB,en;q=0.7,de;q=0.3", "accept-encoding: gzip, deflate, br, zstd",
                "referer: https://shop.example/front", "upgrade-insecure-requests: 1", "sec-fetch-dest: document",
                "sec-fetch-mode: navigate", "sec-fetch-site: same-origin", "sec-fetch-user: ?1", "priority: u=0, i",
                ":path: /grpc.testing.TestService/UnaryCall", "content-type: application/grpc", "te: trailers",
                "user-agent: grpc-java-netty/1.76.0", "grpc-accept-encoding: gzip", "x-a: 1", "x-b: 1", "x-c: 1"};
        block(Indexing.ALLOWED, fields);
        block(Indexing.ALLOWED, fields);
        assertThat(block(Indexing.ALLOWED, fields)).hasSize(2 * fields.length);
    }

    @Test
    void aNameOfTheStaticTableIsKnownWithoutALookWhateverItsValueIs() {
        for (int i = 0; i < 3; i++) {
            assertThat(block(Indexing.POINTLESS, "x-n3: a", "age: " + i)).endsWith("0f06013" + i);
        }
    }

    @Test
    void valuesThatNeverComeAgainPushNothingOut() {
        block(Indexing.ALLOWED, "x-a: b");
        block(Indexing.ALLOWED, "x-a: b");
        for (int i = 0; i < 10_000; i++) {
            block(Indexing.ALLOWED, "x-id: " + i);
        }
        assertThat(peer.table()).contains("x-a: b").hasSizeLessThan(5);
    }

    @Test
    void theNameOfAFieldThatIsRememberedIsAnIndex() {
        block(Indexing.ALLOWED, "x-a: b");
        block(Indexing.ALLOWED, "x-a: b");
        assertThat(block(Indexing.POINTLESS, "x-a: c")).isEqualTo("0f2f0163");
        assertThat(block(Indexing.FORBIDDEN, "x-a: d")).isEqualTo("1f2f0164");
    }

    @Test
    void whatMustNotBeIndexedSaysSoEachTime() {
        for (int i = 0; i < 3; i++) {
            assertThat(block(Indexing.FORBIDDEN, "authorization: me")).isEqualTo("1f08026d65");
        }
        assertThat(peer.all).containsExactly("!authorization: me");
        assertThat(peer.table()).isEmpty();
    }

    @Test
    void aForbiddenFieldIsNotSentAsAnIndexThatItHadBefore() {
        block(Indexing.ALLOWED, "x-a: b");
        block(Indexing.ALLOWED, "x-a: b");
        assertThat(block(Indexing.FORBIDDEN, "x-a: b")).isEqualTo("1f2f0162");
    }

    @Test
    void capitalLettersOfNamesBecomeSmall() {
        block(Indexing.ALLOWED, "X-Ab: B", "CONTENT-Type: T", "[@`{AZaz: Q", "a-name-of-many-letterS: 1");
        assertThat(peer.all).containsExactly("x-ab: B", "content-type: T", "[@`{azaz: Q", "a-name-of-many-letters: 1");
    }

    @Test
    void linesOfAHeadAreFoundAgainWhateverTheirWhiteSpace() {
        String[] forms = {"X-A: b\r\n", "x-a: b\r\n", "x-a:b\r\n", "X-a:  b \r\n", "x-a:\tb\t\r\n"};
        for (String form : forms) {
            byte[] line = form.getBytes(StandardCharsets.ISO_8859_1);
            var out = Unpooled.buffer();
            encoder.begin();
            encoder.field(HpackEncoder.ANY_NAME, line, 0, 3, line, form.indexOf('b'), 1, Indexing.ALLOWED);
            encoder.end(out);
            read(out);
            assertThat(peer.all).containsExactly("x-a: b");
        }
        assertThat(peer.table()).containsExactly("x-a: b");
    }

    @Test
    void aLoweredTableIsSaidAtTheNextBlocksStart() { // RFC 7541 section 4.2
        encoder.tableMax(100);
        assertThat(block(Indexing.ALLOWED, ":method: GET")).isEqualTo("3f4582");
        assertThat(block(Indexing.ALLOWED, ":method: GET")).isEqualTo("82");
    }

    @Test
    void aTableThatWentDownAndUpSaysBothSizes() { // RFC 7541 section 4.2
        block(Indexing.ALLOWED, "x-a: b");
        block(Indexing.ALLOWED, "x-a: b");
        encoder.tableMax(0);
        encoder.tableMax(1000);
        encoder.tableMax(200);
        encoder.tableMax(8000);
        assertThat(block(Indexing.ALLOWED, "x-a: b")).isEqualTo("203fe11f" + "4003782d610162");
    }

    @Test
    void withoutATableNothingIsRemembered() {
        encoder.tableMax(0);
        for (int i = 0; i < 3; i++) {
            block(Indexing.ALLOWED, "x-a: b");
        }
        assertThat(peer.all).containsExactly("x-a: b");
        assertThat(peer.table()).isEmpty();
    }

    @Test
    void aLongConnectionFindsItsFieldsWhateverWasPushedOut() {
        for (int i = 0; i < 20_000; i++) {
            String field = "x-" + i % 37 + ": " + "v".repeat(i % 211) + i / 3 % 11;
            block(Indexing.ALLOWED, field, field, "x-same: same", field);
            assertThat(peer.all).containsExactly(field, field, "x-same: same", field);
        }
    }
}
