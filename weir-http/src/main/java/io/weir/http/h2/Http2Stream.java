package io.weir.http.h2;

import io.netty.buffer.ByteBuf;
import io.weir.http.codec.HttpHead;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One stream as its owner sees it (RFC 9113 section 5). What is written goes out with {@link Http2Session#flush()}. The
 * owner calls {@link #detach} or {@link #reset} once for each stream, also after it has heard the last of it; then the
 * object is reused for another stream, and the owner must have let go of it.
 *
 * <p>
 * Belongs to its session's worker.
 */
public final class Http2Stream {
    final Http2Session session;
    /** Body bytes from the peer that the owner does not want yet. */
    final ArrayDeque<ByteBuf> arrived = new ArrayDeque<>(2);
    /** Body bytes for the peer that its windows or the socket have no room for. */
    final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>(2);
    /** Neighbours in the ring of streams that may send what waits; null outside of it. */
    @Nullable
    Http2Stream nextReady;
    @Nullable
    Http2Stream previousReady;

    @Nullable
    Http2StreamListener listener;
    int id;
    /** What we may still send. */
    int sendWindow;
    /** What the peer may still send. */
    int receiveWindow;
    /** Handed on, and not given back to the peer yet. */
    int handedOn;
    int waitingBytes;
    /** What the peer's body still has to bring by its content-length; -1 where nobody knows. */
    long contentLeft;
    long openedNanos;
    /** When what waits last moved. */
    long movedNanos;
    int interims;
    boolean headRead;
    boolean toHead;
    boolean toConnect;
    /** Nothing but DATA comes any more (RFC 9113 section 8.5), and the one half may live without the other. */
    boolean tunnel;
    boolean readable;
    /** The owner was told to hold back, and waits to hear of {@link Http2StreamListener#streamWritable()}. */
    boolean blocked;
    /** Our message is complete on the wire. */
    boolean localClosed;
    /** Our message is complete, its end waits behind {@link #waiting}. */
    boolean endWaiting;
    @Nullable
    HttpHead trailersWaiting;
    /** The peer's message is complete on the wire. */
    boolean remoteClosed;
    /** The peer's message is complete, the owner has not taken it all. */
    boolean endArrived;
    @Nullable
    HttpHead trailersArrived;
    /** Out of the table: complete, reset, or the connection has ended. */
    boolean over;
    boolean detached;
    boolean touched;
    /** Behind the answer to a refused head the stream is reset with this. */
    Http2Error resetBehind = Http2Error.NO_ERROR;

    Http2Stream(Http2Session session) {
        this.session = session;
    }

    void begin(int number, int sends, int receives, long nowNanos) {
        id = number;
        sendWindow = sends;
        receiveWindow = receives;
        handedOn = 0;
        waitingBytes = 0;
        contentLeft = -1;
        openedNanos = nowNanos;
        movedNanos = nowNanos;
        interims = 0;
        headRead = false;
        toHead = false;
        toConnect = false;
        tunnel = false;
        readable = false;
        blocked = false;
        localClosed = false;
        endWaiting = false;
        trailersWaiting = null;
        remoteClosed = false;
        endArrived = false;
        trailersArrived = null;
        over = false;
        detached = false;
        touched = false;
        resetBehind = Http2Error.NO_ERROR;
    }

    /** The stream's number; 0 for a client's before its head was written. */
    public int id() {
        return id;
    }

    /** Who owns the stream; null once it has let go of it. */
    public @Nullable Http2StreamListener owner() {
        return listener;
    }

    /** How many body bytes of both directions wait here. */
    public long heldBytes() {
        long bytes = waitingBytes;
        for (var data : arrived) {
            bytes += data.readableBytes();
        }
        return bytes;
    }

    /** What its owner has left to be sent is not: RST_STREAM with this code, unless it has an owner or is over. */
    public void drop(Http2Error code) {
        if (detached && !over) {
            session.life().resetStream(this, code);
        }
    }

    /** Whether the last head has made a tunnel of the stream (RFC 9113 section 8.5). */
    public boolean tunnel() {
        return tunnel;
    }

    /** Client: writes the request's head; {@code last} when no body follows. The head may be reused on return. */
    public void request(HttpHead head, String scheme, boolean last) {
        session.life().writeRequest(this, head, scheme, last);
    }

    /** Server: writes the response's head, or an interim one, which is never {@code last}. */
    public void response(HttpHead head, boolean last) {
        session.life().writeResponse(this, head, last);
    }

    /** Writes body bytes, which now belong to the stream; {@code last} ends the message. */
    public void data(ByteBuf data, boolean last) {
        session.outbound().data(this, data, last);
    }

    /** Ends the message with trailers, which may be reused on return. */
    public void trailers(HttpHead trailers) {
        session.outbound().trailers(this, trailers);
    }

    /**
     * False when the peer takes bytes slower than they come (its windows, or the connection): hold back who sends,
     * until {@link Http2StreamListener#streamWritable()}.
     */
    public boolean writable() {
        boolean free = session.outbound().takes(this);
        if (!free) {
            session.outbound().held(this);
        }
        return free;
    }

    /** Whether body bytes are wanted. What comes while they are not is kept, and its window not given back. */
    public void readable(boolean wanted) {
        if (readable != wanted) {
            readable = wanted;
            if (wanted) {
                session.inbound().deliver(this);
            }
        }
    }

    /** Gives the stream up: RST_STREAM with this code, unless it is over already. The listener hears no more. */
    public void reset(Http2Error code) {
        if (detached) {
            return;
        }
        listener = null;
        detached = true;
        if (over) {
            session.life().recycle(this);
        } else {
            session.life().resetStream(this, code);
        }
    }

    /**
     * The owner needs the stream no more. What it has written still goes out; where it has not ended its message the
     * stream is reset with CANCEL, and where the peer has not, with NO_ERROR behind ours (RFC 9113 section 8.1). The
     * listener hears no more.
     */
    public void detach() {
        if (detached) {
            return;
        }
        listener = null;
        detached = true;
        if (over) {
            session.life().recycle(this);
            return;
        }
        session.inbound().forget(this);
        if (!localClosed && !endWaiting) {
            session.life().resetStream(this, Http2Error.CANCEL);
        } else if (localClosed) {
            session.life().resetStream(this, resetBehind);
        }
    }

    /** What waits for the peer is thrown away. */
    void dropWaiting() {
        for (var data = waiting.poll(); data != null; data = waiting.poll()) {
            data.release();
        }
        trailersWaiting = null;
    }
}
