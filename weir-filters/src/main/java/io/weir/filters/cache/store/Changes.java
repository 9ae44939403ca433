package io.weir.filters.cache.store;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often what stands under a URI has been forgotten: who asked a host before that brings what is out of date. URIs
 * share numbers: of two that do, one change keeps the other's answer out, which costs no more. Any thread.
 */
final class Changes {
    private static final int NUMBERS_MAX = 4_096;

    private final AtomicLongArray numbers = new AtomicLongArray(NUMBERS_MAX);

    long of(String uri) {
        return numbers.get(uri.hashCode() & NUMBERS_MAX - 1);
    }

    void changed(String uri) {
        numbers.incrementAndGet(uri.hashCode() & NUMBERS_MAX - 1);
    }
}
