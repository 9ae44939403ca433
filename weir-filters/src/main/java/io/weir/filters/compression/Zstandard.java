package io.weir.filters.compression;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDictCompress;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The zstd coding (RFC 8878), by the native library.
 *
 * @param level
 *            as the library has them; 0 is its own choice
 * @param strategy
 *            1 to 9, or 0 for the library's choice
 * @param dictionary
 *            who decompresses must have it too; null: none
 */
public record Zstandard(int level, boolean checksum, int strategy,
        @Nullable ZstdDictCompress dictionary) implements Compression {
    @Override
    public String encoding() {
        return "zstd";
    }

    @Override
    public String statName() {
        return "zstd";
    }

    @Override
    public Compressing open() {
        var context = new ZstdCompressCtx();
        context.setLevel(level);
        context.setChecksum(checksum);
        if (strategy > 0) {
            context.setStrategy(strategy);
        }
        if (dictionary != null) {
            context.loadDict(dictionary);
        }
        return new Body(context);
    }

    /** The library takes memory outside of Java only. */
    static ByteBuffer direct(ByteBuf in) {
        var bytes = in.nioBuffer();
        if (bytes.isDirect()) {
            return bytes;
        }
        var copy = ByteBuffer.allocateDirect(bytes.remaining());
        copy.put(bytes);
        return copy.flip();
    }

    private record Body(ZstdCompressCtx context) implements Compressing {
        private static final int ROOM_BYTES_MIN = 1024;

        @Override
        public void write(ByteBuf in, ByteBuf out, boolean last) {
            var bytes = direct(in);
            in.skipBytes(in.readableBytes());
            boolean done = false;
            while (!done) {
                out.ensureWritable(ROOM_BYTES_MIN);
                var room = out.nioBuffer(out.writerIndex(), out.writableBytes());
                int before = room.position();
                done = context.compressDirectByteBufferStream(room, bytes, last ? EndDirective.END : EndDirective.FLUSH)
                        && !bytes.hasRemaining();
                out.writerIndex(out.writerIndex() + room.position() - before);
            }
        }

        @Override
        public void end() {
            context.close();
        }
    }
}
