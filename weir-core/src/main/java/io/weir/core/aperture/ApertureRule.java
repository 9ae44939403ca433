package io.weir.core.aperture;

import java.util.List;
import org.jspecify.annotations.Nullable;

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

    /** Which part of so many hosts is used; null: all, in full. */
    @Nullable
    Arc arc(int hosts, Self self);

    /** With what seed hosts are hashed to put them in order. */
    long seed(Self self);

    /** Whether all hosts are used in full, whoever asks. */
    boolean usesAll();

    /**
     * A part of the hosts in the order of their names' hashes, which is a ring: from one place on, so many hosts wide.
     * Those at its ends may get a part of their share.
     */
    record Arc(double from, double width) {
        /** How much of the host in this place of the ring is on the arc; places go on beyond the end. */
        public double part(int place) {
            double part = Math.min(place + 1, from + width) - Math.max(place, from);
            return part < Shares.NOTHING ? 0 : part > 1 - Shares.NOTHING ? 1 : part;
        }
    }

    /** Uses all hosts. */
    record All() implements ApertureRule {
        @Override
        public boolean usesAll() {
            return true;
        }

        @Override
        public long seed(Self self) {
            return 0;
        }

        @Override
        public double[] shares(List<String> names, Self self) {
            return Shares.of(names, seed(self), arc(names.size(), self));
        }

        @Override
        public @Nullable Arc arc(int hosts, Self self) {
            return null;
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
            return Shares.of(names, seed(self), arc(names.size(), self));
        }

        @Override
        public long seed(Self self) {
            return self.identity();
        }

        /** Those with the smallest hashes. */
        @Override
        public @Nullable Arc arc(int hosts, Self self) {
            return hosts <= size ? null : new Arc(0, size);
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
        public long seed(Self self) {
            return 0;
        }

        @Override
        public double[] shares(List<String> names, Self self) {
            return Shares.of(names, seed(self), arc(names.size(), self));
        }

        @Override
        public @Nullable Arc arc(int hosts, Self self) {
            int index = peerCount > 0 ? peerIndex : self.peerIndex();
            int count = peerCount > 0 ? peerCount : self.peerCount();
            if (count == 0 || hosts <= hostsMin) {
                return null;
            }
            // so many arcs of proxies, each 1 / count of the ring, are as wide as hostsMin hosts, each 1 / hosts of it
            long arcs = ((long) hostsMin * count + hosts - 1) / hosts;
            return arcs >= count ? null : new Arc((double) index / count * hosts, (double) arcs / count * hosts);
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
