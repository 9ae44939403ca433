package io.weir.core.aperture;

import java.util.List;

/**
 * How much of its fair share each host of a priority gets from this proxy, so that many proxies before many hosts do
 * not all connect to all. A closed set; immutable, any thread.
 */
public sealed interface ApertureRule {
    /** All hosts, as usual. */
    ApertureRule ALL = new All();

    /**
     * One share for each name: 1 for a host that is used in full, 0 for one that is not used.
     *
     * @param names
     *            of the hosts, the same for all proxies; in any order
     * @param self
     *            who asks
     */
    double[] shares(List<String> names, Self self);

    /** Whether all hosts are used in full, whoever asks. */
    boolean usesAll();

    /** Uses all hosts. */
    record All() implements ApertureRule {
        @Override
        public boolean usesAll() {
            return true;
        }

        @Override
        public double[] shares(List<String> names, Self self) {
            return Shares.all(names.size());
        }
    }

    /**
     * So many hosts, by rendezvous hashing: a host that comes or goes changes at most one of them (gRFC A68,
     * "random_subsetting"; Thaler and Ravishankar 1998). Which hosts, the proxy's own identity decides, so that hosts
     * are used about evenly by many proxies.
     *
     * @param size
     *            how many; at least 1
     */
    record RandomSubset(int size) implements ApertureRule {
        public RandomSubset {
            if (size < 1) {
                throw new IllegalArgumentException("a subset has a host at least: " + size);
            }
        }

        @Override
        public boolean usesAll() {
            return false;
        }

        @Override
        public double[] shares(List<String> names, Self self) {
            return Shares.rendezvous(names, size, self.identity());
        }
    }

    /**
     * The hosts on an arc of a ring that proxies and hosts divide evenly (Twitter, "Deterministic Aperture", 2019;
     * Finagle's {@code DeterministicAperture}): every proxy's arc is as wide as so many whole arcs of proxies as cover
     * the least number of hosts, so that every host is in as many arcs as any other, and gets the same of the traffic.
     * Hosts at the ends of an arc get a part of their share. A proxy that does not know its place uses all hosts.
     *
     * @param hostsMin
     *            at least so many hosts; at least 1
     * @param peerIndex
     *            which of the proxies this is, from 0 on; -1: as {@link Self} says
     * @param peerCount
     *            how many proxies there are; 0: as {@link Self} says
     */
    record Deterministic(int hostsMin, int peerIndex, int peerCount) implements ApertureRule {
        /** Finagle's least aperture. */
        public static final int HOSTS_MIN_DEFAULT = 12;

        public Deterministic {
            if (hostsMin < 1 || peerCount < 0 || peerCount > 0 && (peerIndex < 0 || peerIndex >= peerCount)) {
                throw new IllegalArgumentException("no aperture: at least " + hostsMin + " hosts, proxy " + peerIndex
                        + " of " + peerCount);
            }
        }

        @Override
        public boolean usesAll() {
            return false;
        }

        @Override
        public double[] shares(List<String> names, Self self) {
            int index = peerCount > 0 ? peerIndex : self.peerIndex();
            int count = peerCount > 0 ? peerCount : self.peerCount();
            return count == 0 ? Shares.all(names.size()) : Shares.arc(names, hostsMin, index, count);
        }
    }

    /**
     * Who a proxy is among its like.
     *
     * @param identity
     *            a number of its own; the same after a restart, if it can be
     * @param peerIndex
     *            which of them it is, from 0 on
     * @param peerCount
     *            how many there are; 0: not known
     */
    record Self(long identity, int peerIndex, int peerCount) {
        /** Nothing is known. */
        public static final Self UNKNOWN = new Self(0, 0, 0);

        public Self {
            if (peerCount < 0 || peerCount > 0 && (peerIndex < 0 || peerIndex >= peerCount)) {
                throw new IllegalArgumentException("no place among proxies: " + peerIndex + " of " + peerCount);
            }
        }
    }
}
