package io.weir.http.proxy;

import io.netty.buffer.ByteBuf;
import io.weir.core.tls.TlsFacts;
import io.weir.http.codec.HttpHead;
import io.weir.http.upstream.ClientPools;
import io.weir.net.sniff.Greeting;
import io.weir.net.transport.Worker;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of one exchange, as a codec offers it. Lives on one worker; every method is called there. What is
 * written goes out with {@link #flush()}.
 */
public interface Downstream {
    Worker worker();

    /** Writes an interim response, 102 to 199. */
    void interim(HttpHead head);

    /** Writes the final response's head; {@code last} when no body follows. The head may be reused on return. */
    void head(HttpHead head, boolean last);

    /** Writes body bytes, which now belong to the client's side; {@code last} ends the response. */
    void data(ByteBuf data, boolean last);

    /** Ends the response with trailers. */
    void trailers(HttpHead trailers);

    void flush();

    /** False when the client takes bytes slower than they come: hold the host back until told otherwise. */
    boolean writable();

    /** Whether request body bytes are wanted. None come before the first {@code true}. */
    void readable(boolean wanted);

    /** The response cannot be completed, and the client must see that: the connection or stream is cut. */
    void cut();

    /** The exchange needs the client's side no more: response and request are complete, or it was cut. */
    void ended();

    /** The client, or who stands before it. */
    SocketAddress remoteAddress();

    /** The address that the connection came from, whatever a proxy before us tells. */
    default SocketAddress directRemoteAddress() {
        return remoteAddress();
    }

    /** What was found out of the connection before it was served; null: nobody looked. */
    default @Nullable Greeting greeting() {
        return null;
    }

    /** Where its requests find connections to hosts. */
    ClientPools pools();

    /** Where the connection came in; where it was redirected, an {@code OriginalDestination}: where it was going. */
    SocketAddress localAddress();

    /** What is known of the client's connection where TLS secures it; null: it is plain. */
    @Nullable
    TlsFacts tls();

    /** A number for logs, the same for all requests of a connection. */
    long connectionId();

    /** "HTTP/1.1" and so on, as access logs show it. */
    String protocol();
}
