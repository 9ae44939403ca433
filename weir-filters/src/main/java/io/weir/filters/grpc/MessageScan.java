package io.weir.filters.grpc;

import io.netty.buffer.ByteBuf;

/**
 * Follows the messages of a body of gRPC as its bytes pass, and keeps none of them. Source: "gRPC over HTTP2",
 * Length-Prefixed-Message: one byte that says whether it is compressed, four that say how long it is. Belongs to one
 * worker; allocates nothing.
 */
public final class MessageScan {
    /** What stands before each message. */
    public static final int PREFIX_BYTES = 5;

    private int prefix;
    private long length;
    private long left;
    private long messages;

    /** A body begins. */
    public void clear() {
        prefix = 0;
        length = 0;
        left = 0;
        messages = 0;
    }

    /**
     * Some more of the body, which is not read from the buffer.
     *
     * @return how many messages have begun in these bytes: their prefixes are whole
     */
    public long pass(ByteBuf data) {
        long before = messages;
        int at = data.readerIndex();
        int end = data.writerIndex();
        while (at < end) {
            at += step(data, at, end);
        }
        return messages - before;
    }

    /**
     * How many bytes from {@code at} on stand before the next end of a message: all, where none is within. For who must
     * do something behind each message; to be called for each part in turn.
     */
    public int upToEnd(ByteBuf data, int at, int end) {
        int from = at;
        int now = at;
        while (now < end) {
            now += step(data, now, end);
            if (between()) {
                break;
            }
        }
        return now - from;
    }

    private int step(ByteBuf data, int at, int end) {
        if (prefix < PREFIX_BYTES) {
            int b = data.getUnsignedByte(at);
            length = prefix == 0 ? 0 : length << 8 | b; // the first says how, and no length: unsigned, up to 4 GiB
            prefix++;
            if (prefix == PREFIX_BYTES) {
                messages++;
                left = length;
                prefix = left == 0 ? 0 : PREFIX_BYTES;
            }
            return 1;
        }
        int some = (int) Math.min(left, end - at);
        left -= some;
        prefix = left == 0 ? 0 : PREFIX_BYTES;
        return some;
    }

    /** Whether no message has begun that is not whole. */
    public boolean between() {
        return prefix == 0;
    }

    /** Messages that have begun since the body did. */
    public long messages() {
        return messages;
    }
}
