package io.weir.core.socket;

import java.util.List;

/**
 * How the sockets of a listener are set up, beside their addresses. Immutable.
 *
 * @param transparent
 *            whether connections come in that were going to other addresses (IP_TRANSPARENT)
 * @param freeBind
 *            whether an address that this machine does not have yet may be bound (IP_FREEBIND)
 * @param fastOpenQueue
 *            how many connections may bring data with their first packet before they are acknowledged (TCP_FASTOPEN);
 *            -1: the system's own setting stays
 * @param acceptsMax
 *            connections that are taken in one turn; 0: as many as the event loop takes
 * @param balanced
 *            whether each connection goes to the worker that has the fewest of this listener
 */
public record SocketRules(boolean transparent, boolean freeBind, int fastOpenQueue, int acceptsMax, boolean balanced,
        List<SocketOption> options) {
    /** Nothing special. */
    public static final SocketRules PLAIN = new SocketRules(false, false, -1, 0, false, List.of());

    public SocketRules {
        options = List.copyOf(options);
    }

    /** The same with other options. */
    public SocketRules withOptions(List<SocketOption> others) {
        return new SocketRules(transparent, freeBind, fastOpenQueue, acceptsMax, balanced, others);
    }

    /** Whether all but {@code transparent}, which an open socket can be told, is the same. */
    public boolean sameButTransparent(SocketRules other) {
        return equals(new SocketRules(transparent, other.freeBind, other.fastOpenQueue, other.acceptsMax,
                other.balanced, other.options));
    }
}
