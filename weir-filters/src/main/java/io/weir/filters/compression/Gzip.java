package io.weir.filters.compression;

import io.netty.buffer.ByteBuf;
import io.weir.net.transport.Worker;
import io.weir.net.transport.WorkerSlot;
import java.util.ArrayDeque;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * The gzip coding (RFC 1952), by the JDK's zlib. Deflaters hold some 256 KiB each outside of Java; a worker keeps a few
 * for the next bodies.
 *
 * @param level
 *            1 to 9, or -1 for zlib's own choice
 * @param strategy
 *            one of {@link Deflater}'s
 */
public record Gzip(int level, int strategy) implements Compression {
    static final int KEPT_MAX = 16;
    private static final WorkerSlot<ArrayDeque<Deflater>> FREE = WorkerSlot.of(_ -> new ArrayDeque<>());
    /** Magic, deflate, no flags, no time, no hint, unknown system. */
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

    @Override
    public String encoding() {
        return "gzip";
    }

    @Override
    public String statName() {
        return "gzip";
    }

    @Override
    public Compressing open() {
        var free = Worker.current().slot(FREE);
        var deflater = free.pollLast();
        if (deflater == null) {
            deflater = new Deflater(level, true);
        }
        deflater.setLevel(level);
        deflater.setStrategy(strategy);
        return new Body(deflater, free);
    }

    private static final class Body implements Compressing {
        private static final int ROOM_BYTES_MIN = 512;

        private final Deflater deflater;
        private final ArrayDeque<Deflater> free;
        private final CRC32 crc = new CRC32();
        private int size;
        private boolean begun;

        Body(Deflater deflater, ArrayDeque<Deflater> free) {
            this.deflater = deflater;
            this.free = free;
        }

        @Override
        public void write(ByteBuf in, ByteBuf out, boolean last) {
            if (!begun) {
                begun = true;
                out.writeBytes(HEADER);
            }
            var bytes = in.nioBuffer();
            crc.update(bytes.duplicate());
            size += bytes.remaining();
            in.skipBytes(bytes.remaining());
            deflater.setInput(bytes);
            if (last) {
                deflater.finish();
            }
            boolean more = true;
            while (more) {
                out.ensureWritable(ROOM_BYTES_MIN);
                var room = out.nioBuffer(out.writerIndex(), out.writableBytes());
                int wanted = room.remaining();
                int written = deflater.deflate(room, last ? Deflater.NO_FLUSH : Deflater.SYNC_FLUSH);
                out.writerIndex(out.writerIndex() + written);
                more = last ? !deflater.finished() : written == wanted;
            }
            if (last) {
                out.writeIntLE((int) crc.getValue());
                out.writeIntLE(size);
            }
        }

        @Override
        public void end() {
            if (free.size() < KEPT_MAX) {
                deflater.reset();
                free.addLast(deflater);
            } else {
                deflater.end();
            }
        }
    }
}
