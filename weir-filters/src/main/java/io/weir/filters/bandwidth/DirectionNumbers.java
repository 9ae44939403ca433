package io.weir.filters.bandwidth;

import io.weir.core.stats.Counter;
import io.weir.core.stats.Gauge;
import io.weir.core.stats.Histogram;
import io.weir.core.stats.Scope;

/**
 * What is counted of one direction: {@code <stat_prefix>.http_bandwidth_limit.request_*} or {@code response_*}.
 *
 * @param enabled
 *            messages that the filter is for
 * @param enforced
 *            those of them that had to wait
 * @param pending
 *            bodies under way
 * @param incomingSize
 *            the last piece that came, in bytes
 * @param incomingTotal
 *            all of them
 * @param allowedSize
 *            the last piece that went on
 * @param allowedTotal
 *            all of them
 * @param durationMillis
 *            from a body's first piece to its end
 */
record DirectionNumbers(Counter enabled, Counter enforced, Gauge pending, Gauge incomingSize, Counter incomingTotal,
        Gauge allowedSize, Counter allowedTotal, Histogram durationMillis) {
    static DirectionNumbers in(Scope scope, String direction) {
        return new DirectionNumbers(scope.counter(direction + "_enabled"), scope.counter(direction + "_enforced"),
                scope.gauge(direction + "_pending"), scope.gauge(direction + "_incoming_size"),
                scope.counter(direction + "_incoming_total_size"), scope.gauge(direction + "_allowed_size"),
                scope.counter(direction + "_allowed_total_size"), scope.histogram(direction + "_transfer_duration"));
    }
}
