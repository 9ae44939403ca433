package io.weir.filters.cache.store;

import io.weir.filters.cache.rules.Entry;
import io.weir.filters.cache.rules.StoreKey;
import io.weir.filters.cache.rules.StoredResponse;
import org.jspecify.annotations.Nullable;

/** Entries by key, those that have not been asked for lately given up for others. Any thread. */
public sealed interface CacheStore permits MemoryStore, FileStore {
    /** Whether {@link #find} and {@link #put} may block, and are for virtual threads. */
    boolean blocks();

    /** The largest entry that is kept, in bytes. */
    long entryBytesMax();

    /** Whether there may be something under a key; never blocks. */
    boolean mayHave(StoreKey key);

    /** What stands under a key, or null. The caller gives a response's content back. */
    @Nullable
    Entry find(StoreKey key);

    /** Keeps an entry in the place of one that is there; one that is too large, or cannot be written, is not kept. */
    void put(StoreKey key, Entry entry);

    /** Forgets what stands under a key, and what is on its way there; never blocks. Says whether there was anything. */
    boolean remove(StoreKey key);

    /** Forgets all that stands under a URI, and what is on its way there; never blocks. Says how much there was. */
    int removeAll(String uri);

    /** Another number when something under a URI has been forgotten since: what was asked for before is old. */
    long version(String uri);

    /** What all entries take, in bytes. */
    long bytes();

    /** Gives back what {@link #find} has found. */
    static void giveBack(@Nullable Entry entry) {
        if (entry instanceof StoredResponse response) {
            response.content().release();
        }
    }
}
