package io.weir.http.h2;

import io.netty.buffer.ByteBuf;
import io.weir.http.codec.HttpHead;
import org.jspecify.annotations.Nullable;

/**
 * Streams as the peer opens, uses and ends them (RFC 9113 sections 5.1 and 8.1): which header block is a request, a
 * response, trailers or none of these, and whether DATA may come. One per session.
 */
final class Messages {
    /** More interim responses than this to one request are an attack or an error. */
    private static final int INTERIMS_MAX = 32;

    /** What follows from a header block, once nobody looks at its bytes any more. */
    enum Next {
        /** Nobody wants it. */
        NOTHING,
        /** A request's head, or a response's. */
        HEAD,
        /** The end of a message. */
        TRAILERS,
        /** A request that is answered without being served. */
        REFUSED,
        /** No message (section 8.1.1). */
        MALFORMED,
        /** It came for a stream that takes none. */
        STREAM_CLOSED,
        /** Beyond the limits, where there is nobody to answer. */
        TOO_LARGE,
        /** It can't be decoded. */
        COMPRESSION_ERROR,
        /** Beyond the streams that we allow. */
        TOO_MANY_STREAMS,
        /** Yet another interim response. */
        TOO_MANY_INTERIMS,
        /** Its stream depends on itself. */
        OWN_PARENT
    }

    private final Http2Session session;
    private final Http2Heads heads;
    private final Http2Options options;
    private final boolean server;
    /** The highest stream that the client has opened. */
    private int lastPeerId;
    private int takenPeerId;
    private boolean ownParent;
    private @Nullable Http2Stream stream;
    private @Nullable HttpHead head;
    private int blockId;
    private boolean blockLast;

    Messages(Http2Session session, Http2Heads heads, Http2Options options, boolean server) {
        this.session = session;
        this.heads = heads;
        this.options = options;
        this.server = server;
    }

    int lastPeerId() {
        return lastPeerId;
    }

    /** The last stream that was looked at: what GOAWAY names, which must not rise again (RFC 9113 section 6.8). */
    int takenPeerId() {
        return takenPeerId;
    }

    /** Stream 1 has come by an upgrade. */
    void upgraded() {
        lastPeerId = 1;
        takenPeerId = 1;
    }

    /** A stream that no frame but HEADERS and PRIORITY may come for. */
    boolean idle(int id) {
        if ((id & 1) == 0) {
            return true; // a server's, which may not push
        }
        return server ? id > lastPeerId : id >= session.life().nextId();
    }

    /** The next block's priority says that its stream depends on itself (RFC 7540 section 5.3.1). */
    void ownParent(boolean so) {
        ownParent = so;
    }

    // ---- header blocks ----

    /** Decodes a whole block; what follows from it is for {@link #act}. */
    Next block(int id, boolean last, ByteBuf block) {
        blockId = id;
        blockLast = last;
        head = null;
        var known = session.table().find(id);
        stream = known;
        if (known != null) {
            return server || known.headRead ? more(known, block) : response(known, block);
        }
        if (server && (id & 1) == 1 && id > lastPeerId) {
            return opened(id, block);
        }
        return skip(block, Next.STREAM_CLOSED);
    }

    private Next skip(ByteBuf block, Next then) {
        return heads.skip(block) == Http2Heads.Verdict.COMPRESSION_ERROR ? Next.COMPRESSION_ERROR : then;
    }

    private Next opened(int id, ByteBuf block) {
        if (id - lastPeerId > 2) {
            session.table().skipped(lastPeerId == 0 ? 1 : lastPeerId + 2, id);
        }
        lastPeerId = id;
        if (session.refuses()) {
            session.table().remember(id); // sent before the client knew that we are going away: never looked at
            return skip(block, Next.NOTHING);
        }
        takenPeerId = id;
        if (ownParent) {
            return skip(block, Next.OWN_PARENT);
        }
        if (session.table().size() >= options.concurrentStreamsMax()) {
            return skip(block, Next.TOO_MANY_STREAMS);
        }
        var fresh = session.life().enter(id);
        stream = fresh;
        var listener = session.listener().opened(fresh);
        fresh.listener = listener;
        session.touch(fresh);
        var room = listener.headRoom();
        head = room;
        return switch (heads.readRequest(block, blockLast, room)) {
            case COMPLETE -> Next.HEAD;
            case COMPRESSION_ERROR -> Next.COMPRESSION_ERROR;
            case TOO_LARGE -> Next.REFUSED;
            // A request that only asks for too much is no malformed one.
            case MALFORMED -> heads.status() == 400 && !options.streamErrors() ? Next.MALFORMED : Next.REFUSED;
        };
    }

    private Next response(Http2Stream known, ByteBuf block) {
        var listener = known.listener;
        if (listener == null) {
            known.headRead = true;
            return skip(block, Next.NOTHING);
        }
        session.touch(known);
        var room = listener.headRoom();
        head = room;
        return switch (heads.readResponse(block, blockLast, known.toHead, known.toConnect, room)) {
            case COMPLETE -> {
                boolean interim = room.status() < 200;
                known.headRead = !interim;
                yield interim && ++known.interims > INTERIMS_MAX ? Next.TOO_MANY_INTERIMS : Next.HEAD;
            }
            case COMPRESSION_ERROR -> Next.COMPRESSION_ERROR;
            case TOO_LARGE -> Next.TOO_LARGE;
            case MALFORMED -> Next.MALFORMED;
        };
    }

    /** Behind a head only trailers may come, once, and they end the message. */
    private Next more(Http2Stream known, ByteBuf block) {
        if (known.remoteClosed) {
            return skip(block, Next.STREAM_CLOSED);
        }
        if (!blockLast || known.tunnel) { // section 8.5: a tunnel has no trailers
            return skip(block, Next.MALFORMED);
        }
        var listener = known.listener;
        if (listener == null) {
            return skip(block, Next.TRAILERS);
        }
        session.touch(known);
        var room = listener.trailersRoom();
        head = room;
        return switch (heads.readTrailers(block, room)) {
            case COMPLETE -> known.contentLeft > 0 ? Next.MALFORMED : Next.TRAILERS;
            case COMPRESSION_ERROR -> Next.COMPRESSION_ERROR;
            case TOO_LARGE -> Next.TOO_LARGE;
            case MALFORMED -> Next.MALFORMED;
        };
    }

    void act(Next next) {
        var one = stream;
        var read = head;
        stream = null;
        head = null;
        switch (next) {
            case NOTHING -> ended(one);
            case COMPRESSION_ERROR -> session.error(Http2Error.COMPRESSION_ERROR, heads.details());
            case TOO_MANY_STREAMS -> session.life().refuse(blockId, Http2Error.REFUSED_STREAM);
            case OWN_PARENT -> session.life().refuse(blockId, Http2Error.PROTOCOL_ERROR);
            case STREAM_CLOSED -> closed(one, blockId);
            case HEAD, TRAILERS, REFUSED, MALFORMED, TOO_LARGE, TOO_MANY_INTERIMS -> {
                if (one != null) {
                    act(next, one, read);
                }
            }
        }
    }

    private void act(Next next, Http2Stream one, @Nullable HttpHead read) {
        switch (next) {
            case HEAD -> head(one, read);
            case TRAILERS -> trailers(one, read);
            case REFUSED -> refused(one, read);
            case TOO_LARGE -> {
                session.stats().headerOverflow.increment();
                session.life().violated(one, Http2Error.ENHANCE_YOUR_CALM, heads.details());
            }
            case TOO_MANY_INTERIMS ->
                session.life().violated(one, Http2Error.ENHANCE_YOUR_CALM, "http2.too_many_interim_responses");
            case MALFORMED -> session.life().malformed(one,
                    read == null
                            ? one.tunnel ? "http2.headers_in_tunnel" : "http2.trailers_without_end_stream"
                            : one.contentLeft > 0 ? "http2.content_length_mismatch" : heads.details());
            case NOTHING, STREAM_CLOSED, COMPRESSION_ERROR, TOO_MANY_STREAMS, OWN_PARENT -> {
                // not of one stream
            }
        }
    }

    private void ended(@Nullable Http2Stream one) {
        if (blockLast && one != null && !one.remoteClosed) {
            session.life().remoteEnded(one);
        }
    }

    private void head(Http2Stream one, @Nullable HttpHead read) {
        var listener = one.listener;
        if (listener == null || read == null) {
            return;
        }
        one.headRead = server || read.status() >= 200;
        boolean tunnel = server ? read.methodIs("CONNECT") : one.toConnect && read.status() / 100 == 2;
        one.tunnel = tunnel;
        one.contentLeft = switch (read.framing()) {
            case LENGTH -> read.contentLength();
            case NONE -> tunnel || !one.headRead ? -1 : 0;
            case CHUNKED, UNTIL_CLOSE -> -1;
        };
        boolean last = blockLast;
        int id = one.id;
        one.remoteClosed = last;
        listener.streamHead(read, last);
        if (last && one.id == id && !one.over) {
            session.life().remoteEnded(one);
        }
    }

    private void refused(Http2Stream one, @Nullable HttpHead read) {
        var listener = one.listener;
        if (listener == null || read == null) {
            return;
        }
        if (heads.status() == 400) {
            session.stats().rxMessagingError.increment();
            one.resetBehind = Http2Error.PROTOCOL_ERROR;
        } else if (heads.status() == 431) {
            session.stats().headerOverflow.increment();
        }
        int id = one.id;
        one.headRead = true;
        one.remoteClosed = blockLast;
        listener.streamRefused(read, heads.status(), heads.details());
        if (blockLast && one.id == id && !one.over) {
            session.life().remoteEnded(one);
        }
    }

    private void trailers(Http2Stream one, @Nullable HttpHead read) {
        session.stats().trailers.increment();
        var listener = one.listener;
        one.endArrived = true;
        one.trailersArrived = read;
        int id = one.id;
        one.remoteClosed = true;
        if (listener != null && one.readable) {
            session.inbound().deliver(one);
        }
        if (one.id == id && !one.over) {
            session.life().remoteEnded(one);
        }
    }

    /** HEADERS or DATA for a stream whose peer's side is complete, or that is no more. */
    private void closed(@Nullable Http2Stream one, int id) {
        if (one != null) {
            session.life().violated(one, Http2Error.STREAM_CLOSED, "http2.frame_behind_end_stream");
        } else if (session.table().wasReset(id)) {
            session.stats().headersCbNoStream.increment(); // on its way when we reset the stream
        } else if (idle(id) || session.table().wasSkipped(id)) {
            session.error(Http2Error.PROTOCOL_ERROR, "http2.unexpected_stream");
        } else {
            session.error(Http2Error.STREAM_CLOSED, "http2.frame_on_closed_stream");
        }
    }

    // ---- other frames of streams ----

    void dataBegins(int id, int length) {
        var known = session.table().find(id);
        if (known == null) {
            if (session.table().wasReset(id)) {
                session.inbound().begins(null, length);
            } else {
                closed(null, id);
            }
        } else if (known.remoteClosed) {
            session.inbound().begins(null, length);
            closed(known, id);
        } else if (!known.headRead) {
            session.inbound().begins(null, length);
            session.life().malformed(known, "http2.data_before_head");
        } else {
            session.inbound().begins(known, length);
        }
    }

    void resetByPeer(int id, Http2Error code) {
        var known = session.table().find(id);
        if (known != null) {
            session.life().resetByPeer(known, code);
        } else if (idle(id)) {
            session.error(Http2Error.PROTOCOL_ERROR, "http2.frame_on_idle_stream");
        }
    }
}
