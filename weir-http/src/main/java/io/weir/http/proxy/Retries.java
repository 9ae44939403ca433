package io.weir.http.proxy;

import io.weir.core.admit.CircuitBreaker;
import io.weir.core.cluster.Cluster;
import io.weir.http.codec.HttpHead;
import io.weir.http.route.Forward;
import io.weir.http.route.RetrySpec;
import io.weir.http.tally.Tally;
import io.weir.http.upstream.UpstreamListener.Reset;
import io.weir.net.transport.Worker;
import io.weir.observe.log.ResponseFlag;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request may be tried once more: its route's number of tries, and the cluster's limit of retries, which
 * keeps a failing cluster from being buried under repetitions. Each retry asks anew. Belongs to one worker.
 */
final class Retries {
    /** A place among the retries under way, for the try that is to come; null when there is none. */
    private @Nullable CircuitBreaker held;
    private Tally tally = new Tally();
    private int retries;
    private long flags;

    /** A request begins, that counts there. */
    void begin(Tally where) {
        tally = where;
        held = null;
        retries = 0;
        flags = 0;
    }

    /**
     * Takes the right to one more try, once the try before it has given its own back.
     *
     * @param unanswered
     *            the host of the last one broke off or could not be reached
     */
    boolean admit(Cluster cluster, Forward how, boolean unanswered, Worker worker) {
        int retriesMax = how.retry().retriesMax();
        if (retries >= retriesMax) {
            if (retriesMax > 0) {
                flags |= ResponseFlag.URX.bit();
                tally.retriesExhausted(cluster);
            }
            return false;
        }
        over();
        if (!take(cluster, how, unanswered, worker)) {
            flags |= ResponseFlag.UO.bit();
            return false;
        }
        retries++;
        tally.retried(cluster);
        return true;
    }

    /** Takes the right to a try beside another; those count in the cluster's limit, and not in the route's number. */
    boolean admitBeside(Cluster cluster, Forward how, Worker worker) {
        return held == null && take(cluster, how, false, worker);
    }

    private boolean take(Cluster cluster, Forward how, boolean unanswered, Worker worker) {
        CircuitBreaker circuit = cluster.circuit(how.priority());
        if (!circuit.tryRetry(unanswered, worker.nowNanos())) {
            tally.retryOverflowed(cluster);
            return false;
        }
        held = circuit;
        return true;
    }

    /** The place of the try that begins, which gives it back; null for a first try. */
    @Nullable
    CircuitBreaker handOver() {
        var circuit = held;
        held = null;
        return circuit;
    }

    /** Whether the policy has this request tried again after such a reset, before any byte of a response. */
    static boolean after(Reset why, RetrySpec policy, HttpHead request) {
        return switch (why) {
            case CLOSED, REMOTE -> policy.onReset(request, true);
            case REFUSED -> policy.onRefused(request);
            case PROTOCOL -> false;
        };
    }

    /**
     * A response has come that will not be thrown away.
     *
     * @param poor
     *            it would have been, had there been another try
     */
    void answered(Cluster cluster, int status, boolean poor) {
        if (retries > 0 && status < 500) {
            tally.retrySucceeded(cluster);
        }
        if (!poor) {
            flags = 0; // another try that failed meanwhile is nothing that the client sees
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
