package io.weir.core.socket;

import java.nio.charset.StandardCharsets;

/**
 * An option of a socket that is named by the system's own numbers, as {@code setsockopt(2)} takes them. Source: Envoy's
 * {@code SocketOption}. Immutable.
 *
 * @param description
 *            for people; may be empty
 * @param level
 *            such as 6, SOL_TCP
 * @param name
 *            such as 13, TCP_CONGESTION
 */
public record SocketOption(String description, int level, int name, Value value, When when) {
    /** What it is set to. */
    public sealed interface Value {}

    /** A number, as the machine writes it. */
    public record Whole(int number) implements Value {
    }

    /**
     * Bytes.
     *
     * @param latin1
     *            each a character
     */
    public record Text(String latin1) implements Value {
        /** The bytes, anew each time. */
        public byte[] bytes() {
            return latin1.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    /** When it is set. */
    public enum When {
        /** Before the socket has its address. */
        PREBIND,
        /** While it listens. */
        LISTENING
    }
}
