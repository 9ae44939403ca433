package io.weir.http.ratelimit;

import io.weir.core.stats.Counter;
import io.weir.core.stats.Stats;

/** What local rate limits count: {@code <stat_prefix>.http_local_rate_limit.*}. */
record RateLimitNumbers(Counter enabled, Counter ok, Counter limited, Counter enforced) {
    static RateLimitNumbers in(Stats stats, String prefix) {
        var scope = stats.root().tagged("envoy.local_http_ratelimit_prefix", prefix).child("http_local_rate_limit");
        return new RateLimitNumbers(scope.counter("enabled"), scope.counter("ok"), scope.counter("rate_limited"),
                scope.counter("enforced"));
    }
}
