package io.weir.stream.tcp;

/**
 * How long a connection may be still. Immutable.
 *
 * @param bothNanos
 *            time without a byte in either direction; 0 for no end
 * @param clientNanos
 *            time without a byte from the client, whatever the host sends; 0 for no end
 * @param hostNanos
 *            time without a byte from the host, whatever the client sends; 0 for no end
 */
public record Idle(long bothNanos, long clientNanos, long hostNanos) {
    public Idle {
        if (bothNanos < 0 || clientNanos < 0 || hostNanos < 0) {
            throw new IllegalArgumentException("negative times: " + bothNanos + ", " + clientNanos + ", " + hostNanos);
        }
    }

    /**
     * When a side has been still for too long. Who is held back, or has said its last word, is not the one who is
     * still.
     */
    static long sideDueNanos(long limitNanos, long movedNanos, boolean maySpeak, long nowNanos) {
        return limitNanos == 0 ? Long.MAX_VALUE : (maySpeak ? movedNanos : nowNanos) + limitNanos;
    }
}
