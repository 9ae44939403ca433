package io.weir.net.transport;

import io.weir.core.model.KeepAlive;
import org.jspecify.annotations.Nullable;

/**
 * How a connection reads and writes, accepted and made ones alike. Start from {@link #MESSAGES} or {@link #STREAM}.
 *
 * @param reads
 *            buffer sizes of reads
 * @param writeLowBytes
 *            a channel is writable again below this many bytes waiting to be sent
 * @param writeHighBytes
 *            a channel is not writable above this many bytes waiting to be sent
 * @param autoRead
 *            whether reading starts and goes on by itself
 * @param halfClosure
 *            whether the peer's FIN leaves the other direction open (an event instead of a close)
 * @param noDelay
 *            TCP_NODELAY
 * @param receiveBufferBytes
 *            SO_RCVBUF, 0 for the system's own sizing
 * @param sendBufferBytes
 *            SO_SNDBUF, 0 for the system's own sizing
 * @param keepAlive
 *            keep-alive probes, null for none
 */
public record ChannelSettings(ReadSizes reads, int writeLowBytes, int writeHighBytes, boolean autoRead,
        boolean halfClosure, boolean noDelay, int receiveBufferBytes, int sendBufferBytes,
        @Nullable KeepAlive keepAlive) {
    /** For request and response protocols. */
    public static final ChannelSettings MESSAGES = new ChannelSettings(ReadSizes.MESSAGES, 32 * 1024, 64 * 1024, true,
            false, true, 0, 0, null);
    /** For byte streams: half-closure passes, reading starts when the owner says so. */
    public static final ChannelSettings STREAM = new ChannelSettings(ReadSizes.STREAM, 128 * 1024, 256 * 1024, false,
            true, true, 0, 0, null);

    public ChannelSettings {
        if (writeLowBytes < 0 || writeHighBytes < writeLowBytes) {
            throw new IllegalArgumentException("write marks " + writeLowBytes + " and " + writeHighBytes);
        }
    }

    public ChannelSettings withReads(ReadSizes sizes) {
        return new ChannelSettings(sizes, writeLowBytes, writeHighBytes, autoRead, halfClosure, noDelay,
                receiveBufferBytes, sendBufferBytes, keepAlive);
    }

    public ChannelSettings withWriteMarks(int lowBytes, int highBytes) {
        return new ChannelSettings(reads, lowBytes, highBytes, autoRead, halfClosure, noDelay, receiveBufferBytes,
                sendBufferBytes, keepAlive);
    }

    public ChannelSettings withAutoRead(boolean on) {
        return new ChannelSettings(reads, writeLowBytes, writeHighBytes, on, halfClosure, noDelay, receiveBufferBytes,
                sendBufferBytes, keepAlive);
    }

    public ChannelSettings withHalfClosure(boolean on) {
        return new ChannelSettings(reads, writeLowBytes, writeHighBytes, autoRead, on, noDelay, receiveBufferBytes,
                sendBufferBytes, keepAlive);
    }

    public ChannelSettings withSocketBuffers(int receiveBytes, int sendBytes) {
        return new ChannelSettings(reads, writeLowBytes, writeHighBytes, autoRead, halfClosure, noDelay, receiveBytes,
                sendBytes, keepAlive);
    }

    public ChannelSettings withKeepAlive(@Nullable KeepAlive probes) {
        return new ChannelSettings(reads, writeLowBytes, writeHighBytes, autoRead, halfClosure, noDelay,
                receiveBufferBytes, sendBufferBytes, probes);
    }
}
