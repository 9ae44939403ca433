package io.weir.http.tally;

import io.weir.core.stats.Counter;
import io.weir.core.stats.Histogram;
import io.weir.core.stats.Scope;
import io.weir.core.stats.StatusCodes;

/** The numbers of one route or virtual cluster, under Envoy's names. Any thread. */
final class Numbers {
    final String name;
    final StatusCodes codes;
    final Counter total;
    final Counter timeout;
    final Counter retry;
    final Counter retrySuccess;
    final Counter retryOverflow;
    final Counter retryLimitExceeded;
    final Histogram timeMs;

    Numbers(String name, Scope scope) {
        this.name = name;
        codes = new StatusCodes(scope, "upstream_rq");
        total = scope.counter("upstream_rq_total");
        timeout = scope.counter("upstream_rq_timeout");
        retry = scope.counter("upstream_rq_retry");
        retrySuccess = scope.counter("upstream_rq_retry_success");
        retryOverflow = scope.counter("upstream_rq_retry_overflow");
        retryLimitExceeded = scope.counter("upstream_rq_retry_limit_exceeded");
        timeMs = scope.histogram("upstream_rq_time");
    }
}
