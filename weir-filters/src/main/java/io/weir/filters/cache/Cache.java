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

    /** Of variants, in all caches: those of one generation are forgotten together. */
    private static final AtomicLong GENERATIONS = new AtomicLong(System.currentTimeMillis() << 20);

    final CacheSpec spec;
    final CacheStore store;
    final CacheNumbers numbers;
    final Flights flights = new Flights();
    private final AtomicLong gathered = new AtomicLong();
    private final AtomicInteger pending = new AtomicInteger();

    Cache(CacheSpec spec, CacheStore store, CacheNumbers numbers) {
        this.spec = spec;
        this.store = store;
        this.numbers = numbers;
    }

    /** What stands under a key is out of date, and so is what is on its way. */
    void forget(RequestKey key) {
        if (store.remove(key.stored())) {
            numbers.invalidated().increment();
        }
    }

    /** All that stands under a URI is out of date, whatever route it came by. */
    void forgetAll(String uri) {
        numbers.invalidated().add(store.removeAll(uri));
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
        if (store.version(key.uri()) != version) {
            numbers.storeSkipped().increment();
            return;
        }
        var stands = key.stored();
        if (!vary.isEmpty()) {
            var before = store.find(key.stored());
            var variants = before instanceof Entry.Variants same && same.names().equals(vary)
                    ? same
                    : new Entry.Variants(vary, GENERATIONS.incrementAndGet());
            CacheStore.giveBack(before);
            if (!variants.equals(before)) {
                store.put(key.stored(), variants);
            }
            stands = key.variant(variants);
        }
        store.put(stands, response);
        numbers.stored().increment();
        if (store.version(key.uri()) != version) { // it has changed while this was written
            store.remove(key.stored());
            store.remove(stands);
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

    /** What answers a request, or might if a host says so; null: nothing. The caller gives it back. May block. */
    @Nullable
    StoredResponse find(RequestKey key) {
        return switch (store.find(key.stored())) {
            case null -> null;
            case StoredResponse response -> response;
            case Entry.Variants variants ->
                store.find(key.variant(variants)) instanceof StoredResponse response ? response : null;
        };
    }
}
