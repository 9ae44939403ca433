package io.weir.filters.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Messages in bodies that come in pieces of any size. */
class MessageScanTest {
    @Test
    void messagesAreFoundHoweverTheBodyIsCut() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            var body = new ByteArrayOutputStream();
            List<byte[]> messages = new ArrayList<>();
            for (int i = random.nextInt(5); i >= 0; i--) {
                byte[] message = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(700)];
                random.nextBytes(message);
                messages.add(message);
                body.writeBytes(StockService.framed(i & 1, message));
            }
            check(seed, random, body.toByteArray(), messages);
        }
    }

    private static void check(long seed, Random random, byte[] body, List<byte[]> messages) {
        var scan = new MessageScan();
        var ends = new MessageScan();
        var gather = new MessageGather(700);
        List<byte[]> gathered = new ArrayList<>();
        long counted = 0;
        int parts = 0;
        for (int at = 0; at < body.length;) {
            int some = Math.min(body.length - at, 1 + random.nextInt(random.nextBoolean() ? 3 : 400));
            ByteBuf piece = Unpooled.wrappedBuffer(body, at, some);
            counted += scan.pass(piece);
            for (int i = 0; i < some;) {
                i += ends.upToEnd(piece, i, some);
                parts += ends.between() ? 1 : 0;
            }
            assertThat(gather.read(piece, (_, message) -> gathered.add(message)))
                    .isEqualTo(MessageGather.Taken.ALL);
            at += some;
        }
        assertThat(counted).as("seed " + seed).isEqualTo(messages.size());
        assertThat(parts).as("seed " + seed).isEqualTo(messages.size());
        assertThat(scan.between() && ends.between() && gather.between()).as("seed " + seed).isTrue();
        assertThat(gathered).as("seed " + seed).usingElementComparator(Arrays::compare).isEqualTo(messages);
    }

    @Test
    void aLengthIsReadAsUnsigned() {
        var scan = new MessageScan();
        scan.pass(Unpooled.wrappedBuffer(new byte[]{0, -1, -1, -1, -1, 7}));
        assertThat(scan.messages()).isEqualTo(1);
        assertThat(scan.between()).isFalse();
        scan.pass(Unpooled.wrappedBuffer(new byte[5000]));
        assertThat(scan.messages()).isEqualTo(1);
    }

    @Test
    void aMessageThatSaysItIsTooLongIsRefusedBeforeItComes() {
        var gather = new MessageGather(700);
        assertThat(gather.read(Unpooled.wrappedBuffer(new byte[]{0, -1, -1, -1, -1}), (_, _) -> true))
                .isEqualTo(MessageGather.Taken.TOO_LONG);
        assertThat(new MessageGather(700).read(Unpooled.wrappedBuffer(new byte[]{0, 0, 0, 2, -67}), (_, _) -> true))
                .as("701 bytes").isEqualTo(MessageGather.Taken.TOO_LONG);
    }
}
