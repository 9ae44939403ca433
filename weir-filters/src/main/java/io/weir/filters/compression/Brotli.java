package io.weir.filters.compression;

import com.aayushatharva.brotli4j.encoder.BrotliEncoderChannel;
import com.aayushatharva.brotli4j.encoder.Encoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * The brotli coding (RFC 7932), by the native library.
 *
 * @param quality
 *            0 to 11
 * @param windowBits
 *            10 to 24
 * @param mode
 *            what the data is like
 */
public record Brotli(int quality, int windowBits, Encoder.Mode mode) implements Compression {
    private static final int INPUT_BYTES = 16 * 1024;

    @Override
    public String encoding() {
        return "br";
    }

    @Override
    public String statName() {
        return "brotli";
    }

    @Override
    public Compressing open() {
        return new Body(Encoder.Parameters.create(quality, windowBits, mode));
    }

    private static final class Body implements Compressing, WritableByteChannel {
        private final BrotliEncoderChannel encoder;
        private ByteBuf out = Unpooled.EMPTY_BUFFER;
        private boolean closed;
        private boolean givenUp;

        Body(Encoder.Parameters parameters) {
            try {
                encoder = new BrotliEncoderChannel(this, parameters, INPUT_BYTES);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void write(ByteBuf in, ByteBuf to, boolean last) {
            out = to;
            try {
                var bytes = in.nioBuffer();
                while (bytes.hasRemaining()) {
                    encoder.write(bytes);
                }
                in.skipBytes(in.readableBytes());
                if (last) {
                    closed = true;
                    encoder.close();
                } else {
                    encoder.flush();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                out = Unpooled.EMPTY_BUFFER;
            }
        }

        /** The encoder's output. What it still has when a body is given up goes nowhere. */
        @Override
        public int write(ByteBuffer bytes) {
            int size = bytes.remaining();
            if (givenUp) {
                bytes.position(bytes.limit());
            } else {
                out.writeBytes(bytes);
            }
            return size;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            // the encoder's end
        }

        @Override
        public void end() {
            if (!closed) {
                closed = true;
                givenUp = true;
                try {
                    encoder.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }
}
