package io.weir.xds.spec;

import java.util.List;

/**
 * What a listener finds out of a connection before it chooses its filter chain. Immutable.
 *
 * @param filters
 *            in their order
 * @param timeoutNanos
 *            how long that may take; 0: as long as it takes
 * @param continues
 *            whether a connection then goes on with what is known; otherwise it is closed
 */
public record FirstLook(List<ListenerFilterUse> filters, long timeoutNanos, boolean continues) {
    /** Envoy's default of {@code listener_filters_timeout}: 15 s. */
    public static final long TIMEOUT_NANOS = 15_000_000_000L;
    /** Nothing. */
    public static final FirstLook NONE = new FirstLook(List.of(), TIMEOUT_NANOS, false);

    public FirstLook {
        filters = List.copyOf(filters);
    }

    /** Whether a look may tell that a connection was going elsewhere: the PROXY protocol does. */
    public boolean tellsDestinations() {
        for (ListenerFilterUse each : filters) {
            if (each.filter() instanceof ListenerFilterSpec.ProxyProtocol) {
                return true;
            }
        }
        return false;
    }
}
