package io.weir.app.boot;

import io.weir.core.admit.Carryover;
import io.weir.core.drain.Drainable;
import io.weir.net.sniff.Entrance;
import io.weir.net.sniff.SniffingAcceptor;
import io.weir.net.tls.TlsServer;
import io.weir.net.transport.Acceptor;
import io.weir.net.transport.ChannelSettings;
import io.weir.observe.log.AccessLog;
import org.jspecify.annotations.Nullable;

/**
 * What serves the connections of a filter chain, HTTP or byte streams, or brings them to it.
 *
 * @param acceptor
 *            takes connections on the workers
 * @param settings
 *            how those connections read and write
 * @param drain
 *            asks connections to end when their present work is done
 * @param closeAll
 *            ends every connection at once
 * @param connections
 *            written once per connection
 * @param counted
 *            what its limits count, for who serves after it
 * @param forget
 *            lets go of what it holds beside connections, its access logs; after its last connection
 * @param tls
 *            what secures connections, for who serves after it; null: nothing does
 */
record Service(Acceptor acceptor, ChannelSettings settings, Drainable drain, Runnable closeAll,
        AccessLog connections, Carryover counted, Runnable forget, @Nullable TlsServer tls) {

    /** The same, whose connections come through somebody else first. */
    Service behind(Acceptor door) {
        return new Service(door, settings, drain, closeAll, connections, counted, forget, tls);
    }

    /**
     * What brings connections to one of several. Those have services of their own, which ask and close them.
     *
     * @param door
     *            gives each of them its own
     */
    static Service before(Acceptor door, ChannelSettings settings, Carryover counted) {
        return new Service(door, settings, Drainable.UNASKED, () -> {
        }, AccessLog.none(), counted, () -> {
        }, null);
    }

    /** The same, looked at first: connections come as that needs them. */
    Service after(SniffingAcceptor look, Entrance entrance) {
        return new Service(entrance.in(look), SniffingAcceptor.SETTINGS, drain, closingToo(entrance), connections,
                counted, forget, tls);
    }

    /** Those on their way first: who arrives between the two is closed by the other. */
    private Runnable closingToo(Entrance entrance) {
        return () -> {
            entrance.closeAll();
            closeAll.run();
        };
    }

    /** The same, before which some connections wait: until somebody has been asked, or for their end. */
    Service behind(Acceptor door, Entrance entrance) {
        return new Service(entrance.in(door), settings, drain, closingToo(entrance), connections, counted, forget, tls);
    }

    /**
     * The same, whose connections are secured first.
     *
     * @param end
     *            lets go of what that takes
     */
    Service secured(Acceptor door, Entrance entrance, Runnable end) {
        return new Service(entrance.in(door), settings, drain, closingToo(entrance), connections, counted, () -> {
            forget.run();
            end.run();
        }, tls);
    }

    /** The same, whose connections this secures. */
    Service by(TlsServer server) {
        return new Service(acceptor, settings, drain, closeAll, connections, counted, forget, server);
    }

    /** The same with a log of its connections, which is closed with the others. */
    Service withConnections(AccessLog log) {
        return new Service(acceptor, settings, drain, closeAll, log, counted, () -> {
            forget.run();
            log.close();
        }, tls);
    }
}
