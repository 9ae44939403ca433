package io.weir.http.proxy;

import io.weir.core.cluster.Cluster;
import io.weir.core.model.CircuitLimits;
import io.weir.http.route.RetrySpec;
import io.weir.observe.log.ResponseFlag;

/**
 * Whether a request may be tried once more: its route's number of tries, and the cluster's limit of retries at one
 * time, which keeps a failing cluster from being buried under repetitions. Where nobody wrote a retry policy nor
 * another limit than the usual, the limit does not hold: every request that a dying server had in hand comes back at
 * once, and all of them find another server. Belongs to one worker.
 */
final class Retries {
    private boolean admitted;
    private boolean counted;
    private long flags;

    /** A request begins. */
    void begin() {
        admitted = false;
        counted = false;
        flags = 0;
    }

    /**
     * Takes the right to one more try.
     *
     * @param tries
     *            how many there have been
     */
    boolean admit(Cluster cluster, RetrySpec policy, int tries) {
        if (tries > policy.retriesMax()) {
            if (policy.retriesMax() > 0) {
                flags |= ResponseFlag.URX.bit();
                cluster.stats().upstreamRqRetryLimitExceeded().increment();
            }
            return false;
        }
        if (!admitted && limited(cluster, policy)) {
            if (!cluster.circuit().tryRetry()) {
                cluster.stats().upstreamRqRetryOverflow().increment();
                return false;
            }
            counted = true;
        }
        admitted = true;
        cluster.stats().upstreamRqRetry().increment();
        return true;
    }

    @SuppressWarnings("ReferenceEquality") // the built-in policy is one object; an equal one was written by somebody
    private static boolean limited(Cluster cluster, RetrySpec policy) {
        return policy != RetrySpec.builtIn()
                || cluster.circuit().limits().retriesMax() != CircuitLimits.DEFAULT.retriesMax();
    }

    /** A response has come that will not be thrown away. */
    void answered(Cluster cluster, int status) {
        if (admitted && status < 500) {
            cluster.stats().upstreamRqRetrySuccess().increment();
        }
        over(cluster);
    }

    /** There will be no further try: the right is given back. */
    void over(Cluster cluster) {
        admitted = false;
        if (counted) {
            counted = false;
            cluster.circuit().retryEnded();
        }
    }

    /** {@link ResponseFlag} bits. */
    long flags() {
        return flags;
    }
}
