package io.weir.testkit.sim.fleet;

import java.util.List;

/**
 * Who sends: instances of Weir, each with its workers. A request comes to a client and a worker at random, as
 * connections do.
 *
 * @param zones
 *            the zone of client 0, 1, ...; begins again at its end. Empty: nowhere in particular
 * @param counts
 *            what the workers of a client know of each other
 */
public record Clients(int count, int workers, List<String> zones, Counts counts) {
    public Clients {
        zones = List.copyOf(zones);
    }

    /** Where a client stands. */
    public String zone(int client) {
        return zones.isEmpty() ? "" : zones.get(client % zones.size());
    }

    /** Who counts a host's requests in flight. */
    public enum Counts {
        /** All workers together, as Weir does. */
        SHARED,
        /** Each worker for itself, as if it were a client of its own: what Weir does not do, to compare with. */
        PER_WORKER
    }
}
