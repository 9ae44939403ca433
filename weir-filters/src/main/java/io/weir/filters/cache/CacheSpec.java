package io.weir.filters.cache;

import io.weir.filters.cache.rules.KeyRules;
import io.weir.filters.cache.store.CacheStore;
import io.weir.filters.cache.store.FileLimits;
import io.weir.filters.cache.store.FileStore;
import io.weir.filters.cache.store.MemoryStore;
import io.weir.http.filter.FilterContext;
import io.weir.http.filter.Flow;
import io.weir.http.filter.HttpFilter;
import io.weir.http.filter.HttpFilterSpec;
import io.weir.http.route.match.TextMatch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers out of a shared cache (RFC 9111). Source: Envoy's {@code CacheConfig}.
 *
 * @param place
 *            where responses are kept; null: nowhere, the filter does nothing
 * @param allowedVary
 *            fields of requests that a stored response may depend on
 * @param key
 *            what of a request counts
 * @param bodyBytesMax
 *            longer bodies are not kept, whatever there is room for
 * @param heedsRequests
 *            whether clients may say in {@code Cache-Control} what they take
 * @param patience
 *            how long one waits for another's answer
 */
public record CacheSpec(@Nullable Place place, List<TextMatch> allowedVary, KeyRules key, long bodyBytesMax,
        boolean heedsRequests, Patience patience) implements HttpFilterSpec {
    /** It does nothing. */
    static final CacheSpec OFF = new CacheSpec(null, List.of(), new KeyRules(false, false, List.of(), List.of()), 0,
            true, Patience.DEFAULT);

    public CacheSpec {
        allowedVary = List.copyOf(allowedVary);
    }

    /**
     * How long one waits for another's answer.
     *
     * @param headNanos
     *            for its head, which tells whether there is anything to wait for
     * @param allNanos
     *            all in all
     */
    public record Patience(long headNanos, long allNanos) {
        /** A second and five. */
        public static final Patience DEFAULT = new Patience(1_000_000_000L, 5_000_000_000L);
    }

    /** Where responses are kept. */
    public sealed interface Place {
        /** In memory. */
        record Memory(long bytesMax) implements Place {
        }

        /** In files. */
        record Directory(FileLimits limits) implements Place {
        }
    }

    @Override
    public HttpFilter open(FilterContext context) {
        var where = place;
        if (where == null) {
            return _ -> _ -> Flow.NEXT;
        }
        var store = context.carryover().of(this, CacheStore.class, () -> switch (where) {
            case Place.Memory(long bytesMax) -> new MemoryStore(bytesMax);
            case Place.Directory(FileLimits limits) -> FileStore.open(limits);
        });
        return new Cache(this, store, CacheNumbers.in(context.managerScope()));
    }
}
