package io.weir.core.model;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * Hosts in an order that does not change. What differs from a list of the JDK: two that share most of their hosts are
 * compared and made from each other without a look at any host, which is what takes time where there are a hundred
 * thousand. Immutable; any thread.
 */
public final class HostList extends AbstractList<Host> implements RandomAccess {
    private static final HostList EMPTY = new HostList(new Host[0]);

    private final Host[] hosts;

    private HostList(Host[] hosts) {
        this.hosts = hosts;
    }

    /** These hosts; the same object where they are such a list already. */
    public static HostList copyOf(Collection<Host> hosts) {
        return hosts instanceof HostList already ? already : of(hosts.toArray(Host[]::new));
    }

    /** These hosts; the array is the list's from now on. */
    public static HostList of(Host[] hosts) {
        return hosts.length == 0 ? EMPTY : new HostList(hosts);
    }

    @Override
    public Host get(int index) {
        return hosts[index];
    }

    @Override
    public int size() {
        return hosts.length;
    }

    /** The hosts themselves, not to be changed. */
    public Host[] array() {
        return hosts;
    }

    @Override
    public Host[] toArray() {
        return hosts.clone();
    }

    /**
     * What of this list is in the other, in the other's order: this list as it is after some hosts have changed.
     *
     * @param whole
     *            the hosts that there are now; those of this list that have not changed are in it, in the same order
     * @param touched
     *            those that have changed, gone or come: few
     * @param in
     *            where in {@code whole} those of them stand that are in the list now, in rising order
     */
    HostList after(HostList whole, List<Host> touched, int[] in) {
        if (in.length == 0 && touched.stream().noneMatch(this::contains)) {
            return this;
        }
        @Nullable
        Host[] before = without(touched);
        Host[] now = whole.hosts;
        Host[] next = new Host[Math.min(now.length, hosts.length + in.length)];
        int count = 0;
        int at = 0;
        int due = 0;
        for (int i = 0; i < now.length && (at < before.length || due < in.length);) {
            int run = run(now, i, before, at);
            System.arraycopy(now, i, next, count, run);
            i += run;
            at += run;
            count += run;
            if (at < before.length && before[at] == null) {
                at++;
            } else if (i < now.length) {
                if (due < in.length && in[due] == i) {
                    next[count++] = now[i];
                    due++;
                }
                i++;
            }
        }
        return count == now.length ? whole : of(count == next.length ? next : Arrays.copyOf(next, count));
    }

    /** These hosts, but null in the place of some. */
    public @Nullable Host[] without(List<Host> some) {
        @Nullable
        Host[] left = hosts.clone();
        for (Host one : some) {
            int at = indexOf(one);
            if (at >= 0) {
                left[at] = null;
            }
        }
        return left;
    }

    /** For how long two arrays have the same hosts from there on. */
    public static int run(Host[] one, int from, @Nullable Host[] other, int otherFrom) {
        int length = Math.min(one.length - from, other.length - otherFrom);
        int run = 0;
        while (run < length && one[from + run] == other[otherFrom + run]) {
            run++;
        }
        return run;
    }

    @Override
    public boolean contains(Object host) {
        return indexOf(host) >= 0;
    }

    @Override
    public int indexOf(Object host) {
        for (int i = 0; i < hosts.length; i++) {
            if (hosts[i] == host) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public boolean equals(Object other) {
        return other == this
                || (other instanceof HostList list
                        ? hosts.length == list.hosts.length && run(hosts, 0, list.hosts, 0) == hosts.length
                        : super.equals(other));
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(hosts);
    }
}
