package io.weir.filters.cache.store;

import io.weir.filters.cache.rules.Entry;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Entries in memory, the least recently used given up first. One lock: what happens within takes less than a
 * microsecond, and a worker that waits for it waits for no more than the other workers do.
 */
public final class MemoryStore implements CacheStore {
    /** What is kept where nothing is said. */
    public static final long BYTES_MAX_DEFAULT = 64L * 1024 * 1024;
    /** One entry may take this part of all. */
    private static final int ENTRY_SHARE = 8;

    private final long bytesMax;
    private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>(64, 0.75f, true);
    private long bytes;

    /** Empty. */
    public MemoryStore(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    @Override
    public boolean blocks() {
        return false;
    }

    @Override
    public long entryBytesMax() {
        return bytesMax / ENTRY_SHARE;
    }

    @Override
    public synchronized boolean mayHave(String key) {
        return entries.containsKey(key);
    }

    @Override
    public synchronized @Nullable Entry find(String key) {
        return entries.get(key);
    }

    private static long size(String key, Entry entry) {
        return key.length() + entry.sizeBytes();
    }

    @Override
    public synchronized void put(String key, Entry entry) {
        remove(key); // what stood here is out of date, whether there is room for the new one or not
        long size = size(key, entry);
        if (size > entryBytesMax()) {
            return;
        }
        var eldest = entries.entrySet().iterator();
        while (bytes + size > bytesMax && eldest.hasNext()) {
            var given = eldest.next();
            bytes -= size(given.getKey(), given.getValue());
            eldest.remove();
        }
        entries.put(key, entry);
        bytes += size;
    }

    @Override
    public synchronized void remove(String key) {
        var gone = entries.remove(key);
        if (gone != null) {
            bytes -= size(key, gone);
        }
    }

    @Override
    public synchronized long bytes() {
        return bytes;
    }
}
