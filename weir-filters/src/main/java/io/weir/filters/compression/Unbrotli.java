package io.weir.filters.compression;

import com.aayushatharva.brotli4j.decoder.DecoderJNI;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The brotli coding (RFC 7932), by the native library; a body's decoder holds a window of 16 MiB at most. */
public record Unbrotli(int ratioMax) implements Decompression {
    private static final int INPUT_BYTES = 8 * 1024;

    @Override
    public String encoding() {
        return "br";
    }

    @Override
    public String statName() {
        return "brotli";
    }

    @Override
    public Decompressing open() {
        return new Body();
    }

    private static final class Body implements Decompressing {
        private final DecoderJNI.Wrapper decoder;
        private @Nullable ByteBuffer pulled;

        Body() {
            try {
                decoder = new DecoderJNI.Wrapper(INPUT_BYTES);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public boolean read(ByteBuf in, ByteBuf out) throws BadCoding {
            while (true) {
                var some = pulled;
                if (some != null) {
                    int size = Math.min(some.remaining(), out.writableBytes());
                    out.writeBytes(some.slice(some.position(), size));
                    some.position(some.position() + size);
                    if (some.hasRemaining()) {
                        return true;
                    }
                    pulled = null;
                }
                if (decoder.hasOutput()) {
                    pulled = decoder.pull();
                    continue;
                }
                switch (decoder.getStatus()) {
                    case OK -> decoder.push(0);
                    case NEEDS_MORE_OUTPUT -> pulled = decoder.pull();
                    case NEEDS_MORE_INPUT -> {
                        if (!in.isReadable()) {
                            return false;
                        }
                        var room = decoder.getInputBuffer();
                        room.clear();
                        int size = Math.min(room.remaining(), in.readableBytes());
                        room.limit(size);
                        in.readBytes(room);
                        decoder.push(size);
                    }
                    case DONE -> {
                        if (in.isReadable()) {
                            throw new BadCoding("bytes behind the end");
                        }
                        return false;
                    }
                    case ERROR -> throw new BadCoding("bad brotli data");
                }
            }
        }

        @Override
        public boolean complete() {
            return decoder.getStatus() == DecoderJNI.Status.DONE && pulled == null;
        }

        @Override
        public void end() {
            decoder.destroy();
        }
    }
}
