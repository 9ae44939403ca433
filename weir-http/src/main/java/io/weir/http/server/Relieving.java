package io.weir.http.server;

import io.weir.core.overload.Foremost;
import io.weir.core.overload.Relief;
import io.weir.net.transport.Worker;
import io.weir.net.transport.WorkerSlot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a worker's clients give up while resources are short, whatever listener they came by. Nobody counts what
 * requests hold while they are served: all that are open are looked at when it is asked for. One for each worker.
 */
public final class Relieving {
    private static final WorkerSlot<Relieving> SLOT = WorkerSlot.of(Relieving::new);

    private final Worker worker;
    /** Of servers that have any connections. */
    private final Set<Connections> servers = new HashSet<>();

    private Relieving(Worker worker) {
        this.worker = worker;
    }

    /** A worker's own. On its thread. */
    public static Relieving of(Worker worker) {
        return worker.slot(SLOT);
    }

    /** A server's first connection is about to come. */
    void begins(Connections server) {
        servers.add(server);
    }

    /** Its last has gone. */
    void ends(Connections server) {
        servers.remove(server);
    }

    private List<ClientConnection> open() {
        var open = new ArrayList<ClientConnection>();
        servers.forEach(server -> open.addAll(server.open()));
        return open;
    }

    /**
     * Resets streams and closes connections.
     *
     * @return how many streams were reset
     */
    public int relieve(Relief what) {
        var open = open();
        if (what.closes()) {
            close(open, what);
        }
        return what.resets() ? reset(open, what.resetBytesMin()) : 0;
    }

    private static int reset(List<ClientConnection> open, long bytesMin) {
        var heaviest = new Foremost<Burden>(Relief.RESETS_MAX);
        Consumer<Burden> scale = burden -> {
            long bytes = burden.heldBytes();
            if (bytes >= bytesMin) {
                heaviest.offer(burden, bytes);
            }
        };
        for (var connection : open) {
            switch (connection) {
                case Http1Connection one -> scale.accept(new Http1Burden(one));
                case Http2Connection many -> many.weigh(scale);
                case FirstBytes _ -> {
                    // holds no more than a preface
                }
            }
        }
        int reset = 0;
        for (var burden : heaviest.all()) {
            // the end of another may have been its own, or has made room for it
            if (burden.heldBytes() >= bytesMin && burden.drop()) {
                reset++;
            }
        }
        return reset;
    }

    private void close(List<ClientConnection> open, Relief what) {
        long now = worker.nowNanos();
        var longest = new Foremost<ClientConnection>(what.closesMax());
        for (var connection : open) {
            long rested = now - connection.idleSinceNanos();
            if (connection.idle() && rested >= what.restedNanosMin() && connection.unwrittenBytes() == 0) {
                longest.offer(connection, rested);
            }
        }
        for (var connection : longest.all()) {
            connection.server().stats().cxOverloadIdleClose.increment();
            connection.closeIdle();
        }
    }
}
