package io.weir.filters.cache.store;

import io.weir.filters.cache.rules.Entry;
import io.weir.filters.cache.rules.StoreKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    private final Changes changes = new Changes();
    private final LinkedHashMap<StoreKey, Entry> entries = new LinkedHashMap<>(64, 0.75f, true);
    private final Map<String, Set<StoreKey>> ofUri = new HashMap<>();
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
    public synchronized boolean mayHave(StoreKey key) {
        return entries.containsKey(key);
    }

    @Override
    public synchronized @Nullable Entry find(StoreKey key) {
        return entries.get(key);
    }

    private static long size(StoreKey key, Entry entry) {
        return key.uri().length() + key.text().length() + entry.sizeBytes();
    }

    @Override
    public synchronized void put(StoreKey key, Entry entry) {
        drop(key); // what stood here is out of date, whether there is room for the new one or not
        long size = size(key, entry);
        if (size > entryBytesMax()) {
            return;
        }
        var eldest = entries.entrySet().iterator();
        while (bytes + size > bytesMax && eldest.hasNext()) {
            var given = eldest.next();
            eldest.remove();
            gone(given.getKey(), given.getValue());
        }
        entries.put(key, entry);
        ofUri.computeIfAbsent(key.uri(), _ -> new HashSet<>(2)).add(key);
        bytes += size;
    }

    private boolean drop(StoreKey key) {
        var gone = entries.remove(key);
        if (gone != null) {
            gone(key, gone);
        }
        return gone != null;
    }

    private void gone(StoreKey key, Entry entry) {
        bytes -= size(key, entry);
        ofUri.computeIfPresent(key.uri(), (_, keys) -> {
            keys.remove(key);
            return keys.isEmpty() ? null : keys;
        });
    }

    @Override
    public boolean remove(StoreKey key) {
        changes.changed(key.uri());
        synchronized (this) {
            return drop(key);
        }
    }

    @Override
    public int removeAll(String uri) {
        changes.changed(uri);
        synchronized (this) {
            var keys = List.copyOf(ofUri.getOrDefault(uri, Set.of()));
            keys.forEach(this::drop);
            return keys.size();
        }
    }

    @Override
    public long version(String uri) {
        return changes.of(uri);
    }

    @Override
    public synchronized long bytes() {
        return bytes;
    }
}
