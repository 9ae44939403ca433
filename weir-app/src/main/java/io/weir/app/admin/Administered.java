package io.weir.app.admin;

import io.weir.core.cluster.Clusters;
import io.weir.core.stats.Stats;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;

/** What the admin shows and may ask for. Every method may be called by any thread and returns soon. */
public interface Administered {
    /** Where a Weir is in its life; Envoy's words. */
    enum State {
        /** Serving. */
        LIVE,
        /** Told to stop, or to look unhealthy: no new work is wanted. */
        DRAINING,
        /** Waiting for the first hosts of its clusters. */
        PRE_INITIALIZING,
        /** Opening listeners. */
        INITIALIZING
    }

    /** One listener as it stands. */
    record ListenerLine(String name, List<SocketAddress> addresses) {
        public ListenerLine {
            addresses = List.copyOf(addresses);
        }
    }

    /** Where it is in its life. */
    State state();

    /** Seconds since the process's start. */
    long uptimeSeconds();

    /** Facts for {@code /server_info}: node, options. Values are strings, numbers, booleans, maps and lists. */
    Map<String, Object> facts();

    /** All numbers. */
    Stats stats();

    /** All clusters. */
    Clusters clusters();

    /** All listeners that are open. */
    List<ListenerLine> listeners();

    /** The configuration that is served, as JSON in the shape of Envoy's {@code /config_dump}. */
    String configDump();

    /** Stop at once, as after a second SIGTERM. */
    void quit();

    /** Whether {@code /ready} and health answers say that this Weir is to be avoided. */
    void healthy(boolean healthy);

    /**
     * Closes the listeners.
     *
     * @param graceful
     *            whether connections are asked to end over the drain time first
     */
    void drainListeners(boolean graceful);

    /** Opens access log files anew. */
    void reopenLogs();
}
