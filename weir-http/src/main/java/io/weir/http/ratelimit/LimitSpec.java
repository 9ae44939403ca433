package io.weir.http.ratelimit;

import io.weir.core.admit.TokenBucket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A bucket for the requests of one descriptor; or, where an entry names no value, one for each value that comes.
 * Immutable. Source: Envoy's {@code LocalRateLimitDescriptor}.
 *
 * @param entries
 *            at least one; a request's descriptor must have the same, in the same order
 * @param bucket
 *            each bucket
 * @param bucketsMax
 *            how many are kept where they are one for each value
 */
public record LimitSpec(List<Entry> entries, TokenBucket.Rule bucket, int bucketsMax) {
    /**
     * Where nothing is written. Envoy keeps 20, so that with more clients than that each of them finds a full bucket
     * again and again; a bucket takes some hundred bytes.
     */
    public static final int BUCKETS_MAX = 10_000;

    public LimitSpec {
        entries = List.copyOf(entries);
    }

    /** With the usual bound. */
    public LimitSpec(List<Entry> entries, TokenBucket.Rule bucket) {
        this(entries, bucket, BUCKETS_MAX);
    }

    /**
     * A key and its value.
     *
     * @param value
     *            empty: whatever comes, each with a bucket of its own
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by its bytes
    public record Entry(String key, byte[] value) {
        /** The value as UTF-8. */
        public Entry(String key, String value) {
            this(key, value.getBytes(StandardCharsets.UTF_8));
        }

        boolean open() {
            return value.length == 0;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Entry entry && key.equals(entry.key) && Arrays.equals(value, entry.value);
        }

        @Override
        public int hashCode() {
            return 31 * key.hashCode() + Arrays.hashCode(value);
        }
    }

    /** Whether it has a bucket for each value. */
    boolean open() {
        return entries.stream().anyMatch(Entry::open);
    }

    boolean matches(Descriptor descriptor) {
        if (descriptor.size() != entries.size()) {
            return false;
        }
        for (int i = 0; i < entries.size(); i++) {
            var entry = entries.get(i);
            if (entry.open() ? !descriptor.has(i, entry.key) : !descriptor.has(i, entry.key, entry.value)) {
                return false;
            }
        }
        return true;
    }
}
