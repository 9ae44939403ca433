package io.weir.app.boot;

import io.weir.app.admin.Addresses;
import io.weir.app.admin.Administered.ListenerLine;
import io.weir.app.admin.Administered.Which;
import io.weir.core.cluster.Clusters;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Stats;
import io.weir.net.transport.DatagramListener;
import io.weir.net.transport.ListenFailure;
import io.weir.net.transport.ListenOptions;
import io.weir.net.transport.Workers;
import io.weir.observe.log.AccessLog;
import io.weir.stream.tcp.TcpProxy;
import io.weir.stream.udp.UdpProxy;
import io.weir.stream.udp.UdpProxySpec;
import io.weir.xds.spec.DatagramSpec;
import io.weir.xds.spec.ListenerSpec;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listeners that take datagrams. Changed by the conductor in two steps, as they come and go with those that take
 * connections: all of them or none; read by any thread.
 */
final class DatagramListeners {
    private static final Logger LOG = LoggerFactory.getLogger(DatagramListeners.class);

    private final Workers workers;
    private final Stats stats;
    private final Clusters clusters;
    private final Services services;
    private volatile List<Open> open = List.of();
    /** Names of those that take no more datagrams, whatever changes, until they are wanted no more. */
    private Set<String> closed = Set.of();
    private boolean begun;
    private boolean halted;
    private volatile boolean handed;

    /** One of them, on all its addresses. */
    private record Open(ListenerSpec spec, UdpProxy proxy, List<DatagramListener> sockets) {
        Open {
            sockets = List.copyOf(sockets);
        }

        /** Its sockets that this one, which takes its place, does not have. */
        List<DatagramListener> without(ListenerSpec next) {
            List<DatagramListener> gone = new ArrayList<>(sockets);
            for (SocketAddress address : next.addresses()) {
                gone.stream().filter(each -> each.standsAt(address, next.ipv4Compatible())).findFirst()
                        .ifPresent(gone::remove);
            }
            return gone;
        }

        /** Whether a socket of those before, which goes on here, is set up otherwise than it is to be. */
        boolean keepsOf(List<DatagramListener> before) {
            for (int i = 0; i < sockets.size(); i++) {
                if (before.contains(sockets.get(i)) && !sockets.get(i).rules().equals(spec.sockets(i))) {
                    return true;
                }
            }
            return false;
        }

        boolean among(Which which) {
            return which.has(spec.name(), spec.drain().inbound());
        }

        void taking(boolean on) {
            sockets.forEach(socket -> socket.taking(on));
        }

        void close() {
            sockets.forEach(DatagramListener::close);
        }
    }

    /** What one that stays is to do, with the log that was opened for it. */
    private record Successor(Open next, UdpProxySpec proxy, AccessLog log, List<DatagramListener> gone) {
    }

    /** What is to be done, of which new sockets are open already. */
    static final class Prepared {
        private final List<Open> next = new ArrayList<>();
        private final List<Open> bound = new ArrayList<>();
        /** New sockets of those that were there. */
        private final List<DatagramListener> added = new ArrayList<>();
        private final Map<Open, Successor> swapped = new LinkedHashMap<>();
        private List<Open> gone = List.of();
        private Set<String> closed = Set.of();
    }

    DatagramListeners(Workers workers, Stats stats, Clusters clusters, Services services) {
        this.workers = workers;
        this.stats = stats;
        this.clusters = clusters;
        this.services = services;
    }

    /**
     * Binds what is new. To be followed by {@link #commit} or {@link #undo}.
     *
     * @param unchanged
     *            names of listeners that are as before
     * @param refusals
     *            gets what cannot be opened
     */
    Prepared prepare(List<ListenerSpec> specs, Set<String> unchanged, List<Listeners.Refusal> refusals) {
        Prepared prepared = new Prepared();
        prepared.closed = specs.stream().filter(spec -> spec.datagrams() != null).map(ListenerSpec::name)
                .filter(closed::contains).collect(Collectors.toSet());
        List<Open> old = new ArrayList<>(open);
        Map<String, Open> presents = presents(old,
                specs.stream().filter(spec -> !prepared.closed.contains(spec.name())).toList());
        List<DatagramListener> leaving = new ArrayList<>();
        old.forEach(each -> leaving.addAll(each.sockets));
        for (ListenerSpec spec : specs) {
            Open present = presents.get(spec.name());
            leaving.addAll(present == null ? List.of() : present.without(spec));
        }
        for (int i = 0; i < specs.size(); i++) {
            ListenerSpec spec = specs.get(i);
            DatagramSpec datagrams = spec.datagrams();
            if (datagrams == null || prepared.closed.contains(spec.name())) {
                continue;
            }
            try {
                if (!(datagrams.filter() instanceof UdpProxySpec proxy)) {
                    throw new Services.Unserved("listener_filters[0].typed_config", spec.name(),
                            "this filter does not take datagrams", "use envoy.filters.udp_listener.udp_proxy");
                }
                prepare(prepared, spec, proxy, presents.get(spec.name()), unchanged, leaving);
            } catch (ListenFailure e) {
                refusals.add(new Listeners.Refusal(i, "address", Addresses.text(e.address()),
                        String.valueOf(e.getMessage()), e.reason().cure()));
            } catch (Services.Unserved e) {
                refusals.add(new Listeners.Refusal(i, e.path(), e.value(), String.valueOf(e.getMessage()), e.cure()));
            }
        }
        prepared.gone = old;
        return prepared;
    }

    private void prepare(Prepared prepared, ListenerSpec spec, UdpProxySpec proxy, @Nullable Open present,
            Set<String> unchanged, List<DatagramListener> leaving) throws ListenFailure, Services.Unserved {
        if (present != null && unchanged.contains(spec.name()) && present.spec.name().equals(spec.name())) {
            prepared.next.add(present);
            return;
        }
        AccessLog log = services.log(proxy.accessLogs(), "listener_filters[0].typed_config.access_log");
        try {
            if (present != null) {
                List<DatagramListener> sockets = sockets(spec, present.proxy, present.sockets, leaving, prepared.added);
                Open next = new Open(spec, present.proxy, sockets);
                prepared.swapped.put(present, new Successor(next, proxy, log, present.without(spec)));
                prepared.next.add(next);
                return;
            }
            Counter dropped = stats.root().child("listener").tagged("envoy.listener_address", spec.statPrefix())
                    .child("udp").counter("downstream_rx_datagram_dropped");
            UdpProxy serving = new UdpProxy(proxy, bytesMax(spec), clusters, stats, dropped, log);
            Open opened = new Open(spec, serving, sockets(spec, serving, List.of(), leaving, new ArrayList<>()));
            prepared.bound.add(opened);
            prepared.next.add(opened);
        } catch (ListenFailure e) {
            log.close();
            throw e;
        }
    }

    /** Those that are there, and for other addresses new ones, which are added to the second list too; or none. */
    private List<DatagramListener> sockets(ListenerSpec spec, UdpProxy serving, List<DatagramListener> there,
            List<DatagramListener> leaving, List<DatagramListener> added) throws ListenFailure {
        List<DatagramListener> all = new ArrayList<>();
        List<DatagramListener> left = new ArrayList<>(there);
        List<DatagramListener> own = new ArrayList<>();
        try {
            for (int i = 0; i < spec.addresses().size(); i++) {
                SocketAddress address = spec.addresses().get(i);
                DatagramListener socket = left.stream()
                        .filter(each -> each.standsAt(address, spec.ipv4Compatible())).findFirst().orElse(null);
                if (socket == null) {
                    ListenOptions options = ListenOptions.of(address, TcpProxy.SETTINGS)
                            .withReusePort(spec.reusePort()).withIpv4Compatible(spec.ipv4Compatible())
                            .withRules(spec.sockets(i));
                    socket = DatagramListener.prepare(workers, options, bytesMax(spec), serving::handler, leaving);
                    own.add(socket);
                }
                left.remove(socket);
                all.add(socket);
            }
        } catch (ListenFailure e) {
            own.forEach(DatagramListener::close);
            throw e;
        }
        added.addAll(own);
        return all;
    }

    /** It is so from now on. Sessions stay where their listener does. */
    void commit(Prepared prepared) {
        prepared.swapped.forEach((present, successor) -> {
            if (successor.next.keepsOf(present.sockets)) {
                LOG.warn("listener {} keeps its sockets as they are: what they are set to changes with the next"
                        + " upgrade or start", successor.next.spec.name());
            }
            int bytesMax = bytesMax(successor.next.spec);
            if (bytesMax < present.proxy.datagramBytesMax()) { // no datagram is taken for whole that was cut
                present.proxy.resize(bytesMax);
                present.sockets.forEach(socket -> socket.resize(bytesMax));
            } else if (bytesMax > present.proxy.datagramBytesMax()) {
                present.sockets.forEach(socket -> socket.resize(bytesMax));
                present.proxy.resize(bytesMax);
            }
            present.proxy.change(successor.proxy, stats, successor.log, workers);
        });
        open = List.copyOf(prepared.next);
        closed = prepared.closed;
        take();
        prepared.swapped.values().forEach(successor -> successor.gone.forEach(DatagramListener::close));
        prepared.gone.forEach(this::close);
    }

    /** Datagrams are taken from now on. */
    void begin() {
        begun = true;
        take();
    }

    /**
     * Another process takes datagrams by the same sockets: they are taken there from now on. Sessions here go on for as
     * long as hosts have something to say, since an answer that is under way comes here and nowhere else.
     */
    void handedOver() {
        begun = false;
        handed = true;
        open.forEach(each -> each.sockets.forEach(DatagramListener::leave));
    }

    /** Sessions that are waited for: those of before a handover. Any thread. */
    long sessionsLeft() {
        return handed ? open.stream().mapToLong(each -> each.proxy.sessions()).sum() : 0;
    }

    /** Whether datagrams are left where they wait, as resources are short; listeners may be exempt from that. */
    void halted(boolean on) {
        halted = on;
        take();
    }

    private void take() {
        open.forEach(each -> each.taking(begun && !(halted && each.spec.overload().managed())));
    }

    /** All is as before. */
    void undo(Prepared prepared) {
        prepared.bound.forEach(this::close);
        prepared.added.forEach(DatagramListener::close);
        prepared.swapped.values().forEach(successor -> successor.log.close());
    }

    private void close(Open listener) {
        listener.close();
        listener.proxy.close(workers);
    }

    /** Those that go on, taken out of the list: that of the same name, or else of the same addresses. */
    private static Map<String, Open> presents(List<Open> old, List<ListenerSpec> specs) {
        Map<String, Open> presents = new HashMap<>();
        for (boolean named : List.of(true, false)) { // by name first, since many may ask for port 0
            for (ListenerSpec spec : specs) {
                if (spec.datagrams() != null && !presents.containsKey(spec.name())) {
                    old.stream().filter(each -> named
                            ? each.spec.name().equals(spec.name())
                            : each.spec.addresses().equals(spec.addresses())).findFirst().ifPresent(found -> {
                                old.remove(found);
                                presents.put(spec.name(), found);
                            });
                }
            }
        }
        return presents;
    }

    private static int bytesMax(ListenerSpec spec) {
        DatagramSpec datagrams = spec.datagrams();
        return datagrams == null ? 0 : datagrams.datagramBytesMax();
    }

    /**
     * What takes no more datagrams at these, also when they change, and ends all sessions: those have no end of their
     * own to wait for.
     */
    Runnable closing(Which which) {
        List<UdpProxy> chosen = open.stream().filter(each -> each.among(which)).map(Open::proxy).toList();
        return () -> {
            List<Open> closing = open.stream().filter(each -> chosen.contains(each.proxy) && each.among(which))
                    .toList();
            Set<String> names = new HashSet<>(closed);
            closing.forEach(each -> names.add(each.spec.name()));
            closed = names;
            open = open.stream().filter(each -> !closing.contains(each)).toList();
            closing.forEach(this::close);
        };
    }

    /** Whether there is one of these. Any thread. */
    boolean any(Which which) {
        return open.stream().anyMatch(each -> each.among(which));
    }

    /** Those that listen, with the addresses they have. */
    List<ListenerLine> lines() {
        return open.stream().map(each -> new ListenerLine(each.spec.name(),
                each.sockets.stream().<SocketAddress>map(DatagramListener::localAddress).toList())).toList();
    }
}
