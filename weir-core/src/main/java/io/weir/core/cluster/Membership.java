package io.weir.core.cluster;

import io.weir.core.model.Endpoint;
import io.weir.core.model.Host;
import io.weir.core.model.HostList;
import io.weir.core.model.HostSet;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who is a member of a cluster: hosts keep their identity by their address from one announcement to the next. A source
 * that announces what has not changed as the same objects, but for a few, is followed without a look at any host.
 * Conductor.
 */
final class Membership {
    /** More differences than these, and all is looked at. */
    private static final int TOUCHED_MAX = 16;

    private Map<SocketAddress, Host> byAddress = new HashMap<>();
    /** What was announced of each host, in the order of the hosts. */
    private Object[] announced = {};
    private HostList hosts = HostSet.EMPTY.all();
    private List<Host> kept = List.of();

    /**
     * What an announcement came to.
     *
     * @param touched
     *            the hosts that came, went or are told of otherwise; null: all have been looked at
     * @param members
     *            some came or went
     * @param renamed
     *            one has another name or other metadata
     */
    record Change(@Nullable List<Host> touched, boolean members, boolean renamed) {
    }

    /** A host and what it is told to be from now on; null: nothing, it is gone. */
    private record Touch(Host host, @Nullable Endpoint endpoint) {
    }

    /** In the order announced. */
    HostList hosts() {
        return hosts;
    }

    /** Those of them that were not announced, but are kept. */
    List<Host> kept() {
        return kept;
    }

    /** Whether this is one of them: one look-up. */
    boolean has(Host host) {
        return host.equals(byAddress.get(host.address()));
    }

    /** These are hosts no more, whatever was announced. */
    void drop(List<Host> some) {
        Set<Host> gone = new HashSet<>(some);
        replace(hosts.stream().filter(host -> !gone.contains(host)).toList());
    }

    /** The hosts are these, whatever was announced. */
    void replace(Collection<Host> others) {
        byAddress = HashMap.newHashMap(others.size());
        others.forEach(host -> byAddress.put(host.address(), host));
        hosts = HostList.copyOf(others);
        announced = others.stream().map(Host::endpoint).toArray();
        kept = kept.stream().filter(this::has).toList();
    }

    /**
     * Of endpoints with the same address the first stands, as in Envoy.
     *
     * @param keeps
     *            a host that is not announced any more, and stays
     */
    Change announce(List<Endpoint> now, Predicate<Host> keeps) {
        // an array of endpoints would look at each, to see that it is one
        Change few = kept.isEmpty() ? compared(now.toArray(), keeps) : null;
        return few != null ? few : anew(now, keeps);
    }

    private Change anew(List<Endpoint> endpoints, Predicate<Host> keeps) {
        Map<SocketAddress, Host> next = HashMap.newHashMap(endpoints.size());
        List<Host> order = new ArrayList<>(endpoints.size());
        List<Endpoint> told = new ArrayList<>(endpoints.size());
        boolean renamed = false;
        for (Endpoint endpoint : endpoints) {
            if (next.containsKey(endpoint.address())) {
                continue;
            }
            Host known = byAddress.get(endpoint.address());
            if (known == null) {
                known = new Host(endpoint);
            } else {
                renamed |= renames(known.endpoint(), endpoint);
                known.endpoint(endpoint);
            }
            next.put(endpoint.address(), known);
            order.add(known);
            told.add(endpoint);
        }
        List<Host> stay = new ArrayList<>();
        for (Host host : hosts) {
            if (!next.containsKey(host.address()) && keeps.test(host)) {
                next.put(host.address(), host);
                order.add(host);
                told.add(host.endpoint());
                stay.add(host);
            }
        }
        kept = stay;
        boolean members = !next.keySet().equals(byAddress.keySet());
        byAddress = next;
        announced = told.toArray();
        hosts = HostList.copyOf(order);
        return new Change(null, members, renamed);
    }

    private static boolean renames(Endpoint before, Endpoint after) {
        return !before.hostname().equals(after.hostname()) || !before.metadata().equals(after.metadata());
    }

    /**
     * Goes through both announcements together: where they differ, either one was put in or left out there, or one
     * stands in another's place. Null where there are too many differences, or one that is none of these.
     */
    private @Nullable Change compared(Object[] next, Predicate<Host> keeps) {
        Host[] before = hosts.array();
        Host[] order = new Host[next.length];
        List<Touch> touches = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < next.length || j < announced.length) {
            int run = run(next, i, announced, j);
            System.arraycopy(before, j, order, i, run);
            i += run;
            j += run;
            boolean here = i < next.length;
            boolean there = j < announced.length;
            if (touches.size() >= TOUCHED_MAX && (here || there)) {
                return null;
            }
            if (here && (!there || follows(next, i, announced[j]))) {
                order[i] = come(next[i++], touches);
            } else if (there && (!here || follows(announced, j, next[i]))) {
                touches.add(new Touch(before[j++], null));
            } else if (here && address(next[i]).equals(address(announced[j]))) {
                order[i] = before[j++];
                touches.add(new Touch(order[i], (Endpoint) next[i++]));
            } else if (here) {
                touches.add(new Touch(before[j++], null));
                order[i] = come(next[i++], touches);
            }
        }
        return taken(next, order, touches, keeps);
    }

    private static Host come(Object endpoint, List<Touch> touches) {
        Host host = new Host((Endpoint) endpoint);
        touches.add(new Touch(host, (Endpoint) endpoint));
        return host;
    }

    private static SocketAddress address(Object endpoint) {
        return ((Endpoint) endpoint).address();
    }

    /** For how long both have equal endpoints from there on; the same objects are equal without a look at them. */
    private static int run(Object[] one, int from, Object[] other, int otherFrom) {
        int length = Math.min(one.length - from, other.length - otherFrom);
        int differs = Arrays.mismatch(one, from, from + length, other, otherFrom, otherFrom + length);
        return differs < 0 ? length : differs;
    }

    private static boolean follows(Object[] endpoints, int at, Object next) {
        return at + 1 < endpoints.length && endpoints[at + 1].equals(next);
    }

    private @Nullable Change taken(Object[] next, Host[] order, List<Touch> touches, Predicate<Host> keeps) {
        Set<SocketAddress> fresh = new HashSet<>();
        for (Touch touch : touches) {
            SocketAddress address = touch.host.address();
            Host known = byAddress.get(address);
            // an address that is there already: it has moved, or is told twice
            if (!fresh.add(address) || (known != null && known != touch.host)
                    || (touch.endpoint == null && keeps.test(touch.host))) {
                return null;
            }
        }
        boolean members = false;
        boolean renamed = false;
        for (Touch touch : touches) {
            Host host = touch.host;
            if (touch.endpoint == null) {
                byAddress.remove(host.address());
                members = true;
            } else if (byAddress.putIfAbsent(host.address(), host) == null) {
                members = true;
            } else {
                renamed |= renames(host.endpoint(), touch.endpoint);
                host.endpoint(touch.endpoint);
            }
        }
        announced = next;
        hosts = touches.isEmpty() ? hosts : HostList.of(order);
        return new Change(touches.stream().map(Touch::host).toList(), members, renamed);
    }
}
