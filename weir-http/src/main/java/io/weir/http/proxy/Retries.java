package io.weir.http.proxy;

import io.weir.core.admit.CircuitBreaker;
import io.weir.core.cluster.Cluster;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.Forward;
import io.weir.http.route.RetrySpec;
import io.weir.http.upstream.UpstreamListener.Reset;
import io.weir.net.transport.Worker;
import io.weir.observe.log.ResponseFlag;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request may be tried once more: its route's number of tries, and the cluster's limit of retries, which
 * keeps a failing cluster from being buried under repetitions. Each retry asks anew. Belongs to one worker.
 */
final class Retries {
    /** Where a place among the retries under way is held; null when none is. */
    private @Nullable CircuitBreaker held;
    private boolean tried;
    private long flags;

    /** A request begins. */
    void begin() {
        held = null;
        tried = false;
        flags = 0;
    }

    /**
     * Takes the right to one more try.
     *
     * @param tries
     *            how many there have been
     * @param unanswered
     *            the host of the last one broke off or could not be reached
     */
    boolean admit(Cluster cluster, Forward how, int tries, boolean unanswered, Worker worker) {
        int triesMax = how.retry().retriesMax();
        if (tries > triesMax) {
            if (triesMax > 0) {
                flags |= ResponseFlag.URX.bit();
                cluster.stats().upstreamRqRetryLimitExceeded().increment();
            }
            return false;
        }
        over(); // the retry before this one has come to its end
        CircuitBreaker circuit = cluster.circuit(how.priority());
        if (!circuit.tryRetry(unanswered, worker.nowNanos())) {
            flags |= ResponseFlag.UO.bit();
            cluster.stats().upstreamRqRetryOverflow().increment();
            return false;
        }
        held = circuit;
        tried = true;
        cluster.stats().upstreamRqRetry().increment();
        return true;
    }

    /** Whether the policy has this request tried again after such a reset, before any byte of a response. */
    static boolean after(Reset why, RetrySpec policy, HttpHead request) {
        return switch (why) {
            case CLOSED, REMOTE -> policy.onReset(request, true);
            case REFUSED -> policy.onRefused(request);
            case PROTOCOL -> false;
        };
    }

    /** A response has come that will not be thrown away. */
    void answered(Cluster cluster, int status) {
        if (tried && status < 500) {
            cluster.stats().upstreamRqRetrySuccess().increment();
        }
        over();
    }

    /** There will be no further try: the right is given back. */
    void over() {
        var circuit = held;
        if (circuit != null) {
            held = null;
            circuit.retryEnded();
        }
    }

    /** {@link ResponseFlag} bits. */
    long flags() {
        return flags;
    }
}
