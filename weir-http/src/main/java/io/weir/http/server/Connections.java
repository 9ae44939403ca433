package io.weir.http.server;

import io.weir.core.drain.Turns;
import io.weir.net.transport.TimerWheel;
import io.weir.net.transport.Worker;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** One worker's open connections of one server. */
final class Connections extends TimerWheel.Timer {
    private static final long DRAIN_STEP_NANOS = 100_000_000L;

    private final HttpServer server;
    private final Worker worker;
    private final Set<ClientConnection> open = new HashSet<>();
    private boolean armed;

    Connections(HttpServer server, Worker worker) {
        this.server = server;
        this.worker = worker;
    }

    void add(ClientConnection connection) {
        if (open.isEmpty()) {
            Relieving.of(worker).begins(this);
        }
        open.add(connection);
        if (server.drains() && !armed) {
            look();
        }
    }

    /** Whether it was there. */
    boolean remove(ClientConnection connection) {
        boolean there = open.remove(connection);
        if (there && open.isEmpty()) {
            Relieving.of(worker).ends(this);
        }
        return there;
    }

    /** All of them at the moment. */
    Collection<ClientConnection> open() {
        return open;
    }

    private void look() {
        armed = true;
        worker.timers().arm(this, worker.nowNanos() + DRAIN_STEP_NANOS);
    }

    /**
     * Closes what has rested for a second. A younger connection may have a request on its way to us, which closing
     * would lose; it is told with its next response, or closed when it has rested long enough.
     */
    void drain() {
        long now = worker.nowNanos();
        for (var connection : open.toArray(new ClientConnection[0])) {
            if (!server.leaves(connection)) {
                continue;
            }
            connection.drain();
            if (connection.idle() && now - connection.idleSinceNanos() >= 10 * DRAIN_STEP_NANOS) {
                server.stats().cxDrainClose.increment();
                connection.closeIdle();
            }
        }
        armed = false;
        if (!open.isEmpty()) {
            look();
        }
    }

    void endDue(Turns turns, long nowNanos) {
        for (var connection : open.toArray(new ClientConnection[0])) {
            if (connection.endDue(turns, nowNanos)) {
                server.stats().cxDrainClose.increment();
            }
        }
    }

    void closeAll() {
        for (var connection : open.toArray(new ClientConnection[0])) {
            connection.cut();
        }
    }

    @Override
    protected void expired(long nowNanos) {
        drain();
    }
}
