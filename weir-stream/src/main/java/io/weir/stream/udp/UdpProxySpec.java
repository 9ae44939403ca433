package io.weir.stream.udp;

import io.weir.core.model.AccessLogSpec;
import io.weir.xds.spec.DatagramFilter;
import io.weir.xds.spec.DatagramSpec;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a UDP proxy is told to do. Immutable; any thread.
 *
 * @param statPrefix
 *            its numbers are under {@code udp.<statPrefix>.}
 * @param cluster
 *            where datagrams go
 * @param idleTimeoutNanos
 *            time without a datagram in either direction after which a session ends; above 0
 * @param perDatagram
 *            whether a host is chosen for each datagram, not for each client
 * @param hashKeys
 *            what of a client is hashed, where the cluster's policy goes by hashes
 * @param hostDatagramBytesMax
 *            longer datagrams of hosts are dropped
 * @param asClient
 *            whether hosts see datagrams come from the client's IP address
 */
public record UdpProxySpec(String statPrefix, String cluster, long idleTimeoutNanos, boolean perDatagram,
        List<HashKey> hashKeys, int hostDatagramBytesMax, List<AccessLogSpec> accessLogs, boolean asClient)
        implements
            DatagramFilter {
    /** Envoy's default: one minute. */
    public static final long IDLE_TIMEOUT_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** One thing that is hashed. */
    public sealed interface HashKey {
        /** The client's IP address, without its port. */
        record SourceIp() implements HashKey {
        }

        /** The same for every client. */
        record Constant(String key) implements HashKey {
        }
    }

    public UdpProxySpec {
        hashKeys = List.copyOf(hashKeys);
        accessLogs = List.copyOf(accessLogs);
        if (idleTimeoutNanos <= 0 || hostDatagramBytesMax < 1) {
            throw new IllegalArgumentException("not a UDP proxy: " + idleTimeoutNanos + " ns");
        }
    }

    /** Everything to one cluster, with all defaults. */
    public static UdpProxySpec of(String statPrefix, String cluster) {
        return new UdpProxySpec(statPrefix, cluster, IDLE_TIMEOUT_NANOS, false, List.of(),
                DatagramSpec.DATAGRAM_BYTES_DEFAULT, List.of(), false);
    }

    /** The same with another idle timeout. */
    public UdpProxySpec withIdleTimeoutNanos(long other) {
        return new UdpProxySpec(statPrefix, cluster, other, perDatagram, hashKeys, hostDatagramBytesMax, accessLogs,
                asClient);
    }

    /** The same with a choice for each datagram. */
    public UdpProxySpec withPerDatagram() {
        return new UdpProxySpec(statPrefix, cluster, idleTimeoutNanos, true, hashKeys, hostDatagramBytesMax,
                accessLogs, asClient);
    }

    /** The same as seen from hosts: from the client's address. */
    public UdpProxySpec withAsClient() {
        return new UdpProxySpec(statPrefix, cluster, idleTimeoutNanos, perDatagram, hashKeys, hostDatagramBytesMax,
                accessLogs, true);
    }
}
