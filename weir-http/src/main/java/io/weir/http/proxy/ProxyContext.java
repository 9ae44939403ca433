package io.weir.http.proxy;

import io.weir.core.cluster.Clusters;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.route.RequestNormalizer;
import io.weir.observe.log.AccessLog;
import io.weir.observe.log.AccessRecord;

/**
 * What all exchanges of one connection manager share. Immutable but for what its parts synchronise themselves; any
 * thread.
 */
public final class ProxyContext {
    private final HttpManagerSpec spec;
    private final RequestNormalizer normalizer;
    private final Clusters clusters;
    private final HttpStats stats;
    private final AccessLog log;
    private final long epochMicrosAtZero;

    public ProxyContext(HttpManagerSpec spec, Clusters clusters, HttpStats stats, AccessLog log,
            long epochMicrosAtZero) {
        this.spec = spec;
        this.normalizer = new RequestNormalizer(spec.normalize());
        this.clusters = clusters;
        this.stats = stats;
        this.log = log;
        this.epochMicrosAtZero = epochMicrosAtZero;
    }

    public HttpManagerSpec spec() {
        return spec;
    }

    RequestNormalizer normalizer() {
        return normalizer;
    }

    Clusters clusters() {
        return clusters;
    }

    public HttpStats stats() {
        return stats;
    }

    /** A worker's time as microseconds since 1970, by the wall clock as it stood when Weir started. */
    long epochMicros(long nowNanos) {
        return epochMicrosAtZero + nowNanos / 1000;
    }

    void log(AccessRecord record) {
        log.log(record);
    }
}
