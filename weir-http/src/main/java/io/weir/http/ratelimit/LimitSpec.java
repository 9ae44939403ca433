package io.weir.http.ratelimit;

import io.weir.core.admit.TokenBucket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A bucket for the requests of one descriptor. Immutable. Source: Envoy's {@code LocalRateLimitDescriptor}.
 *
 * @param entries
 *            at least one; a request's descriptor must have the same, in the same order
 */
public record LimitSpec(List<Entry> entries, TokenBucket.Rule bucket) {
    public LimitSpec {
        entries = List.copyOf(entries);
    }

    /** A key and its value. */
    @SuppressWarnings("ArrayRecordComponent") // not compared
    public record Entry(String key, byte[] value) {
        /** The value as UTF-8. */
        public Entry(String key, String value) {
            this(key, value.getBytes(StandardCharsets.UTF_8));
        }
    }

    boolean matches(Descriptor descriptor) {
        if (descriptor.size() != entries.size()) {
            return false;
        }
        for (int i = 0; i < entries.size(); i++) {
            if (!descriptor.has(i, entries.get(i).key, entries.get(i).value)) {
                return false;
            }
        }
        return true;
    }
}
