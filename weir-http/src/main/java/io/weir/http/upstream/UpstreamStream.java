package io.weir.http.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.weir.http.codec.HttpHead;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way to a host. Lives on one worker; every method is called there. What is written goes out with
 * {@link #flush()}.
 */
public interface UpstreamStream {
    /**
     * Writes the request's head; {@code last} when no body follows. The head may be reused once this returns. Behind a
     * request for a tunnel the stream stays open whatever {@code last} says, and takes the tunnel's bytes once the
     * answer has opened it.
     */
    void head(HttpHead head, boolean last);

    /** Writes body bytes, which now belong to the stream; {@code last} ends the request. */
    void data(ByteBuf data, boolean last);

    /** Ends the request with trailers. */
    void trailers(HttpHead trailers);

    void flush();

    /** False when the host takes bytes slower than they come: hold the client back until told otherwise. */
    boolean writable();

    /** Whether response bytes are wanted; false holds the host back. */
    void readable(boolean wanted);

    /** How many bytes of the request, and of its response, wait here. For rare events. */
    default long heldBytes() {
        return Unwritten.bytes(connection()); // which carries nothing else
    }

    /** Gives the request up. The listener hears no more; the connection is closed where it can't be used again. */
    void cancel();

    /** What is spoken with the host, as access logs show it. */
    String protocol();

    /** The connection, for logs; null when it is closed already. */
    @Nullable
    Channel connection();
}
