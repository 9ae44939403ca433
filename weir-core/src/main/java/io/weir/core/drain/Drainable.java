package io.weir.core.drain;

import java.util.List;

/** Who has connections that can be asked to end. Any thread. */
public interface Drainable {
    /** Who has none: a stream of bytes has no end of its own that could be waited for, its peers or the time end it. */
    Drainable UNASKED = new Several(List.of());

    /** Connections are asked to end, in the drain's order; what they have under way is finished. May come again. */
    void drain(Drain how);

    /**
     * Whether clients are to be sent elsewhere, as while health checks of this proxy are told to fail: every connection
     * is asked to end when it has answered something, and new ones are taken all the same. Can be taken back.
     */
    void shunned(boolean on);

    /** All of them as one. */
    static Drainable all(List<Drainable> parts) {
        return new Several(List.copyOf(parts));
    }

    /** Several as one. */
    record Several(List<Drainable> parts) implements Drainable {
        @Override
        public void drain(Drain how) {
            parts.forEach(part -> part.drain(how));
        }

        @Override
        public void shunned(boolean on) {
            parts.forEach(part -> part.shunned(on));
        }
    }
}
