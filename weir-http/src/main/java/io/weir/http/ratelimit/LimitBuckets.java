package io.weir.http.ratelimit;

import io.weir.core.admit.KeyedBuckets;
import io.weir.core.admit.TokenBucket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The buckets of one filter, or of one connection at it. Any thread. */
final class LimitBuckets {
    /** The buckets of one descriptor. */
    private sealed interface Limit {
        LimitSpec spec();

        /** Its place among all, the slowest first. */
        int rank();

        /** One bucket. */
        record Single(LimitSpec spec, int rank, TokenBucket bucket) implements Limit {
        }

        /** One for each value. */
        record Each(LimitSpec spec, int rank, KeyedBuckets buckets) implements Limit {
        }
    }

    private final @Nullable TokenBucket all;
    /** Those with a bucket of their own go before those that take any value, and each as it stands. */
    private final List<Limit> limits;

    LimitBuckets(LocalRateLimitSpec spec, long nowNanos) {
        var rule = spec.bucket();
        all = rule == null ? null : new TokenBucket(rule, nowNanos);
        var ranks = new ArrayList<>(spec.limits());
        ranks.sort(Comparator.comparingDouble(limit -> limit.bucket().perSecond()));
        var found = new ArrayList<Limit>();
        for (var limit : spec.limits()) {
            if (!limit.open()) {
                found.add(new Limit.Single(limit, ranks.indexOf(limit), new TokenBucket(limit.bucket(), nowNanos)));
            }
        }
        for (var limit : spec.limits()) {
            if (limit.open()) {
                found.add(new Limit.Each(limit, ranks.indexOf(limit),
                        new KeyedBuckets(limit.bucket(), limit.bucketsMax())));
            }
        }
        limits = List.copyOf(found);
    }

    /** Whether descriptors matter. */
    boolean asksForDescriptors() {
        return !limits.isEmpty();
    }

    /**
     * Takes a token of every bucket that counts the request, until one has none: the slowest first, so that a request
     * which one refuses takes nothing from the others, in most cases, as in Envoy.
     *
     * @param descriptors
     *            the first {@code count} are the request's
     * @param always
     *            whether the bucket of all counts a request that a descriptor's counts, too
     * @param outcome
     *            told whether it may pass, and which bucket to tell the client of
     */
    void take(List<Descriptor> descriptors, int count, boolean always, Outcome outcome, long nowNanos) {
        outcome.clear();
        for (int i = 0; i < count; i++) {
            find(descriptors.get(i), outcome, nowNanos);
        }
        for (int i = 0; i < outcome.size; i++) {
            var bucket = outcome.buckets[i];
            if (i == 0) {
                outcome.bucket = bucket;
            }
            if (!bucket.take(nowNanos)) {
                outcome.passes = false;
                outcome.bucket = bucket;
                return;
            }
        }
        var rest = all;
        if (rest != null && (always || outcome.size == 0)) {
            outcome.passes = rest.take(nowNanos);
            if (outcome.bucket == null || !outcome.passes) {
                outcome.bucket = rest;
            }
        }
    }

    /** The first limit that a descriptor fits. */
    private void find(Descriptor descriptor, Outcome outcome, long nowNanos) {
        for (int i = 0; i < limits.size(); i++) {
            var limit = limits.get(i);
            if (limit.spec().matches(descriptor)) {
                outcome.add(limit.rank(), switch (limit) {
                    case Limit.Single single -> single.bucket();
                    case Limit.Each each -> each.buckets().of(outcome.key(each.spec(), descriptor), nowNanos);
                });
                return;
            }
        }
    }

    /** What came of a request. Serves one after another. */
    static final class Outcome {
        private static final int BUCKETS_FIRST = 2;

        private final KeyedBuckets.Key key = new KeyedBuckets.Key();
        /** Those that count the request, by rank. */
        private TokenBucket[] buckets = new TokenBucket[BUCKETS_FIRST];
        private int[] ranks = new int[BUCKETS_FIRST];
        private int size;

        boolean passes;
        /** The one that refused, or the slowest that counted it; null when none did. */
        @Nullable
        TokenBucket bucket;

        private void clear() {
            passes = true;
            bucket = null;
            size = 0;
        }

        private KeyedBuckets.Key key(LimitSpec spec, Descriptor descriptor) {
            key.clear();
            for (int i = 0; i < descriptor.size(); i++) {
                if (spec.entries().get(i).open()) {
                    descriptor.addTo(key, i);
                }
            }
            return key;
        }

        /** Two descriptors of one bucket are one request all the same. */
        @SuppressWarnings("ReferenceEquality") // is what is meant
        private void add(int rank, TokenBucket found) {
            int at = size;
            for (int i = 0; i < size; i++) {
                if (buckets[i] == found) {
                    return;
                }
                if (ranks[i] > rank) {
                    at = Math.min(at, i);
                }
            }
            if (size == buckets.length) {
                buckets = Arrays.copyOf(buckets, 2 * size);
                ranks = Arrays.copyOf(ranks, 2 * size);
            }
            System.arraycopy(buckets, at, buckets, at + 1, size - at);
            System.arraycopy(ranks, at, ranks, at + 1, size - at);
            buckets[at] = found;
            ranks[at] = rank;
            size++;
        }
    }
}
