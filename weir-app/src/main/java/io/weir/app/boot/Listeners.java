package io.weir.app.boot;

import io.weir.app.acme.Certifying;
import io.weir.app.admin.Addresses;
import io.weir.app.admin.Administered.ListenerLine;
import io.weir.app.admin.Administered.Which;
import io.weir.core.drain.Drain;
import io.weir.core.drain.Turns;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Gauge;
import io.weir.core.stats.Scope;
import io.weir.core.stats.Stats;
import io.weir.core.tls.AcmeSpec;
import io.weir.net.transport.ListenFailure;
import io.weir.net.transport.Listener;
import io.weir.net.transport.OriginalDestination;
import io.weir.net.transport.Workers;
import io.weir.xds.compile.Snapshot;
import io.weir.xds.compile.SnapshotDiff;
import io.weir.xds.spec.ListenerSpec;
import io.weir.xds.spec.Redirection;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
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
    /** Those that are no longer wanted and have connections. */
    private final List<OpenListener> retired = new ArrayList<>();
    private volatile List<OpenListener> open = List.of();
    private final Addressed addressed = new Addressed();

    /**
     * Which listener of a list could not be opened, and why.
     *
     * @param path
     *            where in the listener the value stands, such as {@code address}
     */
    record Refusal(int index, String path, String value, String message, String cure) {
    }

    /** What a listener that stays open is to be. */
    private record Successor(ListenerSpec spec, Front front) {
    }

    /** Who serves a listener of the configuration, by which of the sockets that are there; or one that stays closed. */
    private record Claim(@Nullable OpenListener present, List<Listener> sockets, boolean stopped) {
    }

    /** What is to be, of which everything is open already that could be. */
    static final class Prepared {
        private final List<ListenerSpec> specs;
        private final List<AcmeSpec> acme;
        private final List<OpenListener> next = new ArrayList<>();
        private final List<OpenListener> bound = new ArrayList<>();
        /** Sockets of before that have just become so, or were about to. */
        private final List<Listener> transparent = new ArrayList<>();
        private final Map<OpenListener, Successor> swapped = new LinkedHashMap<>();
        private final Map<OpenListener, OpenListener.Footing> footings = new LinkedHashMap<>();
        /** Sockets that no listener has any more, in the end. */
        private final List<Listener> leaving = new ArrayList<>();
        private final Map<String, Set<String>> awaited = new HashMap<>();
        private final List<Refusal> refusals = new ArrayList<>();
        /** Those that nobody has taken over, in the end. */
        private final List<OpenListener> old;
        private DatagramListeners.@Nullable Prepared datagrams;

        private Prepared(List<ListenerSpec> specs, List<AcmeSpec> acme, List<OpenListener> old) {
            this.specs = List.copyOf(specs);
            this.acme = List.copyOf(acme);
            this.old = old;
        }

        /** Everything that could not be opened; empty when everything could. */
        List<Refusal> refusals() {
            return List.copyOf(refusals);
        }
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

    /**
     * Makes everything ready for these to be the listeners, and the certificates that are issued for them, and changes
     * nothing. To be followed by {@link #commit}, or where something was refused by {@link #undo}.
     *
     * @param unchanged
     *            names of listeners that are as before
     */
    Prepared prepare(Snapshot next, Set<String> unchanged) {
        boolean proved = certifying.proves();
        certifying.expect(next.acme());
        try {
            // whether names are proved at a listener of TLS is settled when it is made
            return prepare(next.listeners(), next.acme(), certifying.proves() == proved ? unchanged : Set.of());
        } catch (RuntimeException e) {
            certifying.expect(acme);
            throw e;
        }
    }

    /** These are the listeners from now on, and the certificates that are issued for them. */
    void commit(Prepared prepared) {
        acme = prepared.acme;
        take(prepared);
        certifying.follow();
        certified(); // one may have come while listeners were made
    }

    /** Lets go of what was made ready: all is as before. */
    void undo(Prepared prepared) {
        certifying.expect(acme);
        release(prepared);
    }

    /** The first of all, which take nothing before {@link #begin}; why that cannot be. */
    List<Refusal> open(Snapshot first) {
        Prepared prepared = prepare(first, Set.of());
        if (prepared.refusals.isEmpty()) {
            commit(prepared);
        } else {
            undo(prepared);
        }
        return prepared.refusals();
    }

    /** Names of listeners that are as before. */
    static Set<String> unchanged(SnapshotDiff diff, Snapshot next) {
        Set<String> names = new HashSet<>();
        next.listeners().forEach(listener -> names.add(listener.name()));
        diff.listenersAdded().forEach(listener -> names.remove(listener.name()));
        diff.listenersChanged().forEach(listener -> names.remove(listener.name()));
        return names;
    }

    /** A certificate has been issued: the listeners that have waited for it are made with it. */
    private void certified() {
        Set<String> same = applied.stream()
                .filter(each -> certifying.awaited(each).equals(awaited.getOrDefault(each.name(), Set.of())))
                .map(ListenerSpec::name).collect(Collectors.toSet());
        if (!stopped && same.size() < applied.size()) {
            Prepared prepared = prepare(applied, acme, same);
            if (prepared.refusals.isEmpty()) {
                take(prepared);
                return;
            }
            release(prepared);
            prepared.refusals
                    .forEach(refusal -> LOG.error("listener {} does not take an issued certificate: {} {}: {}",
                            applied.get(refusal.index()).name(), refusal.path(), refusal.value(), refusal.message()));
        }
    }

    /**
     * An address that stays keeps its sockets, whoever has it then, so that no connection is refused meanwhile; a
     * listener that is unchanged is not touched; new sockets are bound before any old one closes, and take nothing
     * before all could be, nor before {@link #begin}.
     */
    private Prepared prepare(List<ListenerSpec> specs, List<AcmeSpec> certificates, Set<String> unchanged) {
        Prepared prepared = new Prepared(specs, certificates, new ArrayList<>(open));
        try {
            prepared.datagrams = datagrams.prepare(specs, unchanged, prepared.refusals);
            List<Claim> claims = claims(prepared);
            for (int i = 0; i < specs.size(); i++) {
                if (specs.get(i).datagrams() == null) {
                    prepare(prepared, i, claims.get(i), unchanged);
                }
            }
            return prepared;
        } catch (RuntimeException e) {
            release(prepared);
            throw e;
        }
    }

    private void prepare(Prepared prepared, int index, Claim claim, Set<String> unchanged) {
        ListenerSpec spec = prepared.specs.get(index);
        if (spec.redirection() != Redirection.IGNORED && !OriginalDestination.known(workers)) {
            prepared.refusals.add(new Refusal(index, "listener_filters", "original_dst",
                    "where a redirected connection was going is known on Linux with epoll only",
                    "remove the filter and use_original_dst"));
            return;
        }
        OpenListener present = claim.present;
        boolean kept = present != null && unchanged.contains(spec.name()) && present.spec().name().equals(spec.name());
        prepared.awaited.put(spec.name(), // before what is there is read
                kept ? awaited.getOrDefault(spec.name(), Set.of()) : certifying.awaited(spec));
        if (present != null && kept) {
            prepared.next.add(present);
            return;
        }
        try {
            Front front = services.of(spec, present == null ? null : present.front());
            OpenListener listener = present;
            if (listener == null) {
                listener = new OpenListener(spec, front, stats, connections, addressed, drains);
                prepared.bound.add(listener);
                if (claim.stopped) {
                    OpenListener.stopAccepting(List.of(listener));
                }
            } else {
                prepared.swapped.put(listener, new Successor(spec, front)); // first: who undoes it lets go of the front
            }
            OpenListener.Footing footing = listener.footing(spec, workers, claim.sockets, prepared.leaving);
            prepared.footings.put(listener, footing);
            for (Listener socket : footing.all()) {
                if (spec.sockets().transparent() && !socket.transparent()) { // before anything changes: it may fail
                    prepared.transparent.add(socket);
                    socket.transparent(true);
                }
            }
            prepared.next.add(listener);
        } catch (ListenFailure e) {
            prepared.refusals.add(new Refusal(index, "address", Addresses.text(e.address()),
                    e.reason() == ListenFailure.Reason.OTHER || e.reason() == ListenFailure.Reason.OPTION
                            ? String.valueOf(e.getMessage())
                            : "cannot listen: " + e.reason().text(),
                    e.reason().cure()));
        } catch (Services.Unserved e) {
            prepared.refusals.add(new Refusal(index, e.path(), e.value(), String.valueOf(e.getMessage()), e.cure()));
        }
    }

    /** Who goes on as what; takes them out of those that are old, and leaves the sockets that nobody goes on with. */
    private static List<Claim> claims(Prepared prepared) {
        List<OpenListener> all = List.copyOf(prepared.old);
        List<Listener> free = new ArrayList<>();
        all.forEach(listener -> free.addAll(listener.sockets()));
        Map<String, OpenListener> presents = new HashMap<>();
        List<ListenerSpec> specs = prepared.specs.stream().filter(spec -> spec.datagrams() == null).toList();
        for (boolean named : List.of(true, false)) { // by name first, since many may ask for port 0
            for (ListenerSpec spec : specs) {
                OpenListener found = presents.containsKey(spec.name()) ? null : present(prepared.old, spec, named);
                if (found != null) {
                    prepared.old.remove(found);
                    presents.put(spec.name(), found);
                }
            }
        }
        List<Claim> claims = new ArrayList<>();
        for (ListenerSpec spec : prepared.specs) {
            OpenListener present = presents.get(spec.name());
            OpenListener before = present != null
                    ? present
                    : all.stream().filter(each -> each.spec().name().equals(spec.name())).findFirst().orElse(null);
            boolean stopped = before != null && before.stopped();
            claims.add(new Claim(present,
                    spec.datagrams() != null || stopped ? List.of() : claimed(spec, before, free), stopped));
        }
        prepared.leaving.addAll(free);
        return claims;
    }

    /**
     * The listener of this name, or else of these addresses, that goes on as this one: where its numbers have the same
     * names, as those stay what they are.
     */
    private static @Nullable OpenListener present(List<OpenListener> old, ListenerSpec spec, boolean named) {
        return old.stream().filter(each -> each.spec().statPrefix().equals(spec.statPrefix()) && (named
                ? each.spec().name().equals(spec.name())
                : each.stays() && each.spec().addresses().equals(spec.addresses())
                        && each.spec().bound() == spec.bound()))
                .findFirst().orElse(null);
    }

    /** Takes the sockets of a listener's addresses out of the list: those of a port 0 from its own only. */
    private static List<Listener> claimed(ListenerSpec spec, @Nullable OpenListener before, List<Listener> free) {
        List<Listener> own = before == null ? List.of() : before.sockets();
        List<Listener> claimed = new ArrayList<>();
        for (SocketAddress address : spec.bound() ? spec.addresses() : List.<SocketAddress>of()) {
            boolean any = address instanceof InetSocketAddress inet && inet.getPort() == 0;
            free.stream().filter(each -> each.standsAt(address, spec.ipv4Compatible()) && (!any || own.contains(each)))
                    .findFirst().ifPresent(socket -> {
                        free.remove(socket);
                        claimed.add(socket);
                    });
        }
        return claimed;
    }

    private void take(Prepared prepared) {
        if (prepared.datagrams != null) {
            datagrams.commit(prepared.datagrams);
        }
        applied = prepared.specs;
        awaited = Map.copyOf(prepared.awaited);
        prepared.footings.forEach((listener, footing) -> {
            Successor successor = prepared.swapped.get(listener);
            listener.stand(footing, successor == null ? listener.spec() : successor.spec);
        });
        prepared.swapped.forEach((listener, successor) -> listener.serveBy(successor.spec, successor.front));
        open(prepared.next);
        accept();
        shunned(shunned);
        Listener.stopAccepting(prepared.leaving);
        prepared.old.forEach(OpenListener::over);
        retired.addAll(prepared.old);
        retired.removeIf(listener -> !listener.held());
        Set<String> before = prepared.old.stream().map(each -> each.spec().name()).collect(Collectors.toSet());
        long renewed = prepared.bound.stream().filter(each -> before.contains(each.spec().name())).count();
        added.add(prepared.bound.size() - renewed);
        modified.add(prepared.swapped.size() + renewed);
        removed.add(prepared.old.size() - renewed);
        totalActive.set(lines().size());
        totalDraining.set(open.stream().filter(OpenListener::draining).count());
    }

    private void release(Prepared prepared) {
        prepared.footings.values().forEach(OpenListener.Footing::giveUp);
        prepared.bound.forEach(OpenListener::over);
        prepared.transparent.forEach(OpenListener::opaque);
        prepared.swapped.values().forEach(successor -> successor.front.letGo());
        if (prepared.datagrams != null) {
            datagrams.undo(prepared.datagrams);
        }
    }

    /**
     * It is certain that this process serves: connections are taken from now on. Until then they wait where another
     * process, whose sockets these may be, has them if this one does not come to serve.
     */
    void begin() {
        begun = true;
        accept();
        datagrams.begin();
        certifying.begin();
    }

    /** Whether connections are left where they wait, as resources are short; listeners may be exempt from that. */
    void halted(boolean on) {
        halted = on;
        accept();
        datagrams.halted(on);
    }

    private void accept() {
        open.forEach(listener -> listener.accepting(begun && !(halted && listener.spec().overload().managed())));
    }

    private void open(List<OpenListener> listeners) {
        addressed.are(listeners);
        open = List.copyOf(listeners);
    }

    /** Takes no more connections anywhere, as the process leaves. */
    void stopAccepting() {
        stopped = true;
        stopping(Which.ALL).run();
    }

    /** Another process takes whatever comes from now on. */
    void handedOver() {
        stopped = true;
        OpenListener.stopAccepting(open);
        datagrams.handedOver();
        totalActive.set(0);
    }

    /** Has no more certificates issued: this process leaves, and another is to prove their names. */
    void certifyNoMore() {
        certifying.rest();
    }

    /** Takes no more connections anywhere, and has no more certificates issued. */
    void close() {
        stopAccepting();
        certifying.close();
    }

    /** Has these take no more connections when it is run, also when they change; not those that come meanwhile. */
    Runnable stopping(Which which) {
        List<OpenListener> chosen = chosen(which);
        Runnable closing = datagrams.closing(which);
        return () -> {
            OpenListener.stopAccepting(chosen);
            closing.run();
            if (!stopped) { // else those who have come by then are still to be handed on
                addressed.are(open);
            }
            totalActive.set(lines().size());
        };
    }

    /** Asks connections to end when their present work is done. */
    void drain(Drain how) {
        var _ = drain(how, Which.ALL);
        retired.forEach(listener -> listener.drain(how)); // those drain already, and for longer than the process has
    }

    /**
     * Asks connections of these to end when their present work is done; those that drain already are not slowed. Those
     * whose drain begins now.
     */
    List<OpenListener> drain(Drain how, Which which) {
        List<OpenListener> begun = chosen(which).stream().filter(listener -> listener.drain(how)).toList();
        totalDraining.set(open.stream().filter(OpenListener::draining).count());
        return begun;
    }

    /** Whether there is one of these. Any thread. */
    boolean any(Which which) {
        return !chosen(which).isEmpty() || datagrams.any(which);
    }

    /** Ends streams whose turn has come. */
    void endStreams(Turns turns, long nowNanos) {
        open.forEach(listener -> listener.endStreams(turns, nowNanos));
    }

    private List<OpenListener> chosen(Which which) {
        return open.stream()
                .filter(listener -> which.has(listener.spec().name(), listener.spec().drain().inbound())).toList();
    }

    /** Whether clients are to go elsewhere: while health checks of this Weir are told to fail. */
    void shunned(boolean on) {
        shunned = on;
        open.forEach(listener -> listener.shunned(on && !listener.spec().drain().modifyOnly()));
    }

    /** Connections open now, of all listeners there ever were, and after a handover sessions of datagrams. */
    long connections() {
        return connections.value() + datagrams.sessionsLeft();
    }

    /** Those that listen, with the addresses they have. */
    List<ListenerLine> lines() {
        List<ListenerLine> lines = new ArrayList<>();
        open.stream().filter(listener -> !listener.addresses().isEmpty())
                .forEach(listener -> lines.add(new ListenerLine(listener.spec().name(), listener.addresses())));
        lines.addAll(datagrams.lines());
        return lines;
    }
}
