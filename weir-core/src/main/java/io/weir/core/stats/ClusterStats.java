package io.weir.core.stats;

/**
 * The numbers of one cluster under Envoy's names, {@code cluster.<name>.*}, bound once. Two objects of the same name
 * share their numbers, so a cluster that is replaced goes on counting. Any thread.
 */
public final class ClusterStats {
    private final Scope scope;
    private final StatusCodes codes;
    private final Counter upstreamCxTotal;
    private final Counter upstreamCxConnectFail;
    private final Counter upstreamCxConnectTimeout;
    private final Counter upstreamCxOverflow;
    private final Counter upstreamCxDestroy;
    private final Counter upstreamCxDestroyLocal;
    private final Counter upstreamCxDestroyRemote;
    private final Counter upstreamCxDestroyWithActiveRq;
    private final Counter upstreamCxDestroyLocalWithActiveRq;
    private final Counter upstreamCxDestroyRemoteWithActiveRq;
    private final Counter upstreamCxRxBytesTotal;
    private final Counter upstreamCxTxBytesTotal;
    private final Counter upstreamCxIdleTimeout;
    private final Counter upstreamCxMaxRequests;
    private final Counter upstreamCxNoneHealthy;
    private final Counter upstreamCxProtocolError;
    private final Counter upstreamCxHttp1Total;
    private final Counter upstreamCxHttp2Total;
    private final Counter upstreamCxCloseNotify;
    private final Counter upstreamRqTotal;
    private final Counter upstreamRqPendingTotal;
    private final Counter upstreamRqPendingOverflow;
    private final Counter upstreamRqPendingFailureEject;
    private final Counter upstreamRqPendingTimeout;
    private final Counter upstreamRqCancelled;
    private final Counter upstreamRqTimeout;
    private final Counter upstreamRqPerTryTimeout;
    private final Counter upstreamRqRxReset;
    private final Counter upstreamRqTxReset;
    private final Counter upstreamRqRetry;
    private final Counter upstreamRqRetrySuccess;
    private final Counter upstreamRqRetryOverflow;
    private final Counter upstreamRqRetryLimitExceeded;
    private final Counter upstreamRqRetryBackoffExponential;
    private final Counter upstreamRqRetryBackoffRatelimited;
    private final Counter upstreamInternalRedirectSucceededTotal;
    private final Counter upstreamInternalRedirectFailedTotal;
    private final Counter upstreamFlowControlPausedReadingTotal;
    private final Counter upstreamFlowControlResumedReadingTotal;
    private final Counter membershipChange;
    private final BalanceStats balance;
    private final Counter updateAttempt;
    private final Counter updateSuccess;
    private final Counter updateFailure;
    private final Counter updateNoRebuild;
    private final Counter ejectionsTotal;
    private final Gauge upstreamCxActive;
    private final Gauge upstreamRqActive;
    private final Gauge upstreamRqPendingActive;
    private final Gauge membershipTotal;
    private final Gauge membershipHealthy;
    private final Gauge membershipDegraded;
    private final Gauge membershipExcluded;
    private final Gauge ejectionsActive;
    private final Histogram upstreamRqTime;
    private final Histogram upstreamCxConnectMs;
    private final Histogram upstreamCxLengthMs;

    /** Binds the numbers of the cluster of this name. */
    public ClusterStats(Stats stats, String clusterName) {
        scope = stats.root().child("cluster").tagged("envoy.cluster_name", clusterName);
        codes = new StatusCodes(scope, "upstream_rq");
        upstreamCxTotal = scope.counter("upstream_cx_total");
        upstreamCxConnectFail = scope.counter("upstream_cx_connect_fail");
        upstreamCxConnectTimeout = scope.counter("upstream_cx_connect_timeout");
        upstreamCxOverflow = scope.counter("upstream_cx_overflow");
        upstreamCxDestroy = scope.counter("upstream_cx_destroy");
        upstreamCxDestroyLocal = scope.counter("upstream_cx_destroy_local");
        upstreamCxDestroyRemote = scope.counter("upstream_cx_destroy_remote");
        upstreamCxDestroyWithActiveRq = scope.counter("upstream_cx_destroy_with_active_rq");
        upstreamCxDestroyLocalWithActiveRq = scope.counter("upstream_cx_destroy_local_with_active_rq");
        upstreamCxDestroyRemoteWithActiveRq = scope.counter("upstream_cx_destroy_remote_with_active_rq");
        upstreamCxRxBytesTotal = scope.counter("upstream_cx_rx_bytes_total");
        upstreamCxTxBytesTotal = scope.counter("upstream_cx_tx_bytes_total");
        upstreamCxIdleTimeout = scope.counter("upstream_cx_idle_timeout");
        upstreamCxMaxRequests = scope.counter("upstream_cx_max_requests");
        upstreamCxNoneHealthy = scope.counter("upstream_cx_none_healthy");
        upstreamCxProtocolError = scope.counter("upstream_cx_protocol_error");
        upstreamCxHttp1Total = scope.counter("upstream_cx_http1_total");
        upstreamCxHttp2Total = scope.counter("upstream_cx_http2_total");
        upstreamCxCloseNotify = scope.counter("upstream_cx_close_notify");
        upstreamRqTotal = scope.counter("upstream_rq_total");
        upstreamRqPendingTotal = scope.counter("upstream_rq_pending_total");
        upstreamRqPendingOverflow = scope.counter("upstream_rq_pending_overflow");
        upstreamRqPendingTimeout = scope.counter("upstream_rq_pending_timeout");
        upstreamRqPendingFailureEject = scope.counter("upstream_rq_pending_failure_eject");
        upstreamRqCancelled = scope.counter("upstream_rq_cancelled");
        upstreamRqTimeout = scope.counter("upstream_rq_timeout");
        upstreamRqPerTryTimeout = scope.counter("upstream_rq_per_try_timeout");
        upstreamRqRxReset = scope.counter("upstream_rq_rx_reset");
        upstreamRqTxReset = scope.counter("upstream_rq_tx_reset");
        upstreamRqRetry = scope.counter("upstream_rq_retry");
        upstreamRqRetrySuccess = scope.counter("upstream_rq_retry_success");
        upstreamRqRetryOverflow = scope.counter("upstream_rq_retry_overflow");
        upstreamRqRetryLimitExceeded = scope.counter("upstream_rq_retry_limit_exceeded");
        upstreamRqRetryBackoffExponential = scope.counter("upstream_rq_retry_backoff_exponential");
        upstreamRqRetryBackoffRatelimited = scope.counter("upstream_rq_retry_backoff_ratelimited");
        upstreamInternalRedirectSucceededTotal = scope.counter("upstream_internal_redirect_succeeded_total");
        upstreamInternalRedirectFailedTotal = scope.counter("upstream_internal_redirect_failed_total");
        upstreamFlowControlPausedReadingTotal = scope.counter("upstream_flow_control_paused_reading_total");
        upstreamFlowControlResumedReadingTotal = scope.counter("upstream_flow_control_resumed_reading_total");
        membershipChange = scope.counter("membership_change");
        balance = new BalanceStats(scope);
        updateAttempt = scope.counter("update_attempt");
        updateSuccess = scope.counter("update_success");
        updateFailure = scope.counter("update_failure");
        updateNoRebuild = scope.counter("update_no_rebuild");
        ejectionsTotal = scope.child("outlier_detection").counter("ejections_enforced_total");
        upstreamCxActive = scope.gauge("upstream_cx_active");
        upstreamRqActive = scope.gauge("upstream_rq_active");
        upstreamRqPendingActive = scope.gauge("upstream_rq_pending_active");
        membershipTotal = scope.gauge("membership_total");
        membershipHealthy = scope.gauge("membership_healthy");
        membershipDegraded = scope.gauge("membership_degraded");
        membershipExcluded = scope.gauge("membership_excluded");
        ejectionsActive = scope.child("outlier_detection").gauge("ejections_active");
        upstreamRqTime = scope.histogram("upstream_rq_time");
        upstreamCxConnectMs = scope.histogram("upstream_cx_connect_ms");
        upstreamCxLengthMs = scope.histogram("upstream_cx_length_ms");
    }

    /** Where further numbers of this cluster belong. */
    public Scope scope() {
        return scope;
    }

    /**
     * Counts an answer of a host, or one given in its stead because of a failure here: {@code upstream_rq_200},
     * {@code upstream_rq_2xx} and {@code upstream_rq_completed}.
     */
    public void answered(int status) {
        codes.count(status);
    }

    /** Connections made. */
    public Counter upstreamCxTotal() {
        return upstreamCxTotal;
    }

    /** Connects that failed. */
    public Counter upstreamCxConnectFail() {
        return upstreamCxConnectFail;
    }

    /** Connects that took too long. */
    public Counter upstreamCxConnectTimeout() {
        return upstreamCxConnectTimeout;
    }

    /** Times the limit of connections was met. */
    public Counter upstreamCxOverflow() {
        return upstreamCxOverflow;
    }

    /** Connections closed. */
    public Counter upstreamCxDestroy() {
        return upstreamCxDestroy;
    }

    /** Connections closed by us. */
    public Counter upstreamCxDestroyLocal() {
        return upstreamCxDestroyLocal;
    }

    /** Connections closed by the host. */
    public Counter upstreamCxDestroyRemote() {
        return upstreamCxDestroyRemote;
    }

    /** Connections closed with a request on them. */
    public Counter upstreamCxDestroyWithActiveRq() {
        return upstreamCxDestroyWithActiveRq;
    }

    /** Connections closed by us with a request on them. */
    public Counter upstreamCxDestroyLocalWithActiveRq() {
        return upstreamCxDestroyLocalWithActiveRq;
    }

    /** Connections closed by the host with a request on them. */
    public Counter upstreamCxDestroyRemoteWithActiveRq() {
        return upstreamCxDestroyRemoteWithActiveRq;
    }

    /** Bytes received. */
    public Counter upstreamCxRxBytesTotal() {
        return upstreamCxRxBytesTotal;
    }

    /** Bytes sent. */
    public Counter upstreamCxTxBytesTotal() {
        return upstreamCxTxBytesTotal;
    }

    /** Connections closed because they were idle. */
    public Counter upstreamCxIdleTimeout() {
        return upstreamCxIdleTimeout;
    }

    /** Connections closed because they had carried enough requests. */
    public Counter upstreamCxMaxRequests() {
        return upstreamCxMaxRequests;
    }

    /** Times there was no host to pick. */
    public Counter upstreamCxNoneHealthy() {
        return upstreamCxNoneHealthy;
    }

    /** Connections closed because the host broke the protocol. */
    public Counter upstreamCxProtocolError() {
        return upstreamCxProtocolError;
    }

    /** HTTP/1.1 connections made. */
    public Counter upstreamCxHttp1Total() {
        return upstreamCxHttp1Total;
    }

    public Counter upstreamCxHttp2Total() {
        return upstreamCxHttp2Total;
    }

    public Counter upstreamCxCloseNotify() {
        return upstreamCxCloseNotify;
    }

    /** Requests that had a connection; one that waited in vain counts as a failed wait instead. */
    public Counter upstreamRqTotal() {
        return upstreamRqTotal;
    }

    /** Requests that waited for a connection. */
    public Counter upstreamRqPendingTotal() {
        return upstreamRqPendingTotal;
    }

    /** Requests refused because too much was under way. */
    public Counter upstreamRqPendingOverflow() {
        return upstreamRqPendingOverflow;
    }

    /** Waiting requests failed by a failed connect. */
    public Counter upstreamRqPendingFailureEject() {
        return upstreamRqPendingFailureEject;
    }

    /** Requests turned away because none of the connections came free in time. Weir's own. */
    public Counter upstreamRqPendingTimeout() {
        return upstreamRqPendingTimeout;
    }

    /** Requests given up before they had a connection. */
    public Counter upstreamRqCancelled() {
        return upstreamRqCancelled;
    }

    /** Requests without an answer in time. */
    public Counter upstreamRqTimeout() {
        return upstreamRqTimeout;
    }

    /** Attempts without an answer in time. */
    public Counter upstreamRqPerTryTimeout() {
        return upstreamRqPerTryTimeout;
    }

    /** Requests reset by the host. */
    public Counter upstreamRqRxReset() {
        return upstreamRqRxReset;
    }

    /** Requests reset by us. */
    public Counter upstreamRqTxReset() {
        return upstreamRqTxReset;
    }

    /** Retries. */
    public Counter upstreamRqRetry() {
        return upstreamRqRetry;
    }

    /** Retries that succeeded. */
    public Counter upstreamRqRetrySuccess() {
        return upstreamRqRetrySuccess;
    }

    /** Retries not made because too many were under way. */
    public Counter upstreamRqRetryOverflow() {
        return upstreamRqRetryOverflow;
    }

    /** Requests that failed after their last retry. */
    public Counter upstreamRqRetryLimitExceeded() {
        return upstreamRqRetryLimitExceeded;
    }

    /** Retries that waited by the exponential rule. */
    public Counter upstreamRqRetryBackoffExponential() {
        return upstreamRqRetryBackoffExponential;
    }

    /** Retries that waited as long as the answer before them asked for. */
    public Counter upstreamRqRetryBackoffRatelimited() {
        return upstreamRqRetryBackoffRatelimited;
    }

    /** Redirects of hosts that were followed for the client. */
    public Counter upstreamInternalRedirectSucceededTotal() {
        return upstreamInternalRedirectSucceededTotal;
    }

    /** Redirects of hosts that were to be followed, and could not be. */
    public Counter upstreamInternalRedirectFailedTotal() {
        return upstreamInternalRedirectFailedTotal;
    }

    /** Times reading from a host was paused. */
    public Counter upstreamFlowControlPausedReadingTotal() {
        return upstreamFlowControlPausedReadingTotal;
    }

    /** Times reading from a host was resumed. */
    public Counter upstreamFlowControlResumedReadingTotal() {
        return upstreamFlowControlResumedReadingTotal;
    }

    /** Times hosts came or went. */
    public Counter membershipChange() {
        return membershipChange;
    }

    /** How it chose. */
    public BalanceStats balance() {
        return balance;
    }

    /** Attempts to find the hosts. */
    public Counter updateAttempt() {
        return updateAttempt;
    }

    /** Attempts to find the hosts that succeeded. */
    public Counter updateSuccess() {
        return updateSuccess;
    }

    /** Attempts to find the hosts that failed. */
    public Counter updateFailure() {
        return updateFailure;
    }

    /** Attempts to find the hosts that changed nothing. */
    public Counter updateNoRebuild() {
        return updateNoRebuild;
    }

    /** Ejections. */
    public Counter ejectionsTotal() {
        return ejectionsTotal;
    }

    /** Connections open. */
    public Gauge upstreamCxActive() {
        return upstreamCxActive;
    }

    /** Requests under way. */
    public Gauge upstreamRqActive() {
        return upstreamRqActive;
    }

    /** Requests that wait for a connection. */
    public Gauge upstreamRqPendingActive() {
        return upstreamRqPendingActive;
    }

    /** Hosts. */
    public Gauge membershipTotal() {
        return membershipTotal;
    }

    /** Hosts that are healthy. */
    public Gauge membershipHealthy() {
        return membershipHealthy;
    }

    /** Hosts that are degraded. */
    public Gauge membershipDegraded() {
        return membershipDegraded;
    }

    /** Hosts announced as not to be used. */
    public Gauge membershipExcluded() {
        return membershipExcluded;
    }

    /** Hosts ejected. */
    public Gauge ejectionsActive() {
        return ejectionsActive;
    }

    /** Time to the whole answer, in milliseconds. */
    public Histogram upstreamRqTime() {
        return upstreamRqTime;
    }

    /** Time to connect, in milliseconds. */
    public Histogram upstreamCxConnectMs() {
        return upstreamCxConnectMs;
    }

    /** Life of a connection, in milliseconds. */
    public Histogram upstreamCxLengthMs() {
        return upstreamCxLengthMs;
    }
}
