package io.weir.http.upstream;

import io.netty.channel.ChannelHandler;

/** A connection to a host, as its pool sees it. Belongs to the pool's worker. */
sealed interface HostConnection extends ChannelHandler permits Http1Upstream, Http2Upstream {
    /** The connection stands. */
    void open(long nowNanos);

    /** False once either side has closed, although nobody has been told yet. */
    boolean alive();

    /** Takes a request's listener on and tells it to write. */
    void begin(UpstreamListener one);

    void restingSince(long nowNanos);

    /** When it last came to rest; only while it rests. */
    long restingSince();

    void close();
}
