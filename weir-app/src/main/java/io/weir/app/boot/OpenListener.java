package io.weir.app.boot;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.util.AttributeKey;
import io.weir.app.overload.Admittance;
import io.weir.core.drain.Drain;
import io.weir.core.drain.Turns;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Gauge;
import io.weir.core.stats.Histogram;
import io.weir.core.stats.Scope;
import io.weir.core.stats.Stats;
import io.weir.net.sniff.SniffingAcceptor;
import io.weir.net.transport.Acceptor;
import io.weir.net.transport.ChannelSettings;
import io.weir.net.transport.ListenFailure;
import io.weir.net.transport.ListenOptions;
import io.weir.net.transport.Listener;
import io.weir.net.transport.OriginalDestination;
import io.weir.net.transport.Worker;
import io.weir.net.transport.Workers;
import io.weir.xds.spec.ListenerSpec;
import io.weir.xds.spec.Redirection;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One listener of the configuration, open on all its addresses. It counts what comes in, so that whoever stops it knows
 * when the last connection has gone. Opened, changed and closed by the conductor; counts are read by any thread.
 */
final class OpenListener implements Acceptor {
    private static final Logger LOG = LoggerFactory.getLogger(OpenListener.class);
    private static final long NANOS_PER_MILLI = 1_000_000;

    private volatile List<Listener> sockets = List.of();
    private final Counter total;
    private final Counter destroyed;
    private final Counter acceptFailures;
    private final Admittance admittance;
    private final Gauge active;
    private final Histogram lengthMillis;
    private final Gauge everyListener;
    private final Neighbours neighbours;
    private final Drains drains;
    /** How connections come from its sockets: as the service asked for with which they were bound. */
    private final ChannelSettings bound;
    private static final AttributeKey<Stay> STAY = AttributeKey.valueOf("weir.stay");

    private volatile ListenerSpec spec;
    private volatile Front front;
    /** Those of before that have connections on the way to their chains. The conductor's, as the next two. */
    private final List<Front> fronts = new ArrayList<>();
    /** Chains of before that have connections. */
    private final List<Tenure> replaced = new ArrayList<>();
    /** The drain that has begun here; null: none. */
    private @Nullable Drain drain;
    /** Whether it takes no more connections, whatever changes. Written by the conductor. */
    private volatile boolean stopped;

    /** A connection that counts here, until it ends or another listener has it. The worker's. */
    private final class Stay implements ChannelFutureListener {
        private final Worker worker;
        private final Front serving;
        private final long startNanos;
        private final boolean mayLeave;
        private boolean chosen;
        private boolean over;

        Stay(Worker worker, Front serving, long startNanos, boolean mayLeave) {
            this.worker = worker;
            this.serving = serving;
            this.startNanos = startNanos;
            this.mayLeave = mayLeave;
        }

        /** It has its chain. */
        void chosen() {
            if (!chosen) {
                chosen = true;
                serving.chosen();
            }
        }

        @Override
        public void operationComplete(ChannelFuture closed) {
            end();
        }

        void end() {
            if (over) {
                return;
            }
            over = true;
            chosen();
            serving.connectionEnded();
            gone();
            lengthMillis.record((worker.nowNanos() - startNanos) / NANOS_PER_MILLI);
        }

        /** Whether another listener has it from now on: that of the address that the connection was going to. */
        boolean handedOn(Channel channel) {
            OpenListener other = mayLeave
                    && OriginalDestination.localAddress(channel) instanceof OriginalDestination to
                            ? neighbours.at(to)
                            : null;
            if (other == null || other.equals(OpenListener.this)) {
                return false;
            }
            end();
            other.take(worker, channel, SniffingAcceptor.SETTINGS, false);
            return true;
        }
    }

    /** Finds the listener that a connection belongs to. Any thread. */
    @FunctionalInterface
    interface Neighbours {
        /** The open listener of this address, whether it listens or not; null: none. */
        @Nullable
        OpenListener at(InetSocketAddress address);
    }

    /**
     * One that listens nowhere yet: see {@link #footing}.
     *
     * @param everyListener
     *            counts the open connections of all listeners
     * @param neighbours
     *            who may have what is handed on
     * @param drains
     *            how its connections leave when they have to
     */
    OpenListener(ListenerSpec spec, Front front, Stats stats, Gauge everyListener,
            Neighbours neighbours, Drains drains) {
        this.neighbours = neighbours;
        this.drains = drains;
        this.spec = spec;
        this.front = front;
        this.bound = front.settings();
        this.everyListener = everyListener;
        Scope scope = stats.root().child("listener").tagged("envoy.listener_address", spec.statPrefix());
        this.total = scope.counter("downstream_cx_total");
        this.destroyed = scope.counter("downstream_cx_destroy");
        this.acceptFailures = scope.counter("downstream_cx_accept_failure");
        this.admittance = new Admittance(scope);
        this.active = scope.gauge("downstream_cx_active");
        this.lengthMillis = scope.histogram("downstream_cx_length_ms");
        active.add(0); // told, and not forgotten where one of the same numbers is about to go
    }

    /**
     * Sockets that a listener is to have.
     *
     * @param all
     *            in the order of its addresses
     * @param bound
     *            those of them that were bound for it, and are closed where it does not come to that
     */
    record Footing(List<Listener> all, List<Listener> bound) {
        Footing {
            all = List.copyOf(all);
            bound = List.copyOf(bound);
        }

        void giveUp() {
            bound.forEach(Listener::close);
        }
    }

    /**
     * Binds all addresses that it is to have and for which there is no socket, or none; none once it stopped. Nothing
     * is taken before {@link #accepting}, and nothing changes before {@link #stand}.
     *
     * @param there
     *            sockets that it has, or that others leave to it
     * @param leaving
     *            sockets that are closed when it stands
     * @throws ListenFailure
     *             for the first address that cannot be had; the others are closed again
     */
    Footing footing(ListenerSpec next, Workers workers, List<Listener> there, List<Listener> leaving)
            throws ListenFailure {
        List<Listener> all = new ArrayList<>();
        List<Listener> own = new ArrayList<>();
        List<Listener> left = new ArrayList<>(there);
        try {
            for (int i = 0; next.bound() && !stopped && i < next.addresses().size(); i++) {
                SocketAddress address = next.addresses().get(i);
                Listener socket = left.stream().filter(each -> each.standsAt(address, next.ipv4Compatible()))
                        .findFirst().orElse(null);
                if (socket == null) {
                    ListenOptions options = ListenOptions.of(address, bound).withBacklog(next.backlog())
                            .withReusePort(next.reusePort()).withIpv4Compatible(next.ipv4Compatible())
                            .withUnixMode(next.unixModes().getOrDefault(address, -1)).withRules(next.sockets(i));
                    socket = Listener.prepare(workers, options, this, leaving);
                    own.add(socket);
                }
                left.remove(socket);
                all.add(socket);
            }
            return new Footing(all, own);
        } catch (ListenFailure | RuntimeException e) {
            own.forEach(Listener::close);
            throw e;
        }
    }

    /**
     * It has these sockets from now on, and what comes by them; those that it had beside them others have, or close.
     */
    void stand(Footing footing, ListenerSpec next) {
        for (int i = 0; i < footing.all.size(); i++) {
            Listener socket = footing.all.get(i);
            if (socket.transparent() && !next.sockets().transparent()) {
                opaque(socket);
            }
            socket.replaceAcceptor(this, bound);
            permit(socket, next.unixModes().getOrDefault(socket.localAddress(), -1));
            if (!socket.rules().sameButTransparent(next.sockets(i))) {
                LOG.warn("listener {} keeps its sockets as they are: what they are set to changes with the next"
                        + " upgrade or start", next.name());
            }
        }
        sockets = footing.all; // in one step: workers read it
    }

    List<Listener> sockets() {
        return sockets;
    }

    ListenerSpec spec() {
        return spec;
    }

    /** What its connections come to. */
    Front front() {
        return front;
    }

    /**
     * Where it listens, with the ports that were free where 0 was asked for. Of one that does not listen, whose
     * connections it is to have. Empty once it stopped.
     */
    List<SocketAddress> addresses() {
        if (stopped) {
            return List.of();
        }
        return spec.bound() ? sockets.stream().map(Listener::localAddress).toList() : spec.addresses();
    }

    /**
     * New connections come to this from now on. Those of chains that it has too stay as they are; those of the others
     * are asked to end over the drain time: not all in one moment, as they come back to what is in their chain's place.
     */
    void serveBy(ListenerSpec changed, Front successor) {
        Front before = front;
        spec = changed;
        successor.begin();
        front = successor;
        replace(before, successor);
    }

    private static void permit(Listener socket, int unixMode) {
        try {
            socket.permit(unixMode);
        } catch (ListenFailure e) {
            LOG.warn("the mode of a socket stays as it was: {}", e.getMessage());
        }
    }

    /** Connections that were going to other addresses come in no more. */
    static void opaque(Listener socket) {
        try {
            socket.transparent(false);
        } catch (ListenFailure e) {
            LOG.warn("a socket stays transparent: {}", e.getMessage());
        }
    }

    private void replace(Front before, Front successor) {
        fronts.add(before);
        for (Tenure gone : before.without(successor)) {
            gone.drain(drains.ofListeners());
            replaced.add(gone);
        }
        before.letGo();
        Drain under = drain;
        if (under != null) {
            successor.without(before).forEach(made -> made.drain(under));
        }
        fronts.removeIf(each -> !each.choosing());
        replaced.removeIf(each -> !each.held());
    }

    /**
     * It is no longer wanted, and its sockets are others' or closed: asks its connections to end, also those of chains
     * that it has had before; streams end in the drain's later half, answers without an end in its last tenth. Those
     * that are left when its time is over are closed. Once.
     */
    void over() {
        sockets = List.of();
        front.letGo();
        drain(drains.ofListeners());
        if (held()) {
            drains.endAll(this::endStreams, this::held);
            drains.whenOver(this::closeAll);
        }
    }

    /** Whether it takes connections, or has some. */
    boolean held() {
        return front.choosing() || fronts.stream().anyMatch(Front::choosing)
                || front.chains().stream().anyMatch(Tenure::held) || replaced.stream().anyMatch(Tenure::held);
    }

    /**
     * Asks its connections to end, and those that are still to come, whatever changes meanwhile. False when that had
     * begun already: then this drain counts where it is over sooner.
     */
    boolean drain(Drain how) {
        Drain before = drain;
        drain = before == null ? how : before.sooner(how);
        front.chains().forEach(each -> each.drain(how));
        replaced.forEach(each -> each.drain(how));
        return before == null;
    }

    /** Ends what does not end by itself and whose turn has come, also of chains that it has had before. */
    void endStreams(Turns turns, long nowNanos) {
        front.chains().forEach(each -> each.endStreams(turns, nowNanos));
        replaced.forEach(each -> each.endStreams(turns, nowNanos));
    }

    /** Whether {@link #drain} has begun. */
    boolean draining() {
        return drain != null;
    }

    /** Whether clients are to go elsewhere. */
    void shunned(boolean on) {
        front.chains().forEach(each -> each.service().drain().shunned(on));
    }

    /** Ends all its connections at once, those on their way to their chains first: who arrives meanwhile is closed. */
    void closeAll() {
        fronts.forEach(Front::closeChoosing);
        front.closeChoosing();
        replaced.forEach(each -> each.service().closeAll().run());
        front.chains().forEach(each -> each.service().closeAll().run());
    }

    /** Takes connections, or leaves them where they wait. */
    void accepting(boolean on) {
        sockets.forEach(socket -> socket.accepting(on));
    }

    /** These take no more connections, also as what they change to. */
    static void stopAccepting(List<OpenListener> all) {
        Listener.stopAccepting(all.stream().flatMap(each -> each.sockets.stream()).toList());
        for (OpenListener each : all) { // now: those that come last are told from others by its addresses
            each.stopped = true;
            each.sockets = List.of();
        }
    }

    /** Whether {@link #stopAccepting} has been called for it. */
    boolean stopped() {
        return stopped;
    }

    /** Whether nobody has asked it to leave: what one of another name would not want to go on with. */
    boolean stays() {
        return !stopped && drain == null;
    }

    @Override
    public void accepted(Worker worker, Channel channel) {
        if (!admittance.process(spec.overload(), worker)) {
            channel.close();
            return;
        }
        channel.closeFuture().addListener(_ -> worker.overload().connectionEnded());
        boolean mayLeave = false;
        if (spec.redirection() != Redirection.IGNORED) {
            OriginalDestination to = OriginalDestination.find(channel);
            if (to == null && spec.sockets().transparent()) {
                to = OriginalDestination.kept(channel, addresses());
            }
            if (spec.redirection() == Redirection.HANDED_ON) {
                OpenListener other = to == null || spec.firstLook().tellsDestinations() ? null : neighbours.at(to);
                if (other != null && !other.equals(this)) {
                    other.take(worker, channel, bound, false); // once: it does not hand on again, as in Envoy
                    return;
                }
                mayLeave = spec.firstLook().tellsDestinations();
            }
        }
        take(worker, channel, bound, mayLeave);
    }

    /**
     * The same listener's filters have had their look: whether another listener has the connection now, because one of
     * them has told that it was going there. Once: that one does not hand on again.
     */
    static boolean handedOn(Channel channel) {
        Stay stay = channel.attr(STAY).get();
        return stay != null && stay.handedOn(channel);
    }

    /** A connection has come to its chain. */
    static void chosen(Channel channel) {
        Stay stay = channel.attr(STAY).get();
        if (stay != null) {
            stay.chosen();
        }
    }

    /**
     * @param come
     *            how the connection reads and writes so far
     * @param mayLeave
     *            whether the look at it may find that another listener should have it
     */
    private void take(Worker worker, Channel channel, ChannelSettings come, boolean mayLeave) {
        if (!admittance.listener(spec.overload())) {
            channel.close();
            return;
        }
        long startNanos = worker.nowNanos();
        total.increment();
        active.increment();
        everyListener.increment();
        Front serving = entered();
        if (serving == null) {
            gone();
            // it was on its way while the sockets that it came by changed hands
            OpenListener heir = channel.localAddress() instanceof InetSocketAddress at ? neighbours.at(at) : null;
            if (heir == null || heir.equals(this)) {
                channel.close();
            } else {
                heir.take(worker, channel, come, false);
            }
            return;
        }
        Stay stay = new Stay(worker, serving, startNanos, mayLeave);
        channel.closeFuture().addListener(stay);
        channel.attr(STAY).set(stay);
        ConnectionLog.follow(serving.connections(), worker, channel);
        if (!serving.settings().equals(come)) {
            worker.settings(channel, serving.settings());
        }
        serving.accepted(worker, channel);
    }

    /** A connection does not count here any more. */
    private void gone() {
        admittance.ended();
        active.decrement();
        everyListener.decrement();
        destroyed.increment();
    }

    /** Who serves one more connection, which counts there from now on; null once the listener is gone. */
    private @Nullable Front entered() {
        Front serving = front;
        while (!serving.connectionOpened()) {
            Front next = front;
            if (next.equals(serving)) {
                return null;
            }
            serving = next;
        }
        return serving;
    }

    @Override
    public void acceptFailed(Worker worker, Throwable cause) {
        acceptFailures.increment();
        front.acceptFailed(worker, cause);
    }
}
