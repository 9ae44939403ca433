package io.weir.filters.grpc;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Takes the messages of a body of gRPC one after another, each as a whole, up to a length. Belongs to one worker; what
 * it holds is not more than one message of the longest that is allowed.
 */
public final class MessageGather {
    private static final int PREFIX_BYTES = MessageScan.PREFIX_BYTES;
    private static final int FIRST_BYTES = 256;
    private static final byte[] NOTHING = {};

    private final long bytesMax;
    private byte[] message = NOTHING;
    private int size;
    private int prefix;
    private int flags;
    private long length;

    /** What is to be done with messages. */
    @FunctionalInterface
    public interface Taker {
        /**
         * A message is whole.
         *
         * @param flags
         *            the first byte of its prefix; bit 0: it is compressed
         * @return whether to go on
         */
        boolean take(int flags, byte[] message);
    }

    /** How a piece of a body was taken. */
    public enum Taken {
        /** All of it. */
        ALL,
        /** The taker did not go on. */
        STOPPED,
        /** A message says that it is longer than allowed. */
        TOO_LONG
    }

    public MessageGather(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Reads some more of the body. */
    public Taken read(ByteBuf data, Taker taker) {
        while (data.isReadable() || (prefix == PREFIX_BYTES && size == length)) {
            if (prefix < PREFIX_BYTES) {
                int b = data.readUnsignedByte();
                if (prefix == 0) {
                    flags = b;
                    length = 0;
                } else {
                    length = length << 8 | b; // unsigned: up to 4 GiB
                }
                if (++prefix == PREFIX_BYTES && length > bytesMax) {
                    return Taken.TOO_LONG;
                }
                continue;
            }
            int some = (int) Math.min(length - size, data.readableBytes());
            room(some);
            data.readBytes(message, size, some);
            size += some;
            if (size == length) {
                byte[] whole = size == message.length ? message : Arrays.copyOf(message, size);
                message = NOTHING;
                size = 0;
                prefix = 0;
                if (!taker.take(flags, whole)) {
                    return Taken.STOPPED;
                }
            }
        }
        return Taken.ALL;
    }

    /** Grows with what has come, not with what a prefix promises. */
    private void room(int some) {
        if (message.length < size + some) {
            long grown = Math.max(Math.max((long) message.length * 2, FIRST_BYTES), (long) size + some);
            message = Arrays.copyOf(message, (int) Math.min(grown, length));
        }
    }

    /** Whether nothing of another message has come. */
    public boolean between() {
        return prefix == 0;
    }
}
