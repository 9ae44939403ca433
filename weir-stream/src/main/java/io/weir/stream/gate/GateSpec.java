package io.weir.stream.gate;

import io.weir.core.admit.Carryover;
import io.weir.core.admit.ConnectionLimit;
import io.weir.core.admit.TokenBucket;
import io.weir.core.stats.Stats;
import io.weir.xds.spec.ConnectionFilter;

/** A network filter that decides, once, whether a connection is let in. Immutable. */
public sealed interface GateSpec extends ConnectionFilter {
    /**
     * So many connections a while. Source: Envoy's {@code envoy.filters.network.local_ratelimit}.
     *
     * @param statPrefix
     *            in {@code local_rate_limit.<statPrefix>.}
     * @param enabled
     *            whether it does anything
     */
    record Rate(String statPrefix, TokenBucket.Rule bucket, boolean enabled) implements GateSpec {
    }

    /**
     * So many connections at once. Source: Envoy's {@code envoy.filters.network.connection_limit}.
     *
     * @param statPrefix
     *            in {@code connection_limit.<statPrefix>.}
     * @param max
     *            at least 1
     * @param delayNanos
     *            how long one that is refused stays open, so that a client that comes again at once is slowed down; 0
     *            closes it at once
     * @param enabled
     *            whether it does anything
     */
    record AtOnce(String statPrefix, long max, long delayNanos, boolean enabled) implements GateSpec {
    }

    /** Whether one that it refuses stays open for a while. */
    default boolean delays() {
        return switch (this) {
            case Rate _ -> false;
            case AtOnce limit -> limit.delayNanos > 0;
        };
    }

    /** What makes a bucket; whether it is asked does not. */
    record RateKey(String statPrefix, TokenBucket.Rule bucket) {
    }

    /** What makes a count of connections; how many there may be does not. */
    record AtOnceKey(String statPrefix) {
    }

    /**
     * The gate at work.
     *
     * @param carryover
     *            what the gates of the listener have counted before
     */
    default Gate open(Stats stats, Carryover carryover, long nowNanos) {
        return switch (this) {
            case Rate rate -> new Gate.Rate(
                    carryover.of(new RateKey(rate.statPrefix, rate.bucket), TokenBucket.class,
                            () -> new TokenBucket(rate.bucket, nowNanos)),
                    stats.root().child("local_rate_limit").tagged("envoy.local_network_ratelimit_prefix",
                            rate.statPrefix).counter("rate_limited"),
                    rate.enabled);
            case AtOnce limit -> {
                var scope = stats.root().child("connection_limit").tagged("envoy.connection_limit_prefix",
                        limit.statPrefix);
                yield new Gate.AtOnce(
                        carryover.of(new AtOnceKey(limit.statPrefix), ConnectionLimit.class, ConnectionLimit::new),
                        limit.max, limit.delayNanos,
                        scope.counter("limited_connections"), scope.gauge("active_connections"), limit.enabled);
            }
        };
    }
}
