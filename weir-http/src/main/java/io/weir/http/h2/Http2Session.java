package io.weir.http.h2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.weir.http.codec.HeadLimits;
import io.weir.net.transport.Worker;

/**
 * One HTTP/2 connection in either role (RFC 9113): frames in and out, settings, flow control, streams, and the guards
 * against floods. The owner hands in what the channel reads and hears of streams through its listeners.
 *
 * <p>
 * Belongs to one worker.
 */
public final class Http2Session {
    /** Which end this is. */
    public enum Role {
        CLIENT, SERVER
    }

    /**
     * @param limits
     *            for each head that is read, and for trailers
     */
    public Http2Session(Role role, Worker worker, Channel channel, Http2Options options, HeadLimits limits,
            Http2Stats stats, Http2SessionListener listener) {
        throw new UnsupportedOperationException();
    }

    /** Sends preface (as a client), SETTINGS and the connection's window: to be called once, when the channel is up. */
    public void start() {
        throw new UnsupportedOperationException();
    }

    /** Bytes from the peer, which now belong to the session. Streams hear of them, and what they cause is flushed. */
    public void read(ByteBuf bytes) {
        throw new UnsupportedOperationException();
    }

    /** The channel has become writable or has ceased to be. */
    public void writabilityChanged() {
        throw new UnsupportedOperationException();
    }

    /** The channel is closed: streams hear {@link Http2Reset#CLOSED}, memory is given back. */
    public void closed() {
        throw new UnsupportedOperationException();
    }

    /**
     * Client only: a stream for one request, which gets its number when its head is written. To be called only while
     * {@link #room} is above 0. It is readable until told otherwise.
     */
    public Http2Stream open(Http2StreamListener listener) {
        throw new UnsupportedOperationException();
    }

    /**
     * Client only: how many more streams may be opened now, by the peer's SETTINGS and the numbers that are left; 0 when
     * either side is going away.
     */
    public int room() {
        throw new UnsupportedOperationException();
    }

    /** How many streams are open. */
    public int streams() {
        throw new UnsupportedOperationException();
    }

    /** False once either side has announced the end, or it has come. */
    public boolean open() {
        throw new UnsupportedOperationException();
    }

    /** Whether a header block or the preface is incomplete: its rest has to come in time. */
    public boolean inHead() {
        throw new UnsupportedOperationException();
    }

    /** What was written since goes out: at the end of the read at hand, or of the loop's turn. */
    public void flush() {
        throw new UnsupportedOperationException();
    }

    /**
     * Announces the end (RFC 9113 section 6.8): streams go on, new ones are taken until the peer has surely heard it, and
     * not after that. The session is over when the last stream has ended.
     */
    public void drain() {
        throw new UnsupportedOperationException();
    }

    /** Ends everything at once. */
    public void end(Http2Error code, String details) {
        throw new UnsupportedOperationException();
    }
}
