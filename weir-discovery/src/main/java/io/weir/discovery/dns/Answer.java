package io.weir.discovery.dns;

import java.net.InetAddress;
import java.util.List;

/** What asking for a name came to. */
sealed interface Answer {
    /**
     * Addresses, in the order of the answer.
     *
     * @param ttlSeconds
     *            the shortest time to live among them; 0 when nobody gave one, as in a hosts file
     */
    record Found(List<InetAddress> addresses, long ttlSeconds) implements Answer {
    }

    /** The name does not exist, or has no address of the kinds that were asked for. */
    record Nothing() implements Answer {
    }

    /** Nobody answered, or with an error. */
    record Failed(String reason) implements Answer {
    }
}
