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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    private boolean begun;
    private boolean halted;
    private volatile boolean handed;

    /** One of them, on all its addresses. */
    private record Open(ListenerSpec spec, UdpProxy proxy, List<DatagramListener> sockets) {
        void taking(boolean on) {
            sockets.forEach(socket -> socket.taking(on));
        }

        void close() {
            sockets.forEach(DatagramListener::close);
        }
    }

    /** What one that stays is to do, with the log that was opened for it. */
    private record Successor(ListenerSpec spec, UdpProxySpec proxy, AccessLog log) {
    }

    /** What is to be done, of which new sockets are open already. */
    static final class Prepared {
        private final List<Open> next = new ArrayList<>();
        private final List<Open> bound = new ArrayList<>();
        private final Map<Open, Successor> swapped = new LinkedHashMap<>();
        private List<Open> gone = List.of();
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
        List<Open> old = new ArrayList<>(open);
        for (int i = 0; i < specs.size(); i++) {
            ListenerSpec spec = specs.get(i);
            DatagramSpec datagrams = spec.datagrams();
            if (datagrams == null) {
                continue;
            }
            try {
                if (!(datagrams.filter() instanceof UdpProxySpec proxy)) {
                    throw new Services.Unserved("listener_filters[0].typed_config", spec.name(),
                            "this filter does not take datagrams", "use envoy.filters.udp_listener.udp_proxy");
                }
                prepare(prepared, spec, datagrams, proxy, taken(old, spec), unchanged);
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

    private void prepare(Prepared prepared, ListenerSpec spec, DatagramSpec datagrams, UdpProxySpec proxy,
            @Nullable Open present, Set<String> unchanged) throws ListenFailure, Services.Unserved {
        if (present != null && unchanged.contains(spec.name()) && present.spec.name().equals(spec.name())) {
            prepared.next.add(present);
            return;
        }
        AccessLog log = services.log(proxy.accessLogs(), "listener_filters[0].typed_config.access_log");
        if (present != null) {
            prepared.swapped.put(present, new Successor(spec, proxy, log));
            prepared.next.add(new Open(spec, present.proxy, present.sockets));
            return;
        }
        Counter dropped = stats.root().child("listener").tagged("envoy.listener_address", spec.statPrefix())
                .child("udp").counter("downstream_rx_datagram_dropped");
        UdpProxy serving = new UdpProxy(proxy, datagrams.datagramBytesMax(), clusters, stats, dropped, log);
        List<DatagramListener> sockets = new ArrayList<>();
        try {
            for (SocketAddress address : spec.addresses()) {
                ListenOptions options = ListenOptions.of(address, TcpProxy.SETTINGS).withReusePort(spec.reusePort())
                        .withIpv4Compatible(spec.ipv4Compatible()).withRules(spec.sockets());
                sockets.add(
                        DatagramListener.prepare(workers, options, datagrams.datagramBytesMax(), serving::handler));
            }
        } catch (ListenFailure e) {
            sockets.forEach(DatagramListener::close);
            log.close();
            throw e;
        }
        Open opened = new Open(spec, serving, List.copyOf(sockets));
        prepared.bound.add(opened);
        prepared.next.add(opened);
    }

    /** It is so from now on. Sessions stay where their listener does. */
    void commit(Prepared prepared) {
        prepared.swapped.forEach((present, successor) -> {
            if (!present.spec.sockets().equals(successor.spec.sockets())) {
                LOG.warn("listener {} keeps its sockets as they are: what they are set to changes with the next start",
                        successor.spec.name());
            }
            int bytesMax = bytesMax(successor.spec);
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
        take();
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
        prepared.swapped.values().forEach(successor -> successor.log.close());
    }

    private void close(Open listener) {
        listener.close();
        listener.proxy.close(workers);
    }

    /** The one of these addresses, taken out of the list; that of the same name first. */
    private static @Nullable Open taken(List<Open> old, ListenerSpec spec) {
        Open found = null;
        for (Open each : old) {
            if (each.spec.addresses().equals(spec.addresses())) {
                boolean same = each.spec.name().equals(spec.name());
                found = found == null || same ? each : found;
            }
        }
        if (found != null) {
            old.remove(found);
        }
        return found;
    }

    private static int bytesMax(ListenerSpec spec) {
        DatagramSpec datagrams = spec.datagrams();
        return datagrams == null ? 0 : datagrams.datagramBytesMax();
    }

    /** Takes no more datagrams, and ends all sessions: those have no end of their own to wait for. */
    void close(Which which) {
        List<Open> chosen = open.stream().filter(each -> which.has(each.spec.name(), each.spec.drain().inbound()))
                .toList();
        open = open.stream().filter(each -> !chosen.contains(each)).toList();
        chosen.forEach(this::close);
    }

    /** Whether there is one of these. Any thread. */
    boolean any(Which which) {
        return open.stream().anyMatch(each -> which.has(each.spec.name(), each.spec.drain().inbound()));
    }

    /** Those that listen, with the addresses they have. */
    List<ListenerLine> lines() {
        return open.stream().map(each -> new ListenerLine(each.spec.name(),
                each.sockets.stream().<SocketAddress>map(DatagramListener::localAddress).toList())).toList();
    }
}
