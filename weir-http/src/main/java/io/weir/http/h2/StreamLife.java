package io.weir.http.h2;

import io.weir.http.codec.HttpHead;

/**
 * How streams begin and end (RFC 9113 section 5.1): the heads that we write, the halves that close, resets by either
 * side, and what an end costs the peer in the eyes of {@link FloodGuard}. One per session.
 */
final class StreamLife {
    private final Http2Session session;
    private final Http2Heads heads;
    private final FrameWriter writer;
    private int nextId = 1;
    /** Client: streams that are open for their owner, and have no number yet. */
    private int unnumbered;

    StreamLife(Http2Session session, Http2Heads heads, FrameWriter writer) {
        this.session = session;
        this.heads = heads;
        this.writer = writer;
    }

    /** Client: the number of the next stream. */
    int nextId() {
        return nextId;
    }

    int numbersLeft() {
        return nextId < 0 ? 0 : (Frames.STREAM_MAX - nextId) / 2;
    }

    int unnumbered() {
        return unnumbered;
    }

    // ---- beginnings ----

    Http2Stream open(Http2StreamListener owner) {
        var stream = fresh(0);
        stream.listener = owner;
        stream.readable = true;
        unnumbered++;
        return stream;
    }

    /** Server: the client has opened this stream. */
    Http2Stream enter(int id) {
        var stream = fresh(id);
        entered(stream);
        return stream;
    }

    Http2Stream upgraded(Http2StreamListener owner) {
        var stream = enter(1);
        stream.headRead = true;
        stream.remoteClosed = true;
        stream.listener = owner;
        return stream;
    }

    private Http2Stream fresh(int id) {
        var stream = session.table().take();
        stream.begin(id, session.outbound().streamWindow(), session.inbound().streamWindow(),
                session.worker().nowNanos());
        return stream;
    }

    private void entered(Http2Stream stream) {
        session.table().put(stream);
        session.guard().streamOpened();
        session.stats().streamsActive.increment();
    }

    // ---- heads ----

    void writeRequest(Http2Stream stream, HttpHead head, String scheme, boolean last) {
        if (stream.id != 0 || stream.over || session.isOver()) {
            return;
        }
        unnumbered--;
        stream.id = nextId;
        stream.receiveWindow = session.inbound().streamWindow(); // perhaps another than when it was opened
        nextId += 2;
        stream.toHead = head.methodIs("HEAD");
        stream.toConnect = head.methodIs("CONNECT");
        entered(stream);
        var out = writer.beginHeaders(stream.id, last, head.length());
        heads.writeRequest(head, scheme, out);
        writer.endHeaders(out);
        if (last) {
            localEnded(stream);
        }
    }

    void writeResponse(Http2Stream stream, HttpHead head, boolean last) {
        if (stream.over || stream.localClosed || stream.endWaiting) {
            return;
        }
        var out = writer.beginHeaders(stream.id, last, head.length());
        heads.writeResponse(head, out);
        writer.endHeaders(out);
        if (last) {
            localEnded(stream);
        }
    }

    void writeTrailers(Http2Stream stream, HttpHead trailers) {
        var out = writer.beginHeaders(stream.id, true, trailers.length());
        heads.writeTrailers(trailers, out);
        writer.endHeaders(out);
    }

    // ---- ends ----

    /** The last of our message has been written. */
    void localEnded(Http2Stream stream) {
        stream.localClosed = true;
        if (stream.remoteClosed) {
            leave(stream, false);
        } else if (stream.detached) {
            resetStream(stream, stream.resetBehind);
        }
    }

    /** The last of the peer's message has come. */
    void remoteEnded(Http2Stream stream) {
        stream.remoteClosed = true;
        if (stream.localClosed && !stream.over) {
            leave(stream, false);
        }
    }

    private void leave(Http2Stream stream, boolean premature) {
        stream.over = true;
        session.table().remove(stream);
        session.outbound().leave(stream);
        stream.dropWaiting();
        session.stats().streamsActive.decrement();
        session.guard().streamEnded(premature);
        if (stream.detached) {
            recycle(stream);
        }
        session.listener().streamClosed();
        session.endWhenEmpty();
    }

    void recycle(Http2Stream stream) {
        session.inbound().forget(stream); // an owner that lets go of the rest of a message has not taken it
        stream.dropWaiting();
        session.table().giveBack(stream);
    }

    /** Our side gives the stream up; its owner knows. */
    void resetStream(Http2Stream stream, Http2Error code) {
        if (stream.over) {
            return;
        }
        if (stream.id == 0) {
            unnumbered--;
            stream.over = true;
            recycle(stream);
            session.listener().streamClosed(); // its room is free for others
            session.endWhenEmpty();
            return;
        }
        session.inbound().forget(stream);
        sendReset(stream.id, code);
        leave(stream, code == Http2Error.PROTOCOL_ERROR);
        session.flush();
    }

    private void sendReset(int id, Http2Error code) {
        if (!session.isOver()) {
            writer.reset(id, code);
            session.stats().txReset.increment();
            session.table().remember(id);
        }
    }

    /** The peer has broken a rule on this stream alone (section 5.4.2). It has brought the reset on itself. */
    void violated(Http2Stream stream, Http2Error code, String details) {
        sendReset(stream.id, code);
        lost(stream, Http2Reset.PROTOCOL, code, details, true);
    }

    /** The peer's message is malformed (section 8.1.1). */
    void malformed(Http2Stream stream, String details) {
        session.stats().rxMessagingError.increment();
        if (session.options().streamErrors()) {
            violated(stream, Http2Error.PROTOCOL_ERROR, details);
        } else {
            session.error(Http2Error.PROTOCOL_ERROR, details);
        }
    }

    /** A stream that was not even opened. */
    void refuse(int id, Http2Error code) {
        sendReset(id, code);
        session.guard().streamEnded(true);
    }

    void resetByPeer(Http2Stream stream, Http2Error code) {
        session.stats().rxReset.increment();
        boolean early = !stream.localClosed && !stream.endWaiting
                && session.worker().nowNanos() - stream.openedNanos < FloodGuard.PREMATURE_NANOS;
        lost(stream, code == Http2Error.REFUSED_STREAM ? Http2Reset.REFUSED : Http2Reset.PEER, code,
                "http2.remote_reset", early);
    }

    void flushTimedOut(Http2Stream stream) {
        session.stats().txFlushTimeout.increment();
        sendReset(stream.id, Http2Error.CANCEL);
        lost(stream, Http2Reset.FLUSH_TIMEOUT, Http2Error.CANCEL, "http2.stream_flush_timeout", false);
    }

    private void lost(Http2Stream stream, Http2Reset why, Http2Error code, String details, boolean premature) {
        var owner = stream.listener;
        // A client that has all of a response, or has it waiting, may keep it: what ends the stream now is no reset.
        // Of a tunnel our half is lost all the same.
        boolean answered = !session.server() && stream.remoteClosed && !stream.tunnel;
        if (!answered) {
            session.inbound().forget(stream);
        }
        leave(stream, premature);
        if (owner != null && !answered) {
            owner.streamReset(why, code, details);
        }
    }

    /** The session is over, and with it every stream. */
    void endAll(Http2Reset why, Http2Error code, String details) {
        for (var stream : session.table().all()) {
            if (stream != null && !stream.over) {
                lost(stream, why, code, details, false);
            }
        }
    }

    /** The peer has not looked at streams beyond this one, and never will (section 6.8). */
    void refusedBeyond(int lastId) {
        for (var stream : session.table().all()) {
            if (stream != null && !stream.over && stream.id > lastId) {
                lost(stream, Http2Reset.REFUSED, Http2Error.REFUSED_STREAM, "http2.goaway", false);
            }
        }
    }
}
