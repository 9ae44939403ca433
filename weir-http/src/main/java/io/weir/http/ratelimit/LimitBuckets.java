package io.weir.http.ratelimit;

import io.weir.core.admit.TokenBucket;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The buckets of one filter, or of one connection at it. Any thread. */
final class LimitBuckets {
    private record Limit(LimitSpec spec, TokenBucket bucket) {
    }

    private final @Nullable TokenBucket all;
    private final boolean allAlways;
    /** The slowest first: a request that one refuses then takes nothing from the others, in most cases, as in Envoy. */
    private final List<Limit> limits;

    LimitBuckets(LocalRateLimitSpec spec, long nowNanos) {
        var rule = spec.bucket();
        all = rule == null ? null : new TokenBucket(rule, nowNanos);
        allAlways = spec.bucketAlways();
        limits = spec.limits().stream()
                .sorted(Comparator.comparingDouble((LimitSpec limit) -> limit.bucket().perSecond()))
                .map(limit -> new Limit(limit, new TokenBucket(limit.bucket(), nowNanos))).toList();
    }

    /** Whether descriptors matter. */
    boolean asksForDescriptors() {
        return !limits.isEmpty();
    }

    /**
     * Takes a token of every bucket that counts the request, until one has none.
     *
     * @param descriptors
     *            the first {@code count} are the request's
     * @param outcome
     *            told whether it may pass, and which bucket to tell the client of
     */
    void take(List<Descriptor> descriptors, int count, Outcome outcome, long nowNanos) {
        outcome.passes = true;
        outcome.bucket = null;
        for (int i = 0; i < limits.size(); i++) {
            var limit = limits.get(i);
            if (counts(limit.spec, descriptors, count)) {
                if (outcome.bucket == null) {
                    outcome.bucket = limit.bucket;
                }
                if (!limit.bucket.take(nowNanos)) {
                    outcome.passes = false;
                    outcome.bucket = limit.bucket;
                    return;
                }
            }
        }
        var rest = all;
        if (rest != null && (allAlways || outcome.bucket == null)) {
            outcome.passes = rest.take(nowNanos);
            if (outcome.bucket == null || !outcome.passes) {
                outcome.bucket = rest;
            }
        }
    }

    private static boolean counts(LimitSpec limit, List<Descriptor> descriptors, int count) {
        for (int i = 0; i < count; i++) {
            if (limit.matches(descriptors.get(i))) {
                return true;
            }
        }
        return false;
    }

    /** What came of a request. Serves one after another. */
    static final class Outcome {
        boolean passes;
        /** The one that refused, or the slowest that counted it; null when none did. */
        @Nullable
        TokenBucket bucket;
    }
}
