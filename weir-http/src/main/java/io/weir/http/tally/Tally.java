package io.weir.http.tally;

import io.weir.core.cluster.Cluster;
import org.jspecify.annotations.Nullable;

/**
 * Where the request at hand counts: in its cluster, and in a virtual cluster and a route where these have numbers.
 * Serves one exchange after another; belongs to one worker; allocates nothing.
 */
public final class Tally {
    private @Nullable Numbers virtual;
    private @Nullable Numbers route;

    /** It counts in its cluster only. */
    public void clear() {
        virtual = null;
        route = null;
    }

    void begin(@Nullable Numbers cluster, @Nullable Numbers own) {
        virtual = cluster;
        route = own;
    }

    /** The name of the virtual cluster; null: none. */
    public @Nullable String virtualCluster() {
        return virtual == null ? null : virtual.name;
    }

    /** A host gets the request. */
    public void sent() {
        if (virtual != null) {
            virtual.total.increment();
        }
        if (route != null) {
            route.total.increment();
        }
    }

    /** A host has answered, or Weir in the cluster's stead. */
    public void answered(Cluster cluster, int status) {
        cluster.stats().answered(status);
        if (virtual != null) {
            virtual.codes.count(status);
        }
        if (route != null) {
            route.codes.count(status);
        }
    }

    /** The answer that the client gets is complete. */
    public void took(Cluster cluster, long millis) {
        cluster.stats().upstreamRqTime().record(millis);
        if (virtual != null) {
            virtual.timeMs.record(millis);
        }
        if (route != null) {
            route.timeMs.record(millis);
        }
    }

    /** The route's time was over. */
    public void timedOut(Cluster cluster) {
        cluster.stats().upstreamRqTimeout().increment();
        if (virtual != null) {
            virtual.timeout.increment();
        }
        if (route != null) {
            route.timeout.increment();
        }
    }

    /** It is tried once more. */
    public void retried(Cluster cluster) {
        cluster.stats().upstreamRqRetry().increment();
        if (virtual != null) {
            virtual.retry.increment();
        }
        if (route != null) {
            route.retry.increment();
        }
    }

    /** A host that it was tried at again has answered well. */
    public void retrySucceeded(Cluster cluster) {
        cluster.stats().upstreamRqRetrySuccess().increment();
        if (virtual != null) {
            virtual.retrySuccess.increment();
        }
        if (route != null) {
            route.retrySuccess.increment();
        }
    }

    /** The cluster's limit of retries has no room. */
    public void retryOverflowed(Cluster cluster) {
        cluster.stats().upstreamRqRetryOverflow().increment();
        if (virtual != null) {
            virtual.retryOverflow.increment();
        }
        if (route != null) {
            route.retryOverflow.increment();
        }
    }

    /** It has been tried as often as its route allows. */
    public void retriesExhausted(Cluster cluster) {
        cluster.stats().upstreamRqRetryLimitExceeded().increment();
        if (virtual != null) {
            virtual.retryLimitExceeded.increment();
        }
        if (route != null) {
            route.retryLimitExceeded.increment();
        }
    }
}
