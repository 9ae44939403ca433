package io.weir.filters.compression;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdDictDecompress;
import com.github.luben.zstd.ZstdException;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The zstd coding (RFC 8878), several frames too, by the native library; windows of 8 MiB at most, as RFC 9659 asks.
 *
 * @param dictionaries
 *            by their numbers; of several the one is used that the body's first frame names
 */
public record Unzstandard(int ratioMax, Map<Long, ZstdDictDecompress> dictionaries) implements Decompression {
    private static final int WINDOW_BITS_MAX = 23;
    /** Magic number and descriptor, behind which a window and a dictionary's number may stand (RFC 8878 3.1.1). */
    private static final int FRONT_BYTES = 5;
    private static final int WINDOW_AND_ID_BYTES_MAX = 5;
    private static final int MAGIC = 0xFD2FB528;

    public Unzstandard {
        dictionaries = Map.copyOf(dictionaries);
    }

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
        if (dictionaries.size() == 1) {
            context.loadDict(dictionaries.values().iterator().next());
        }
        return new Body(context, dictionaries);
    }

    private static final class Body implements Decompressing {
        private final ZstdDecompressCtx context;
        private final Map<Long, ZstdDictDecompress> dictionaries;
        /** The beginning of a body whose dictionary is not known yet; null behind it. */
        private @Nullable ByteBuffer front;
        private boolean between;

        Body(ZstdDecompressCtx context, Map<Long, ZstdDictDecompress> dictionaries) {
            this.context = context;
            this.dictionaries = dictionaries;
            this.front = dictionaries.size() > 1 ? front() : null;
        }

        @Override
        public boolean read(ByteBuf in, ByteBuf out) throws BadCoding {
            var beginning = front;
            if (beginning != null) {
                if (!filled(beginning, in)) {
                    return false;
                }
                front = null;
                beginning.flip();
                choose(beginning);
                decompress(beginning, out);
            }
            boolean going = true;
            while (going && out.isWritable()) {
                ByteBuffer bytes = Zstandard.direct(in);
                var room = out.nioBuffer(out.writerIndex(), out.writableBytes());
                int given = bytes.remaining();
                int free = room.remaining();
                if (given == 0 && between) {
                    return false;
                }
                decompress(room, bytes);
                int read = given - bytes.remaining();
                int written = free - room.remaining();
                in.skipBytes(read);
                out.writerIndex(out.writerIndex() + written);
                going = read > 0 || written > 0;
            }
            return !out.isWritable();
        }

        private static ByteBuffer front() {
            return ByteBuffer.allocateDirect(FRONT_BYTES + WINDOW_AND_ID_BYTES_MAX).limit(FRONT_BYTES);
        }

        /** Takes as much of a body as says which dictionary it needs; whether that was there. */
        private static boolean filled(ByteBuffer beginning, ByteBuf in) {
            while (true) {
                while (beginning.hasRemaining() && in.isReadable()) {
                    beginning.put(in.readByte());
                }
                if (beginning.hasRemaining()) {
                    return false;
                }
                int all = FRONT_BYTES + windowBytes(beginning) + idBytes(beginning);
                if (beginning.limit() == all) {
                    return true;
                }
                beginning.limit(all);
            }
        }

        private static int idBytes(ByteBuffer beginning) {
            return (1 << (beginning.get(FRONT_BYTES - 1) & 3)) >> 1; // 0, 1, 2 or 4
        }

        /** A single segment does without. */
        private static int windowBytes(ByteBuffer beginning) {
            return (beginning.get(FRONT_BYTES - 1) & 0x20) == 0 ? 1 : 0;
        }

        /** The first bytes of a body, of which nothing comes yet. */
        private void decompress(ByteBuffer beginning, ByteBuf out) throws BadCoding {
            var room = out.nioBuffer(out.writerIndex(), out.writableBytes());
            int free = room.remaining();
            decompress(room, beginning);
            out.writerIndex(out.writerIndex() + free - room.remaining());
        }

        private void decompress(ByteBuffer room, ByteBuffer bytes) throws BadCoding {
            try {
                between = context.decompressDirectByteBufferStream(room, bytes);
            } catch (ZstdException e) {
                throw new BadCoding("bad zstd data");
            }
        }

        /** Loads the dictionary that the first frame names; the library tells where it is not among them. */
        private void choose(ByteBuffer beginning) {
            var bytes = beginning.duplicate().order(ByteOrder.LITTLE_ENDIAN);
            if (bytes.getInt() != MAGIC) {
                return;
            }
            bytes.position(FRONT_BYTES + windowBytes(beginning));
            int idBytes = idBytes(beginning);
            long id = 0;
            for (int i = 0; i < idBytes; i++) {
                id |= (bytes.get() & 0xFFL) << 8 * i;
            }
            var dictionary = dictionaries.get(id);
            if (dictionary != null) {
                context.loadDict(dictionary);
            }
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
