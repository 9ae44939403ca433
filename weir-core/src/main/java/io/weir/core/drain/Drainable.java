package io.weir.core.drain;

/**
 * Who has connections that have to end: those of messages can be asked to, and streams and tunnels are ended, as there
 * is no word for it in them. Any thread.
 */
public interface Drainable {
    /** Who has none. */
    Drainable UNASKED = (_, _) -> {
    };

    /** Connections are asked to end, in the drain's order; what they have under way is finished. May come again. */
    default void drain(Drain how) {}

    /**
     * Whether clients are to be sent elsewhere, as while health checks of this proxy are told to fail: every connection
     * is asked to end when it has answered something, and new ones are taken all the same. Can be taken back.
     */
    default void shunned(boolean on) {}

    /**
     * Ends streams of bytes and tunnels whose turn has come, and answers that may have no end. To be called again and
     * again while the drain lasts.
     */
    void endStreams(Turns turns, long nowNanos);
}
