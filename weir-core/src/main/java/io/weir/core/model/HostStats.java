package io.weir.core.model;

import io.weir.core.stats.Counter;
import io.weir.core.stats.Gauge;

/** The numbers of one host, as {@code /clusters} shows them. Any thread. */
public final class HostStats {
    private final Counter cxTotal = Counter.unnamed();
    private final Counter cxConnectFail = Counter.unnamed();
    private final Gauge cxActive = Gauge.unnamed();
    private final Counter rqTotal = Counter.unnamed();
    private final Counter rqSuccess = Counter.unnamed();
    private final Counter rqError = Counter.unnamed();
    private final Counter rqTimeout = Counter.unnamed();

    HostStats() {}

    /** Connections made. */
    public Counter cxTotal() {
        return cxTotal;
    }

    /** Connects that failed. */
    public Counter cxConnectFail() {
        return cxConnectFail;
    }

    /** Connections open. */
    public Gauge cxActive() {
        return cxActive;
    }

    /** Requests sent. */
    public Counter rqTotal() {
        return rqTotal;
    }

    /** Requests answered with less than 500. */
    public Counter rqSuccess() {
        return rqSuccess;
    }

    /** Requests answered with 500 or more, reset or never sent. */
    public Counter rqError() {
        return rqError;
    }

    /** Requests without an answer in time. */
    public Counter rqTimeout() {
        return rqTimeout;
    }
}
