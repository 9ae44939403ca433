package io.weir.http.orca;

import io.weir.core.model.HostTracker;
import io.weir.core.model.OrcaReport;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a host says of itself in an answer: that it wants to be left alone, how loaded it is. Looked for only where the
 * host's policy heeds it; what cannot be read is as good as not said.
 */
public final class HostHints {
    private static final int DIGITS_MAX = 9;
    // not among the known names: those may not stand in trailers, and load reports do
    private static final HeaderName RETRY_AFTER = HeaderName.of("retry-after");
    private static final HeaderName ENDPOINT_LOAD_METRICS = HeaderName.of("endpoint-load-metrics");
    private static final HeaderName ENDPOINT_LOAD_METRICS_BIN = HeaderName.of("endpoint-load-metrics-bin");

    private static final HeaderName IMMEDIATE_FAIL = HeaderName.of("x-envoy-immediate-health-check-fail");

    private HostHints() {}

    /** Whether the host wishes to be left alone at once; whatever the value. */
    public static boolean askedOut(HttpHead head) {
        return head.has(IMMEDIATE_FAIL);
    }

    /** Tells the tracker what it heeds of these fields: of a head, or of trailers. */
    public static void tell(HttpHead fields, HostTracker tracker, long nowNanos) {
        if (tracker.heedsRetryAfter() && (fields.status() == 429 || fields.status() == 503)) {
            long delayNanos = retryAfterNanos(fields);
            if (delayNanos > 0) {
                tracker.retryAfter(delayNanos, nowNanos);
            }
        }
        if (tracker.heedsLoadReports()) {
            OrcaReport report = report(fields);
            if (report != null) {
                tracker.loadReported(report, nowNanos);
            }
        }
    }

    /** Seconds, or a date (RFC 9110 section 10.2.3), which is told against the host's own clock; 0 when unknown. */
    private static long retryAfterNanos(HttpHead head) {
        String text = head.value(RETRY_AFTER);
        if (text == null || text.isEmpty()) {
            return 0;
        }
        if (text.length() <= DIGITS_MAX && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return TimeUnit.SECONDS.toNanos(Integer.parseInt(text));
        }
        String now = head.value(HeaderName.DATE);
        try {
            return now == null ? 0 : TimeUnit.SECONDS.toNanos(Duration.between(date(now), date(text)).toSeconds());
        } catch (DateTimeException e) {
            return 0;
        }
    }

    private static ZonedDateTime date(String text) {
        return ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME);
    }

    private static @Nullable OrcaReport report(HttpHead fields) {
        String text = fields.value(ENDPOINT_LOAD_METRICS);
        if (text != null) {
            return LoadReportReader.read(text);
        }
        String binary = fields.value(ENDPOINT_LOAD_METRICS_BIN);
        return binary == null ? null : LoadReportReader.binary(binary);
    }
}
