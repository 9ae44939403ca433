package io.weir.core.rule;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How the hosts of a cluster are checked: Envoy's {@code core.v3.HealthCheck}, and {@link Timing#freshNanos}, which is
 * Weir's. Immutable. Start from {@link #of} and change what differs.
 *
 * @param unhealthyThreshold
 *            failures in a row after which a host is out; answers that are wrong for good count at once
 * @param healthyThreshold
 *            successes in a row after which it is back; the first check of a host decides alone
 * @param reuseConnection
 *            whether the next check goes over the connection of the last one
 */
public record CheckSpec(CheckProtocol protocol, Timing timing, int unhealthyThreshold, int healthyThreshold,
        boolean reuseConnection, Handling handling, Events events, Way way) {

    /**
     * What connections of checks are beside those of requests.
     *
     * @param criteria
     *            in the place of the endpoint's own metadata, these choose the transport socket; null: they do not
     * @param alpn
     *            the protocols that are offered over TLS; empty: those of other connections
     */
    public record Way(@Nullable Map<String, Object> criteria, List<String> alpn) {
        /** As requests go. */
        public static final Way DEFAULT = new Way(null, List.of());

        public Way {
            criteria = criteria == null ? null : Map.copyOf(criteria);
            alpn = List.copyOf(alpn);
        }
    }

    /**
     * When. All in nanoseconds; intervals run from the end of a check to the beginning of the next.
     *
     * @param timeoutNanos
     *            how long a check may take, connecting included
     * @param initialJitterNanos
     *            the first check of a host is put off by up to this
     * @param intervalJitterNanos
     *            up to this is added to every interval
     * @param intervalJitterPercent
     *            up to this part of an interval is added to it
     * @param unhealthyNanos
     *            the interval while a host is out and its checks fail
     * @param unhealthyEdgeNanos
     *            the interval after a failed check while the host is still in
     * @param healthyEdgeNanos
     *            the interval after a successful check while the host is still out
     * @param noTrafficNanos
     *            the interval as long as the cluster has never had a request
     * @param noTrafficHealthyNanos
     *            the same for hosts that are in
     * @param freshNanos
     *            a check is skipped while the host is in and has answered a request so recently; 0: never
     */
    public record Timing(long timeoutNanos, long intervalNanos, long initialJitterNanos, long intervalJitterNanos,
            int intervalJitterPercent, long unhealthyNanos, long unhealthyEdgeNanos, long healthyEdgeNanos,
            long noTrafficNanos, long noTrafficHealthyNanos, long freshNanos) {
        /** Envoy's {@code no_traffic_interval}: 60 s. */
        public static final long NO_TRAFFIC_NANOS = TimeUnit.SECONDS.toNanos(60);
        private static final int PERCENT = 100;

        public Timing {
            if (timeoutNanos < 1 || intervalNanos < 1 || unhealthyNanos < 1 || unhealthyEdgeNanos < 1
                    || healthyEdgeNanos < 1 || noTrafficNanos < 1 || noTrafficHealthyNanos < 1) {
                throw new IllegalArgumentException("intervals and timeout must be positive");
            }
            if (initialJitterNanos < 0 || intervalJitterNanos < 0 || intervalJitterPercent < 0 || freshNanos < 0) {
                throw new IllegalArgumentException("jitter must not be negative");
            }
        }

        /** Every so often, whatever happens. */
        public static Timing every(long intervalNanos, long timeoutNanos) {
            return new Timing(timeoutNanos, intervalNanos, 0, 0, 0, intervalNanos, intervalNanos, intervalNanos,
                    intervalNanos, intervalNanos, 0);
        }

        /**
         * How long after a check of a cluster in use the next one of its host begins. The edge intervals are those
         * between checks of which more are needed, as Envoy has them.
         *
         * @param pending
         *            more results like this in a row put the host out, or let it back
         */
        public long afterNanos(boolean passed, boolean pending) {
            return passed
                    ? pending ? healthyEdgeNanos : intervalNanos
                    : pending ? unhealthyEdgeNanos : unhealthyNanos;
        }

        /** The same of a cluster that has never had a request. */
        public long afterWithoutTrafficNanos(boolean passed, boolean pending) {
            return passed && !pending ? noTrafficHealthyNanos : noTrafficNanos;
        }

        /** Such an interval with its jitter. */
        public long jittered(long nanos, RandomGenerator dice) {
            long part = nanos / PERCENT * Math.min(intervalJitterPercent, PERCENT * PERCENT);
            long every = intervalJitterNanos <= 0 ? 0 : dice.nextLong(intervalJitterNanos);
            return nanos + (part <= 0 ? 0 : dice.nextLong(part)) + every;
        }

        /** The same with other intervals while the cluster has no traffic. */
        public Timing withNoTraffic(long nanos, long healthyNanos) {
            return new Timing(timeoutNanos, intervalNanos, initialJitterNanos, intervalJitterNanos,
                    intervalJitterPercent, unhealthyNanos, unhealthyEdgeNanos, healthyEdgeNanos, nanos, healthyNanos,
                    freshNanos);
        }

        /** The same with other intervals at the edges and while a host is out. */
        public Timing withEdges(long unhealthy, long unhealthyEdge, long healthyEdge) {
            return new Timing(timeoutNanos, intervalNanos, initialJitterNanos, intervalJitterNanos,
                    intervalJitterPercent, unhealthy, unhealthyEdge, healthyEdge, noTrafficNanos,
                    noTrafficHealthyNanos, freshNanos);
        }

        /** The same with jitter. */
        public Timing withJitter(long initialNanos, long everyNanos, int everyPercent) {
            return new Timing(timeoutNanos, intervalNanos, initialNanos, everyNanos, everyPercent, unhealthyNanos,
                    unhealthyEdgeNanos, healthyEdgeNanos, noTrafficNanos, noTrafficHealthyNanos, freshNanos);
        }

        /** The same, skipped while traffic proves the host. */
        public Timing withFresh(long nanos) {
            return new Timing(timeoutNanos, intervalNanos, initialJitterNanos, intervalJitterNanos,
                    intervalJitterPercent, unhealthyNanos, unhealthyEdgeNanos, healthyEdgeNanos, noTrafficNanos,
                    noTrafficHealthyNanos, nanos);
        }
    }

    /**
     * What becomes of hosts.
     *
     * @param excludeUntilChecked
     *            a new host counts neither as well nor as unwell until its first check:
     *            {@code ignore_new_hosts_until_first_hc}
     * @param keepWhileHealthy
     *            a host that its source has dropped stays until a check fails: not
     *            {@code ignore_health_on_host_removal}
     */
    public record Handling(boolean excludeUntilChecked, boolean keepWhileHealthy) {
        /** Envoy's defaults. */
        public static final Handling DEFAULT = new Handling(false, true);
    }

    /**
     * What is written down.
     *
     * @param paths
     *            files that get a line of JSON for each event
     * @param everyFailure
     *            every failed check, not only those of a first check and those that put a host out
     * @param everySuccess
     *            every successful check too
     */
    public record Events(List<String> paths, boolean everyFailure, boolean everySuccess) {
        /** Changes go to Weir's own log only. */
        public static final Events DEFAULT = new Events(List.of(), false, false);

        public Events {
            paths = List.copyOf(paths);
        }
    }

    public CheckSpec {
        if (unhealthyThreshold < 1 || healthyThreshold < 1) {
            throw new IllegalArgumentException("thresholds must be at least 1: " + unhealthyThreshold + ", "
                    + healthyThreshold);
        }
    }

    /** A check with Envoy's defaults of what the API does not demand. */
    public static CheckSpec of(CheckProtocol protocol, Timing timing, int unhealthyThreshold, int healthyThreshold) {
        return new CheckSpec(protocol, timing, unhealthyThreshold, healthyThreshold, true, Handling.DEFAULT,
                Events.DEFAULT, Way.DEFAULT);
    }

    /** The same at other times. */
    public CheckSpec withTiming(Timing other) {
        return new CheckSpec(protocol, other, unhealthyThreshold, healthyThreshold, reuseConnection, handling, events,
                way);
    }

    /** The same with other consequences. */
    public CheckSpec withHandling(Handling other) {
        return new CheckSpec(protocol, timing, unhealthyThreshold, healthyThreshold, reuseConnection, other, events,
                way);
    }

    /** The same, written down elsewhere. */
    public CheckSpec withEvents(Events other) {
        return new CheckSpec(protocol, timing, unhealthyThreshold, healthyThreshold, reuseConnection, handling, other,
                way);
    }

    /** The same over other connections. */
    public CheckSpec withWay(Way other) {
        return new CheckSpec(protocol, timing, unhealthyThreshold, healthyThreshold, reuseConnection, handling, events,
                other);
    }
}
