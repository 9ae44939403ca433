package io.weir.filters.grpcweb;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Base64 in pieces, against the JDK's. */
class Base64Test {
    private static byte @Nullable [] decoded(Base64Text text, String piece) {
        ByteBuf out = text.decoded(Unpooled.copiedBuffer(piece, StandardCharsets.ISO_8859_1), ByteBufAllocator.DEFAULT);
        if (out == null) {
            return null;
        }
        byte[] bytes = ByteBufUtil.getBytes(out);
        out.release();
        return bytes;
    }

    @Test
    void whatIsCutAnywhereComesOutAsItWentIn() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            var text = new StringBuilder();
            var bytes = new ByteArrayOutputStream();
            for (int i = random.nextInt(4); i >= 0; i--) { // texts one behind the other, each padded
                byte[] some = new byte[random.nextInt(200)];
                random.nextBytes(some);
                bytes.writeBytes(some);
                text.append(Base64.getEncoder().encodeToString(some));
            }
            var reader = new Base64Text();
            var out = new ByteArrayOutputStream();
            for (int at = 0; at < text.length();) {
                int some = Math.min(text.length() - at, 1 + random.nextInt(9));
                byte[] piece = decoded(reader, text.substring(at, at + some));
                assertThat(piece).as("seed " + seed).isNotNull();
                out.writeBytes(piece == null ? new byte[0] : piece);
                at += some;
            }
            assertThat(out.toByteArray()).as("seed " + seed).isEqualTo(bytes.toByteArray());
            assertThat(reader.between()).as("seed " + seed).isTrue();
            assertThat(written(random, bytes.toByteArray())).as("seed " + seed)
                    .isEqualTo(Base64.getEncoder().encodeToString(bytes.toByteArray()));
        }
    }

    private static String written(Random random, byte[] bytes) {
        var writer = new Base64Writer();
        ByteBuf out = Unpooled.buffer();
        ByteBuf all = Unpooled.wrappedBuffer(bytes);
        for (int at = 0; at < bytes.length;) {
            int some = Math.min(bytes.length - at, 1 + random.nextInt(9));
            writer.write(all, at, at + some, out);
            at += some;
        }
        writer.pad(out);
        return out.toString(StandardCharsets.US_ASCII);
    }

    @Test
    void whatIsNoBase64IsRefused() {
        for (String wrong : new String[]{"a\u00e9==", "=aaa", "a===", "aa=a", "a b=", "aaa-"}) {
            assertThat(decoded(new Base64Text(), wrong)).as(wrong).isNull();
        }
        var half = new Base64Text();
        assertThat(decoded(half, "aaa")).isEmpty();
        assertThat(half.between()).isFalse();
    }
}
