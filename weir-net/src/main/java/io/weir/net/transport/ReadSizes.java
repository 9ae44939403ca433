package io.weir.net.transport;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;

/**
 * How large a buffer one read fills: it starts small and follows what arrives, between two limits. Immutable; one
 * instance serves any number of connections, so build it once, not per connection.
 */
public final class ReadSizes {
    /** For request and response protocols: 2 KiB until more comes, then up to 64 KiB. */
    public static final ReadSizes MESSAGES = new ReadSizes(2048, 2048, 64 * 1024, 4);
    /** For byte streams: 2 KiB for chatter, up to 256 KiB for bulk. */
    public static final ReadSizes STREAM = new ReadSizes(2048, 16 * 1024, 256 * 1024, 2);

    private final int bytesMin;
    private final int bytesFirst;
    private final int bytesMax;
    private final int readsPerWake;
    private final RecvByteBufAllocator allocator;

    /**
     * @param bytesMin
     *            the smallest buffer
     * @param bytesFirst
     *            the buffer of the first read
     * @param bytesMax
     *            the largest buffer
     * @param readsPerWake
     *            how many buffers may be filled before {@code channelReadComplete} and the other connections' turn
     */
    public ReadSizes(int bytesMin, int bytesFirst, int bytesMax, int readsPerWake) {
        this.bytesMin = bytesMin;
        this.bytesFirst = bytesFirst;
        this.bytesMax = bytesMax;
        this.readsPerWake = readsPerWake;
        this.allocator = new AdaptiveRecvByteBufAllocator(bytesMin, bytesFirst, bytesMax)
                .maxMessagesPerRead(readsPerWake);
    }

    public int bytesMin() {
        return bytesMin;
    }

    public int bytesFirst() {
        return bytesFirst;
    }

    public int bytesMax() {
        return bytesMax;
    }

    public int readsPerWake() {
        return readsPerWake;
    }

    /** The same sizes as Netty takes them; for a channel whose use changes after it was accepted. */
    public RecvByteBufAllocator allocator() {
        return allocator;
    }
}
