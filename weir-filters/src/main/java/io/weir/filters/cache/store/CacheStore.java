package io.weir.filters.cache.store;

import io.weir.filters.cache.rules.Entry;
import org.jspecify.annotations.Nullable;

/** Entries by key, those that have not been asked for lately given up for others. Any thread. */
public sealed interface CacheStore permits MemoryStore, FileStore {
    /** Whether {@link #find} and {@link #put} may block, and are for virtual threads. */
    boolean blocks();

    /** The largest entry that is kept, in bytes. */
    long entryBytesMax();

    /** Whether there may be something under a key; never blocks. */
    boolean mayHave(String key);

    /** What stands under a key, or null. */
    @Nullable
    Entry find(String key);

    /** Keeps an entry in the place of one that is there; one that is too large, or cannot be written, is not kept. */
    void put(String key, Entry entry);

    /** Forgets what stands under a key; never blocks. */
    void remove(String key);

    /** What all entries take, in bytes. */
    long bytes();
}
