package io.weir.filters.cache.rules;

import io.weir.http.codec.HeaderName;
import java.util.List;

/** What stands under a key. Immutable; any thread. */
public sealed interface Entry permits StoredResponse, Entry.Variants {
    /** What it takes in memory or in a file, roughly. */
    long sizeBytes();

    /**
     * The responses of this key depend on fields of their requests, and each stands under a key of its own (RFC 9111
     * section 4.1).
     *
     * @param names
     *            which fields
     * @param generation
     *            part of the variants' keys: who forgets this entry forgets them all
     */
    record Variants(List<HeaderName> names, long generation) implements Entry {
        public Variants {
            names = List.copyOf(names);
        }

        @Override
        public long sizeBytes() {
            return 256 + 64L * names.size();
        }
    }
}
