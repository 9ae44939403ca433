package io.weir.app.admin;

import io.weir.core.cluster.Clusters;
import io.weir.core.stats.Stats;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
     * Which listeners.
     *
     * @param inboundOnly
     *            only those whose {@code traffic_direction} is {@code INBOUND}
     * @param name
     *            only the one of this name; null: all
     */
    record Which(boolean inboundOnly, @Nullable String name) {
        public static final Which ALL = new Which(false, null);

        /** Whether a listener is among them. */
        public boolean has(String listener, boolean inbound) {
            return (!inboundOnly || inbound) && (name == null || name.equals(listener));
        }
    }

    /**
     * Closes listeners. False when none of them is known, whether it is open or has been closed: nothing is done then.
     *
     * @param graceful
     *            whether connections are asked to end over the drain time first
     * @param skipExit
     *            with graceful, whether listeners stay open when the drain time is over
     */
    boolean drainListeners(Which which, boolean graceful, boolean skipExit);

    /** Begins to have another process take over from this one; false when that cannot be now. */
    boolean upgrade();

    /** How that stands, and whom this process took over from, as a line for people; empty: nothing. */
    String upgradeText();

    /** Opens access log files anew. */
    void reopenLogs();
}
