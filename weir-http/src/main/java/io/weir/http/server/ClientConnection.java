package io.weir.http.server;

import io.weir.core.drain.Turns;
import io.weir.net.transport.Worker;

/** A client's connection as its server and its timer see it, whichever version of HTTP it speaks. On its worker. */
sealed interface ClientConnection permits FirstBytes, Http1Connection, Http2Connection {
    Worker worker();

    /** Whose it is. */
    HttpServer server();

    /** How many bytes for the client the socket has not taken. */
    long unwrittenBytes();

    /** Its number, the same as long as it lives. */
    long connectionId();

    /** Whether no request is under way. */
    boolean idle();

    /** Since when it has been {@link #idle}. */
    long idleSinceNanos();

    /** Whether a head, or what has to come before the first, has begun and is not complete. */
    boolean inHead();

    /** Whether the last answer has been written. */
    boolean closing();

    /** Closes a connection that is idle. */
    void closeIdle();

    /** The rest of a head has not come in time. */
    void headTimedOut();

    /** Nothing has come for too long, or the connection is {@code old} enough. */
    void idleTimedOut(boolean old);

    /** The connection is old enough, and not idle. Where the next answer says that it is the last, nothing is to do. */
    default void outlived() {}

    /** The server wants to be rid of this connection as soon as it hurts nobody; the same holds. */
    default void drain() {}

    /**
     * Ends at once what may have no end and whose turn has come: each of its tunnels by the age of each, answers when
     * nothing else is under way, and with what is the whole connection the connection. Whether there was anything, and
     * nothing in an earlier turn.
     */
    default boolean endDue(Turns turns, long nowNanos) {
        return false;
    }

    /** Closes at once, whatever is under way. */
    void cut();
}
