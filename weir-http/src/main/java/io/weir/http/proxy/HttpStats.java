package io.weir.http.proxy;

import io.weir.core.stats.Counter;
import io.weir.core.stats.Gauge;
import io.weir.core.stats.Histogram;
import io.weir.core.stats.Scope;
import io.weir.core.stats.Stats;
import io.weir.http.h2.Http2Stats;

/** The counters of one connection manager: {@code http.<stat_prefix>.downstream_*}, under Envoy's names. */
public final class HttpStats {
    public final Counter cxTotal;
    public final Gauge cxActive;
    public final Counter cxHttp1Total;
    public final Gauge cxHttp1Active;
    public final Counter cxHttp2Total;
    public final Gauge cxHttp2Active;
    /** What the HTTP/2 codec counts, of all connection managers together. */
    public final Http2Stats http2;
    public final Counter cxDestroy;
    public final Counter cxRxBytes;
    public final Counter cxTxBytes;
    public final Counter cxProtocolError;
    public final Counter cxIdleTimeout;
    public final Counter cxMaxDurationReached;
    public final Counter cxDrainClose;
    /** Connections whose end has been asked for as resources are short. */
    public final Counter cxOverloadDisableKeepalive;
    /** Connections that rested and were closed as resources are short: Weir's own. */
    public final Counter cxOverloadIdleClose;
    final Counter cxUpgradesTotal;
    final Gauge cxUpgradesActive;
    public final Histogram cxLengthMs;
    public final Counter rqHeaderTimeout;
    /** What has been given up as resources are short. */
    public final Counter rqOverloadClose;
    /** Requests that were not sent to a host as resources are short. */
    final Counter rqOverloadLocalReply;
    final Counter rqTotal;
    final Counter rqHttp1Total;
    final Counter rqHttp2Total;
    final Gauge rqActive;
    final Counter rqCompleted;
    final Counter rqRxReset;
    final Counter rqTxReset;
    final Counter rqTimeout;
    final Counter rqTooLarge;
    final Counter rqIdleTimeout;
    final Counter rqMaxDurationReached;
    final Counter rqUpgradeRefused;
    final Counter rqRejectedViaIpDetection;
    final Histogram rqTime;
    /** Requests that a second host was asked for as the first was late: Weir's own, as the next two. */
    final Counter rqBackup;
    /** Of these, those that the second host answered first. */
    final Counter rqBackupWon;
    /** Late requests for which no backup was left. */
    final Counter rqBackupOverflow;
    /** Redirects that the client gets, as they could not be followed for it: Envoy's words for why. */
    final Counter redirectBadLocation;
    final Counter redirectUnsafeScheme;
    final Counter redirectTooMany;
    final Counter redirectNoRoute;
    final Counter redirectPredicate;
    private final Stats all;
    private final Counter[] rqByClass = new Counter[6];

    public HttpStats(Stats all, String prefix) {
        this.all = all;
        Scope scope = all.root().child("http").tagged("envoy.http_conn_manager_prefix", prefix);
        cxTotal = scope.counter("downstream_cx_total");
        cxActive = scope.gauge("downstream_cx_active");
        cxHttp1Total = scope.counter("downstream_cx_http1_total");
        cxHttp1Active = scope.gauge("downstream_cx_http1_active");
        cxHttp2Total = scope.counter("downstream_cx_http2_total");
        cxHttp2Active = scope.gauge("downstream_cx_http2_active");
        http2 = new Http2Stats(all.root());
        cxDestroy = scope.counter("downstream_cx_destroy");
        cxRxBytes = scope.counter("downstream_cx_rx_bytes_total");
        cxTxBytes = scope.counter("downstream_cx_tx_bytes_total");
        cxProtocolError = scope.counter("downstream_cx_protocol_error");
        cxIdleTimeout = scope.counter("downstream_cx_idle_timeout");
        cxMaxDurationReached = scope.counter("downstream_cx_max_duration_reached");
        cxDrainClose = scope.counter("downstream_cx_drain_close");
        cxOverloadDisableKeepalive = scope.counter("downstream_cx_overload_disable_keepalive");
        cxOverloadIdleClose = scope.counter("downstream_cx_overload_idle_close");
        cxUpgradesTotal = scope.counter("downstream_cx_upgrades_total");
        cxUpgradesActive = scope.gauge("downstream_cx_upgrades_active");
        cxLengthMs = scope.histogram("downstream_cx_length_ms");
        rqOverloadClose = scope.counter("downstream_rq_overload_close");
        rqOverloadLocalReply = scope.counter("rq_overload_local_reply");
        rqHeaderTimeout = scope.counter("downstream_rq_header_timeout");
        rqTotal = scope.counter("downstream_rq_total");
        rqHttp1Total = scope.counter("downstream_rq_http1_total");
        rqHttp2Total = scope.counter("downstream_rq_http2_total");
        rqActive = scope.gauge("downstream_rq_active");
        rqCompleted = scope.counter("downstream_rq_completed");
        rqRxReset = scope.counter("downstream_rq_rx_reset");
        rqTxReset = scope.counter("downstream_rq_tx_reset");
        rqTimeout = scope.counter("downstream_rq_timeout");
        rqTooLarge = scope.counter("downstream_rq_too_large");
        rqIdleTimeout = scope.counter("downstream_rq_idle_timeout");
        rqMaxDurationReached = scope.counter("downstream_rq_max_duration_reached");
        rqUpgradeRefused = scope.counter("downstream_rq_ws_on_non_ws_route");
        rqRejectedViaIpDetection = scope.counter("downstream_rq_rejected_via_ip_detection");
        rqTime = scope.histogram("downstream_rq_time");
        rqBackup = scope.counter("rq_backup_total");
        rqBackupWon = scope.counter("rq_backup_won");
        rqBackupOverflow = scope.counter("rq_backup_overflow");
        redirectBadLocation = scope.counter("passthrough_internal_redirect_bad_location");
        redirectUnsafeScheme = scope.counter("passthrough_internal_redirect_unsafe_scheme");
        redirectTooMany = scope.counter("passthrough_internal_redirect_too_many_redirects");
        redirectNoRoute = scope.counter("passthrough_internal_redirect_no_route");
        redirectPredicate = scope.counter("passthrough_internal_redirect_predicate");
        for (int i = 1; i < rqByClass.length; i++) {
            rqByClass[i] = scope.counter("downstream_rq_" + i + "xx", "downstream_rq_xx", "envoy.response_code_class",
                    Integer.toString(i));
        }
    }

    /** Where these and all other numbers are. */
    Stats all() {
        return all;
    }

    /**
     * @param protocol
     *            as access logs show it
     */
    void requestBegan(String protocol) {
        rqTotal.increment();
        (protocol.equals("HTTP/2") ? rqHttp2Total : rqHttp1Total).increment();
        rqActive.increment();
    }

    /**
     * @param status
     *            0 when there was no response to speak of
     */
    void requestEnded(int status, long millis) {
        rqActive.decrement();
        rqTime.record(millis);
        int kind = status / 100;
        if (kind > 0 && kind < rqByClass.length) {
            rqCompleted.increment();
            rqByClass[kind].increment();
        }
    }
}
