package io.weir.core.drain;

/** Who has connections that can be asked to end. Any thread. */
public interface Drainable {
    /** Connections are asked to end, in the drain's order; what they have under way is finished. May come again. */
    void drain(Drain how);

    /**
     * Whether clients are to be sent elsewhere, as while health checks of this proxy are told to fail: every connection
     * is asked to end when it has answered something, and new ones are taken all the same. Can be taken back.
     */
    void shunned(boolean on);
}
