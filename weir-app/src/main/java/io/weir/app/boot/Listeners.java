package io.weir.app.boot;

import io.weir.app.acme.Certifying;
import io.weir.app.admin.Addresses;
import io.weir.app.admin.Administered.ListenerLine;
import io.weir.core.admit.Carryover;
import io.weir.core.drain.Drain;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Gauge;
import io.weir.core.stats.Scope;
import io.weir.core.stats.Stats;
import io.weir.core.tls.AcmeSpec;
import io.weir.net.transport.ListenFailure;
import io.weir.net.transport.OriginalDestination;
import io.weir.net.transport.Workers;
import io.weir.xds.compile.Snapshot;
import io.weir.xds.spec.ListenerSpec;
import io.weir.xds.spec.Redirection;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All listeners. Changed by the conductor, wholly or not at all; read by any thread. */
final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);
    private static final InetAddress ANY4 = InetAddress.ofLiteral("0.0.0.0");
    private static final InetAddress ANY6 = InetAddress.ofLiteral("::");

    private final Workers workers;
    private final Stats stats;
    private final Services services;
    private final DatagramListeners datagrams;
    private final Drains drains;
    private final Certifying certifying;
    private final Gauge connections;
    private final Gauge totalActive;
    private final Gauge totalDraining;
    private final Counter added;
    private final Counter modified;
    private final Counter removed;
    private boolean shunned;
    private boolean begun;
    private boolean halted;
    private volatile boolean stopped;
    private List<ListenerSpec> applied = List.of();
    private List<AcmeSpec> acme = List.of();
    /** By the names of listeners, the certificates that were not there when they were made. */
    private Map<String, Set<String>> awaited = Map.of();
    private volatile List<OpenListener> open = List.of();
    private volatile Map<SocketAddress, OpenListener> byAddress = Map.of();

    /**
     * Which listener of a list could not be opened, and why.
     *
     * @param path
     *            where in the listener, such as {@code address}
     * @param value
     *            what stands there
     */
    record Refusal(int index, String path, String value, String message, String cure) {
    }

    /** What a listener that stays open is to be. */
    private record Successor(ListenerSpec spec, Service service) {
    }

    Listeners(Workers workers, Stats stats, Services services, Drains drains, Executor conductor) {
        this.workers = workers;
        this.stats = stats;
        this.services = services;
        this.datagrams = services.datagrams();
        this.drains = drains;
        this.certifying = services.certifying();
        certifying.whenChanged(() -> conductor.execute(this::certified));
        this.connections = stats.root().child("server").gauge("total_connections");
        Scope manager = stats.root().child("listener_manager");
        this.totalActive = manager.gauge("total_listeners_active");
        this.totalDraining = manager.gauge("total_listeners_draining");
        this.added = manager.counter("listener_added");
        this.modified = manager.counter("listener_modified");
        this.removed = manager.counter("listener_removed");
        connections.set(0);
        totalDraining.set(0);
    }

    /** The listeners of this configuration, and the certificates that are issued for them, are those from now on. */
    List<Refusal> apply(Snapshot next, Set<String> unchanged) {
        boolean proved = certifying.proves();
        certifying.expect(next.acme());
        // whether names are proved at a listener of TLS is settled when it is made
        List<Refusal> refusals = apply(next.listeners(), certifying.proves() == proved ? unchanged : Set.of());
        if (refusals.isEmpty()) {
            acme = next.acme();
            certifying.follow();
            certified(); // one may have come while listeners were made
        } else {
            certifying.expect(acme);
        }
        return refusals;
    }

    /** A certificate has been issued: the listeners that have waited for it are made with it. */
    private void certified() {
        Set<String> same = applied.stream()
                .filter(each -> certifying.awaited(each).equals(awaited.getOrDefault(each.name(), Set.of())))
                .map(ListenerSpec::name).collect(Collectors.toSet());
        if (!stopped && same.size() < applied.size()) {
            apply(applied, same)
                    .forEach(refusal -> LOG.error("listener {} does not take an issued certificate: {} {}: {}",
                            applied.get(refusal.index()).name(), refusal.path(), refusal.value(), refusal.message()));
        }
    }

    /**
     * These are the listeners from now on. One whose addresses stay keeps its sockets, so that no connection is refused
     * meanwhile; one that is unchanged is not touched; new ones are bound before any old one closes, and take nothing
     * before all could be, nor before {@link #begin}.
     *
     * @param unchanged
     *            names of listeners that are as before
     * @return everything that could not be opened, after which all is as before; empty when everything could
     */
    private List<Refusal> apply(List<ListenerSpec> specs, Set<String> unchanged) {
        List<OpenListener> old = new ArrayList<>(open);
        List<OpenListener> next = new ArrayList<>();
        List<OpenListener> bound = new ArrayList<>();
        Map<OpenListener, Successor> swapped = new LinkedHashMap<>();
        List<Refusal> refusals = new ArrayList<>();
        Map<String, Set<String>> missing = new HashMap<>();
        DatagramListeners.Prepared prepared = datagrams.prepare(specs, unchanged, refusals);
        for (int i = 0; i < specs.size(); i++) {
            ListenerSpec spec = specs.get(i);
            if (spec.datagrams() != null) {
                continue;
            }
            if (spec.redirection() != Redirection.IGNORED && !OriginalDestination.known(workers)) {
                refusals.add(new Refusal(i, "listener_filters", "original_dst",
                        "where a redirected connection was going is known on Linux with epoll only",
                        "remove the filter and use_original_dst"));
                continue;
            }
            OpenListener present = taken(old, spec);
            boolean kept = present != null && unchanged.contains(spec.name())
                    && present.spec().name().equals(spec.name());
            missing.put(spec.name(), // before what is there is read
                    kept ? awaited.getOrDefault(spec.name(), Set.of()) : certifying.awaited(spec));
            try {
                if (present == null) {
                    OpenListener opened = OpenListener.open(spec, services.of(spec, new Carryover()), workers, stats,
                            connections, this::at, drains);
                    bound.add(opened);
                    next.add(opened);
                } else {
                    next.add(present);
                    if (!kept) {
                        swapped.put(present, new Successor(spec,
                                services.of(spec, present.service().counted().next())));
                    }
                }
            } catch (ListenFailure e) {
                refusals.add(new Refusal(i, "address", Addresses.text(e.address()),
                        e.reason() == ListenFailure.Reason.OTHER || e.reason() == ListenFailure.Reason.OPTION
                                ? String.valueOf(e.getMessage())
                                : "cannot listen: " + e.reason().text(),
                        e.reason().cure()));
            } catch (Services.Unserved e) {
                refusals.add(new Refusal(i, e.path(), e.value(), String.valueOf(e.getMessage()), e.cure()));
            }
        }
        if (!refusals.isEmpty()) {
            undo(bound, swapped);
            datagrams.undo(prepared);
            return refusals;
        }
        datagrams.commit(prepared);
        applied = List.copyOf(specs);
        awaited = Map.copyOf(missing);
        swapped.forEach((listener, successor) -> listener.serveBy(successor.spec, successor.service));
        open(next);
        accept();
        shunned(shunned);
        old.forEach(OpenListener::retire);
        added.add(bound.size());
        modified.add(swapped.size());
        removed.add(old.size());
        totalActive.set(lines().size());
        return List.of();
    }

    /**
     * It is certain that this process serves: connections are taken from now on. Until then they wait where another
     * process, whose sockets these may be, has them if this one does not come to serve.
     */
    void begin() {
        begun = true;
        accept();
        datagrams.begin();
    }

    /** Whether connections are left where they wait, as resources are short; listeners may be exempt from that. */
    void halted(boolean on) {
        halted = on;
        accept();
    }

    private void accept() {
        open.forEach(listener -> listener.accepting(begun && !(halted && listener.spec().overload().managed())));
    }

    private void open(List<OpenListener> listeners) {
        Map<SocketAddress, OpenListener> addresses = new HashMap<>();
        for (OpenListener listener : listeners) {
            listener.addresses().forEach(address -> addresses.putIfAbsent(address, listener));
        }
        byAddress = Map.copyOf(addresses);
        open = List.copyOf(listeners);
    }

    /** The listener of this address; else that of its port on all addresses of the machine. Null: none. Any thread. */
    private @Nullable OpenListener at(InetSocketAddress address) {
        Map<SocketAddress, OpenListener> all = byAddress;
        OpenListener exact = all.get(address);
        if (exact != null) {
            return exact;
        }
        OpenListener any = all.get(new InetSocketAddress(address.getAddress() instanceof Inet4Address ? ANY4 : ANY6,
                address.getPort()));
        OpenListener both = any != null ? null : all.get(new InetSocketAddress(ANY6, address.getPort()));
        return any != null || both == null || !both.spec().ipv4Compatible() ? any : both;
    }

    private static void undo(List<OpenListener> bound, Map<OpenListener, Successor> swapped) {
        bound.forEach(OpenListener::retire);
        swapped.values().forEach(successor -> successor.service.forget().run());
    }

    /**
     * Takes the listener of these addresses out of the list: that of the same name first, since many may ask for port
     * 0.
     */
    private static @Nullable OpenListener taken(List<OpenListener> old, ListenerSpec spec) {
        OpenListener found = null;
        for (OpenListener listener : old) {
            if (listener.spec().addresses().equals(spec.addresses()) && listener.spec().bound() == spec.bound()) {
                boolean same = listener.spec().name().equals(spec.name());
                found = found == null || same ? listener : found;
                if (same) {
                    break;
                }
            }
        }
        if (found != null) {
            old.remove(found);
        }
        return found;
    }

    /** Takes no more connections anywhere. */
    void stopAccepting() {
        stopAccepting(false);
    }

    /** Takes no more connections anywhere, and has no more certificates issued. */
    void close() {
        stopAccepting();
        certifying.close();
    }

    /** Takes no more connections, at listeners of traffic on its way in only or anywhere. */
    void stopAccepting(boolean inboundOnly) {
        stopped |= !inboundOnly;
        chosen(inboundOnly).forEach(OpenListener::stopAccepting);
        datagrams.close(inboundOnly);
        totalActive.set(inboundOnly ? lines().size() : 0);
    }

    /** Asks connections to end when their present work is done. */
    void drain(Drain how, boolean inboundOnly) {
        List<OpenListener> chosen = chosen(inboundOnly);
        totalDraining.set(chosen.size());
        chosen.forEach(listener -> listener.service().drain().drain(how));
    }

    private List<OpenListener> chosen(boolean inboundOnly) {
        return open.stream().filter(listener -> !inboundOnly || listener.spec().drain().inbound()).toList();
    }

    /** Whether clients are to go elsewhere: while health checks of this Weir are told to fail. */
    void shunned(boolean on) {
        shunned = on;
        open.forEach(listener -> listener.service().drain().shunned(on && !listener.spec().drain().modifyOnly()));
    }

    /** Ends all connections at once. */
    void closeAll() {
        open.forEach(listener -> listener.service().closeAll().run());
    }

    /** Connections open now, of all listeners there ever were. */
    long connections() {
        return connections.value();
    }

    /** Those that listen, with the addresses they have. */
    List<ListenerLine> lines() {
        List<ListenerLine> lines = new ArrayList<>();
        for (OpenListener listener : open) {
            if (!listener.addresses().isEmpty()) {
                lines.add(new ListenerLine(listener.spec().name(), listener.addresses()));
            }
        }
        lines.addAll(datagrams.lines());
        return lines;
    }
}
