package io.weir.filters.held;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HeldPiecesTest {
    @Test
    void aBodyThatComesByteByByteTakesFewBuffers() {
        var held = new HeldPieces();
        for (int i = 0; i < 1_000_000; i++) {
            held.add(Unpooled.wrappedBuffer(new byte[]{(byte) i}), UnpooledByteBufAllocator.DEFAULT);
        }
        assertThat(held.count()).isLessThan(100);
        assertThat(held.bytes()).isEqualTo(1_000_000);
        held.clear();
        assertThat(held.isEmpty()).isTrue();
        assertThat(held.bytes()).isZero();
    }

    @Test
    void piecesOfAnySizeStayInTheirOrder() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var held = new HeldPieces();
        var expected = new ByteArrayOutputStream();
        for (int i = 0; i < 500; i++) {
            byte[] piece = new byte[random.nextInt(10) == 0 ? random.nextInt(20_000) : random.nextInt(300)];
            random.nextBytes(piece);
            expected.writeBytes(piece);
            held.add(Unpooled.wrappedBuffer(piece), UnpooledByteBufAllocator.DEFAULT);
        }
        assertThat(held.copy()).as("seed " + seed).isEqualTo(expected.toByteArray());
        assertThat(held.readableBytes()).isEqualTo(expected.size());
        var taken = new ByteArrayOutputStream();
        for (var piece = held.poll(); piece != null; piece = held.poll()) {
            byte[] bytes = new byte[piece.readableBytes()];
            piece.readBytes(bytes).release();
            taken.writeBytes(bytes);
        }
        assertThat(taken.toByteArray()).as("seed " + seed).isEqualTo(expected.toByteArray());
    }
}
