package io.weir.app.boot;

import io.weir.core.admit.Carryover;
import io.weir.net.transport.Acceptor;
import io.weir.net.transport.ChannelSettings;
import io.weir.net.transport.Worker;
import io.weir.observe.log.AccessLog;
import io.weir.xds.spec.ListenerSpec;
import java.util.ArrayList;
import java.util.List;

import io.netty.channel.Channel;

/**
 * What a listener's connections come to, from one change of the listener to the next: a log of them, a first look, and
 * the filter chains, some of which may have served before the change. Any thread.
 */
final class Front {
    private final ListenerSpec spec;
    private final Service service;
    private final List<Tenure> chains;
    private final List<Runnable> changes;
    /** Connections that have no chain yet: they get one of these, whatever changes meanwhile. */
    private final Holders choosing;
    /** Connections until their end, when the log has a line for each; where there is no log nobody counts them. */
    private final Holders logged;
    private final boolean logs;

    /**
     * It holds the chains from now on, each of which has been held for it.
     *
     * @param service
     *            brings connections to their chains; its {@code closeAll} knows those that are on the way
     * @param changes
     *            what its beginning does to chains that have served before
     */
    Front(ListenerSpec spec, Service service, List<Tenure> chains, List<Runnable> changes) {
        this.spec = spec;
        this.service = service;
        this.chains = List.copyOf(chains);
        this.changes = List.copyOf(changes);
        this.choosing = new Holders(() -> this.chains.forEach(Tenure::letGo));
        this.logged = new Holders(service.forget());
        this.logs = !service.connections().equals(AccessLog.none());
    }

    ListenerSpec spec() {
        return spec;
    }

    List<Tenure> chains() {
        return chains;
    }

    ChannelSettings settings() {
        return service.settings();
    }

    /** Written once per connection. */
    AccessLog connections() {
        return service.connections();
    }

    /** What the limits before the choice of a chain count, for the front after this one. */
    Carryover counted() {
        return service.counted();
    }

    void accepted(Worker worker, Channel channel) {
        service.acceptor().accepted(worker, channel);
    }

    void acceptFailed(Worker worker, Throwable cause) {
        Acceptor door = service.acceptor();
        door.acceptFailed(worker, cause);
    }

    /** Connections come in from now on: chains are what they are to be. The conductor's; once. */
    void begin() {
        changes.forEach(Runnable::run);
    }

    /** Whether one more connection comes in here; false: another front took its place, and it has let go of all. */
    boolean connectionOpened() {
        if (!choosing.enter()) {
            return false;
        }
        if (!logs || logged.enter()) {
            return true;
        }
        choosing.leave();
        return false;
    }

    /** A connection has come to its chain, or ended before. */
    void chosen() {
        choosing.leave();
    }

    /** A connection has ended. */
    void connectionEnded() {
        if (logs) {
            logged.leave();
        }
    }

    /** No connection comes in any more. Once. */
    void letGo() {
        choosing.leave();
        logged.leave();
    }

    /** Whether connections may be on the way to their chains. */
    boolean choosing() {
        return choosing.any();
    }

    /** Ends connections that are on the way to their chains. */
    void closeChoosing() {
        service.closeAll().run();
    }

    /** The chains that another front does not have. */
    List<Tenure> without(Front successor) {
        List<Tenure> mine = new ArrayList<>(chains);
        mine.removeAll(successor.chains);
        return mine;
    }
}
