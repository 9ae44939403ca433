package io.weir.core.follow;

import io.weir.core.aperture.Shares;
import io.weir.core.hash.XxHash64;
import io.weir.core.model.Host;
import java.util.List;

/**
 * Hosts in the order of their names' hashes, which whoever knows the same hosts has too. A host that comes or goes
 * leaves the order of the others as it is. Immutable.
 */
final class HostRing {
    private final long seed;
    private final long[] hashes;
    private final Host[] hosts;

    private HostRing(long seed, long[] hashes, Host[] hosts) {
        this.seed = seed;
        this.hashes = hashes;
        this.hosts = hosts;
    }

    /** That of these hosts. */
    static HostRing of(List<Host> hosts, long seed) {
        int[] order = Shares.order(hosts.stream().map(Host::addressText).toList(), seed);
        long[] hashes = new long[order.length];
        Host[] sorted = new Host[order.length];
        for (int i = 0; i < order.length; i++) {
            sorted[i] = hosts.get(order[i]);
            hashes[i] = XxHash64.of(sorted[i].addressText(), seed);
        }
        return new HostRing(seed, hashes, sorted);
    }

    int size() {
        return hosts.length;
    }

    /** The host in this place; places go on beyond the end. */
    Host at(int place) {
        return hosts[place % hosts.length];
    }

    private boolean has(Host host) {
        int at = place(host);
        return at < hosts.length && hosts[at].equals(host);
    }

    /** The ring without this host; itself where it has no such. */
    HostRing without(Host host) {
        if (!has(host)) {
            return this;
        }
        int at = place(host);
        long[] fewer = new long[hashes.length - 1];
        Host[] others = new Host[fewer.length];
        System.arraycopy(hashes, 0, fewer, 0, at);
        System.arraycopy(hosts, 0, others, 0, at);
        System.arraycopy(hashes, at + 1, fewer, at, fewer.length - at);
        System.arraycopy(hosts, at + 1, others, at, fewer.length - at);
        return new HostRing(seed, fewer, others);
    }

    /** The ring with this host; itself where it has it. */
    HostRing with(Host host) {
        if (has(host)) {
            return this;
        }
        int at = place(host);
        long[] more = new long[hashes.length + 1];
        Host[] others = new Host[more.length];
        System.arraycopy(hashes, 0, more, 0, at);
        System.arraycopy(hosts, 0, others, 0, at);
        more[at] = XxHash64.of(host.addressText(), seed);
        others[at] = host;
        System.arraycopy(hashes, at, more, at + 1, hashes.length - at);
        System.arraycopy(hosts, at, others, at + 1, hashes.length - at);
        return new HostRing(seed, more, others);
    }

    /** Where a host of this name stands, or would. */
    private int place(Host host) {
        String name = host.addressText();
        long hash = XxHash64.of(name, seed);
        int low = 0;
        int high = hashes.length;
        while (low < high) {
            int middle = low + high >>> 1;
            if (Shares.compare(hashes[middle], hosts[middle].addressText(), hash, name) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
