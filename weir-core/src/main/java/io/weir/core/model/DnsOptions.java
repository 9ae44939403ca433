package io.weir.core.model;

import java.util.concurrent.TimeUnit;

/**
 * How names are resolved.
 *
 * @param refreshNanos
 *            time between two resolutions
 * @param failureRefreshNanos
 *            time to the next resolution after a failed one
 * @param jitterNanos
 *            up to this much is added to each wait
 * @param respectTtl
 *            wait for the time to live of the answer instead
 */
public record DnsOptions(long refreshNanos, long failureRefreshNanos, long jitterNanos, boolean respectTtl,
        LookupFamily family) {
    /** Envoy's defaults: every 5 s, IPv6 first. */
    public static final DnsOptions DEFAULT = new DnsOptions(TimeUnit.SECONDS.toNanos(5), TimeUnit.SECONDS.toNanos(5), 0,
            false, LookupFamily.AUTO);
}
