package io.weir.filters.compression;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/**
 * The zstd coding (RFC 8878), several frames too, by the native library; windows of 8 MiB at most, as RFC 9659 asks.
 */
public record Unzstandard(int ratioMax) implements Decompression {
    private static final int WINDOW_BITS_MAX = 23;

    @Override
    public String encoding() {
        return "zstd";
    }

    @Override
    public String statName() {
        return "zstd";
    }

    @Override
    public Decompressing open() {
        var context = new ZstdDecompressCtx();
        context.setLongMax(WINDOW_BITS_MAX);
        return new Body(context);
    }

    private static final class Body implements Decompressing {
        private final ZstdDecompressCtx context;
        private boolean between;

        Body(ZstdDecompressCtx context) {
            this.context = context;
        }

        @Override
        public boolean read(ByteBuf in, ByteBuf out) throws BadCoding {
            boolean going = true;
            while (going && out.isWritable()) {
                ByteBuffer bytes = Zstandard.direct(in);
                var room = out.nioBuffer(out.writerIndex(), out.writableBytes());
                int given = bytes.remaining();
                int free = room.remaining();
                if (given == 0 && between) {
                    return false;
                }
                try {
                    between = context.decompressDirectByteBufferStream(room, bytes);
                } catch (ZstdException e) {
                    throw new BadCoding("bad zstd data");
                }
                int read = given - bytes.remaining();
                int written = free - room.remaining();
                in.skipBytes(read);
                out.writerIndex(out.writerIndex() + written);
                going = read > 0 || written > 0;
            }
            return !out.isWritable();
        }

        @Override
        public boolean complete() {
            return between;
        }

        @Override
        public void end() {
            context.close();
        }
    }
}
