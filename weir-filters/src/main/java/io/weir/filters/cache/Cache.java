package io.weir.filters.cache;

import io.weir.filters.cache.rules.Entry;
import io.weir.filters.cache.rules.RequestKey;
import io.weir.filters.cache.rules.StoredResponse;
import io.weir.filters.cache.store.CacheStore;
import io.weir.http.codec.HeaderName;
import io.weir.http.filter.FilterExchange;
import io.weir.http.filter.FilterStep;
import io.weir.http.filter.HttpFilter;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One cache at work, shared by all workers. */
final class Cache implements HttpFilter {
    private static final Logger LOG = LoggerFactory.getLogger(Cache.class);
    /** Bodies that are being gathered, all together. */
    static final long GATHERED_BYTES_MAX = 64L * 1024 * 1024;
    /** What is under way to and from files; beyond that, requests go by as if there were no cache. */
    static final int PENDING_MAX = 1_024;

    /** Keys share numbers of changes: of two that do, one change keeps the other's answer out, which costs no more. */
    private static final int CHANGES_MAX = 4_096;

    final CacheSpec spec;
    final CacheStore store;
    final CacheNumbers numbers;
    final Flights flights = new Flights();
    private final AtomicLongArray changes = new AtomicLongArray(CHANGES_MAX);
    private final AtomicLong gathered = new AtomicLong();
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicLong generations = new AtomicLong(System.currentTimeMillis() << 20);

    Cache(CacheSpec spec, CacheStore store, CacheNumbers numbers) {
        this.spec = spec;
        this.store = store;
        this.numbers = numbers;
    }

    /** How often something under a key has been forgotten: another number says that what was asked before is old. */
    long version(String primary) {
        return changes.get(primary.hashCode() & CHANGES_MAX - 1);
    }

    /** What stands under a key is out of date, and so is what is on its way. */
    void forget(String primary) {
        changes.incrementAndGet(primary.hashCode() & CHANGES_MAX - 1);
        if (store.mayHave(primary)) {
            numbers.invalidated().increment();
        }
        store.remove(primary);
    }

    @Override
    public FilterStep step(FilterExchange exchange) {
        return new CacheStep(this, exchange);
    }

    /** The longest body that may be kept. */
    long bodyBytesMax() {
        return Math.min(spec.bodyBytesMax(), store.entryBytesMax());
    }

    /** Takes room for a part of a body; false where too much is being gathered. */
    boolean take(int bytes) {
        if (gathered.addAndGet(bytes) <= GATHERED_BYTES_MAX) {
            return true;
        }
        gathered.addAndGet(-bytes);
        return false;
    }

    /** Gives room back. */
    void give(long bytes) {
        gathered.addAndGet(-bytes);
    }

    /** Does what may block on a thread of its own; false where too much of that is under way already. */
    boolean beside(Runnable work) {
        if (pending.incrementAndGet() > PENDING_MAX) {
            pending.decrementAndGet();
            return false;
        }
        Thread.ofVirtual().name("cache").start(() -> {
            try {
                work.run();
            } finally {
                pending.decrementAndGet();
            }
        });
        return true;
    }

    /**
     * Keeps a response, unless something has changed since it was asked for. May block.
     *
     * @param version
     *            of its key when it was asked for
     */
    void keep(RequestKey key, List<HeaderName> vary, StoredResponse response, long version) {
        if (version(key.primary()) != version) {
            numbers.storeSkipped().increment();
            return;
        }
        if (vary.isEmpty()) {
            store.put(key.primary(), response);
        } else {
            var before = store.find(key.primary());
            var variants = before instanceof Entry.Variants same && same.names().equals(vary)
                    ? same
                    : new Entry.Variants(vary, generations.incrementAndGet());
            if (!variants.equals(before)) {
                store.put(key.primary(), variants);
            }
            store.put(key.variant(variants), response);
        }
        numbers.stored().increment();
        if (version(key.primary()) != version) { // it has changed while this was written
            store.remove(key.primary());
        }
    }

    /** The same for threads that nobody hears failing: then nothing was found. May block. */
    @Nullable
    StoredResponse findOrNothing(RequestKey key) {
        try {
            return find(key);
        } catch (RuntimeException bug) {
            LOG.error("what is kept cannot be looked at", bug);
            return null;
        }
    }

    /** What answers a request, or might if a host says so; null: nothing. May block. */
    @Nullable
    StoredResponse find(RequestKey key) {
        return switch (store.find(key.primary())) {
            case null -> null;
            case StoredResponse response -> response;
            case Entry.Variants variants ->
                store.find(key.variant(variants)) instanceof StoredResponse response ? response : null;
        };
    }
}
