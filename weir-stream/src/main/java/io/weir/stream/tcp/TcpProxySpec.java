package io.weir.stream.tcp;

import io.weir.core.hash.HashKeys;
import io.weir.core.model.AccessLogSpec;
import io.weir.core.model.Criteria;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a TCP proxy is told to do. Immutable; any thread.
 *
 * @param statPrefix
 *            its numbers are under {@code tcp.<statPrefix>.}
 * @param targets
 *            where connections go, at least one
 * @param idle
 *            how long a connection may be still before it and its host's are closed
 * @param tries
 *            how often hosts are tried before the client is turned away
 * @param connectionDurationMaxNanos
 *            life of a client's connection; 0 for no end
 * @param hashKeys
 *            what of a connection is hashed, where the cluster's policy goes by hashes
 * @param clustersByName
 *            whether a connection whose TLS asks for a name goes to the cluster of that name, whatever the targets
 * @param durationJitterPercent
 *            by how much a life may be longer, by dice: so that connections that came together do not end together
 * @param logTimes
 *            when the access log hears of a connection before its end
 * @param tunneling
 *            what hosts that are proxies are asked for; null: they take the bytes themselves
 */
public record TcpProxySpec(String statPrefix, List<Target> targets, Idle idle, Tries tries,
        long connectionDurationMaxNanos, List<AccessLogSpec> accessLogs, HashKeys hashKeys, boolean clustersByName,
        double durationJitterPercent, LogTimes logTimes, @Nullable TunnelingSpec tunneling) {
    /** Envoy's default: one hour. */
    public static final long IDLE_TIMEOUT_NANOS = TimeUnit.HOURS.toNanos(1);

    /**
     * A cluster and its share.
     *
     * @param weight
     *            share of the connections, in proportion to the sum of all weights; at least 1
     * @param criteria
     *            what is asked of a host's metadata; null: nothing
     */
    public record Target(String cluster, long weight, @Nullable Criteria criteria) {
        public Target {
            if (weight < 1) {
                throw new IllegalArgumentException("weight must be at least 1: " + weight);
            }
        }

        /** A cluster of which any host will do. */
        public Target(String cluster, long weight) {
            this(cluster, weight, null);
        }
    }

    public TcpProxySpec {
        targets = List.copyOf(targets);
        accessLogs = List.copyOf(accessLogs);
        if (targets.isEmpty() || connectionDurationMaxNanos < 0) {
            throw new IllegalArgumentException("not a TCP proxy: " + targets);
        }
    }

    /** Everything to one cluster, with all defaults. */
    public static TcpProxySpec of(String statPrefix, String cluster) {
        return new TcpProxySpec(statPrefix, List.of(new Target(cluster, 1)), new Idle(IDLE_TIMEOUT_NANOS, 0, 0),
                Tries.ONCE, 0, List.of(), HashKeys.NONE, false, 0, LogTimes.END, null);
    }

    /** The same to other clusters. */
    public TcpProxySpec withTargets(List<Target> other) {
        return new TcpProxySpec(statPrefix, other, idle, tries, connectionDurationMaxNanos,
                accessLogs, hashKeys, clustersByName, durationJitterPercent, logTimes, tunneling);
    }

    /** The same with other idle timeouts. */
    public TcpProxySpec withIdle(Idle other) {
        return new TcpProxySpec(statPrefix, targets, other, tries, connectionDurationMaxNanos,
                accessLogs, hashKeys, clustersByName, durationJitterPercent, logTimes, tunneling);
    }

    /** The same with other attempts. */
    public TcpProxySpec withTries(Tries other) {
        return new TcpProxySpec(statPrefix, targets, idle, other, connectionDurationMaxNanos, accessLogs,
                hashKeys, clustersByName, durationJitterPercent, logTimes, tunneling);
    }

    /** The same with another longest life. */
    public TcpProxySpec withConnectionDurationMaxNanos(long other) {
        return new TcpProxySpec(statPrefix, targets, idle, tries, other, accessLogs, hashKeys,
                clustersByName, durationJitterPercent, logTimes, tunneling);
    }

    /** The same with other keys of a connection's hash. */
    public TcpProxySpec withHashKeys(HashKeys other) {
        return new TcpProxySpec(statPrefix, targets, idle, tries, connectionDurationMaxNanos,
                accessLogs, other, clustersByName, durationJitterPercent, logTimes, tunneling);
    }

    /** The same by names of clients' TLS. */
    public TcpProxySpec withClustersByName() {
        return new TcpProxySpec(statPrefix, targets, idle, tries, connectionDurationMaxNanos,
                accessLogs, hashKeys, true, durationJitterPercent, logTimes, tunneling);
    }

    /** The same with lives that differ. */
    public TcpProxySpec withDurationJitterPercent(double other) {
        return new TcpProxySpec(statPrefix, targets, idle, tries, connectionDurationMaxNanos,
                accessLogs, hashKeys, clustersByName, other, logTimes, tunneling);
    }

    /** The same with other times of the access log. */
    public TcpProxySpec withLogTimes(LogTimes other) {
        return new TcpProxySpec(statPrefix, targets, idle, tries, connectionDurationMaxNanos,
                accessLogs, hashKeys, clustersByName, durationJitterPercent, other, tunneling);
    }

    /** The same through proxies. */
    public TcpProxySpec withTunneling(TunnelingSpec other) {
        return new TcpProxySpec(statPrefix, targets, idle, tries, connectionDurationMaxNanos,
                accessLogs, hashKeys, clustersByName, durationJitterPercent, logTimes, other);
    }
}
