package io.weir.core.tls;

import java.util.List;
import java.util.Map;

/**
 * What carries the bytes of connections to a cluster's hosts: Envoy's {@code transport_socket} and
 * {@code transport_socket_matches}. Immutable; any thread.
 *
 * @param otherwise
 *            for hosts that none of the others fits
 * @param matches
 *            the first that fits a host counts
 */
public record HostSockets(SocketSpec otherwise, List<Match> matches) {
    /** Where it stands among a cluster's extensions; none: all is plain. */
    public static final String KEY = "transport_socket";
    /** The name space of an endpoint's metadata that matches look at. */
    public static final String METADATA = "envoy.transport_socket_match";

    public HostSockets {
        matches = List.copyOf(matches);
    }

    /**
     * A socket for some hosts.
     *
     * @param name
     *            what statistics call it
     * @param criteria
     *            each of these must stand in the endpoint's metadata with just this value; empty: every host fits
     */
    public record Match(String name, Map<String, Object> criteria, SocketSpec socket) {
        public Match {
            criteria = Map.copyOf(criteria);
        }

        boolean fits(Map<?, ?> words) {
            for (Map.Entry<String, Object> each : criteria.entrySet()) {
                if (!each.getValue().equals(words.get(each.getKey()))) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * Which of {@link #matches} a host has.
     *
     * @param metadata
     *            the endpoint's, by name space
     * @return its index; -1: {@link #otherwise}
     */
    public int match(Map<String, Object> metadata) {
        Map<?, ?> words = metadata.get(METADATA) instanceof Map<?, ?> map ? map : Map.of();
        for (int i = 0; i < matches.size(); i++) {
            if (matches.get(i).fits(words)) {
                return i;
            }
        }
        return -1;
    }
}
