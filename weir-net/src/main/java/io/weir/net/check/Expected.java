package io.weir.net.check;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Blocks of bytes that an answer must hold, one after the other, with anything between them: Envoy's {@code receive}.
 * Immutable.
 */
public final class Expected {
    /** Nothing is expected: any answer will do. */
    public static final Expected NOTHING = new Expected(List.of());

    private final List<byte[]> blocks;

    private Expected(List<byte[]> blocks) {
        this.blocks = blocks;
    }

    /** These blocks, in this order. */
    public static Expected of(List<byte[]> blocks) {
        return new Expected(blocks.stream().map(byte[]::clone).toList());
    }

    /** True when nothing is expected. */
    public boolean nothing() {
        return blocks.isEmpty();
    }

    /** Whether all of them are among these bytes. */
    public boolean in(ByteBuf answer) {
        int at = answer.readerIndex();
        for (byte[] block : blocks) {
            int found = find(answer, at, block);
            if (found < 0) {
                return false;
            }
            at = found + block.length;
        }
        return true;
    }

    private static int find(ByteBuf in, int from, byte[] block) {
        for (int start = from; start <= in.writerIndex() - block.length; start++) {
            int same = 0;
            while (same < block.length && in.getByte(start + same) == block[same]) {
                same++;
            }
            if (same == block.length) {
                return start;
            }
        }
        return -1;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Expected expected
                && Arrays.deepEquals(blocks.toArray(), expected.blocks.toArray());
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(blocks.toArray());
    }

    @Override
    public String toString() {
        return blocks.stream().map(block -> HexFormat.of().formatHex(block)).toList().toString();
    }
}
