package io.weir.app.overload;

import io.netty.buffer.PooledByteBufAllocator;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;

/**
 * The memory that the process has taken for what it keeps: everything of the JVM's heap but the space of the young,
 * which fills with garbage and is emptied all the time, and the buffers of connections, which lie outside the heap.
 * Garbage that has grown old counts until it is collected.
 */
final class HeapMonitor implements Monitor {
    private final long bytesMax;
    private final PooledByteBufAllocator buffers;
    private final List<MemoryPoolMXBean> pools;

    HeapMonitor(long bytesMax, PooledByteBufAllocator buffers) {
        this.bytesMax = bytesMax;
        this.buffers = buffers;
        this.pools = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP && !pool.getName().contains("Eden")).toList();
    }

    long bytes() {
        return pools.stream().mapToLong(pool -> pool.getUsage().getUsed()).sum() + buffers.metric().usedDirectMemory();
    }

    @Override
    public double pressure() {
        return bytes() / (double) bytesMax;
    }
}
