package io.weir.http.h2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.weir.http.codec.HeadLimits;
import io.weir.net.transport.Worker;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

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

    /** A block may be longer on the wire than the list that it stands for, and a little too long is answered 431. */
    private static final int BLOCK_BYTES_SPARE = 16 * 1024;

    private final Worker worker;
    private final Http2Options options;
    private final Http2Stats stats;
    private final Http2SessionListener listener;
    private final Http2Heads heads;
    private final FrameWriter writer;
    private final StreamTable table;
    private final FloodGuard guard;
    private final Inbound inbound;
    private final Outbound outbound;
    private final Messages messages;
    private final Dispatch dispatch;
    private final SessionTimer timer;
    private final List<Http2StreamListener> touchedListeners = new ArrayList<>();
    private final List<Http2Stream> touchedStreams = new ArrayList<>();
    private final Runnable pushTask = this::pushLater;

    private final PeerSettings peer;
    private final StreamLife life;
    /** Whether this is the server's end. */
    private final boolean server;
    private boolean reading;
    private boolean pushing;
    private boolean pushAgain;
    private boolean pushScheduled;
    private boolean draining;
    private boolean refusing;
    private boolean peerGoing;
    private boolean over;
    private boolean channelClosed;

    /**
     * @param limits
     *            for each head that is read, and for trailers
     */
    public Http2Session(Role role, Worker worker, Channel channel, Http2Options options, HeadLimits limits,
            Http2Stats stats, Http2SessionListener listener) {
        this.server = role == Role.SERVER;
        this.worker = worker;
        this.options = options;
        this.stats = stats;
        this.listener = listener;
        this.heads = new Http2Heads(limits);
        heads.extendedConnect(server && options.allowConnect());
        this.writer = new FrameWriter(channel);
        this.table = new StreamTable(this);
        this.guard = new FloodGuard(options, stats, server, worker.nowNanos());
        this.inbound = new Inbound(this, writer, options);
        this.outbound = new Outbound(this, writer);
        this.messages = new Messages(this, heads, options, server);
        this.dispatch = new Dispatch(this, channel.alloc(), 2 * limits.bytesMax() + BLOCK_BYTES_SPARE);
        this.life = new StreamLife(this, heads, writer);
        this.peer = new PeerSettings(this, heads);
        this.timer = new SessionTimer(this, worker, options.keepAlive());
    }

    // ---- the owner's side ----

    /** Sends preface (as a client), SETTINGS and the connection's window: to be called once, when the channel is up. */
    public void start() {
        if (!server) {
            writer.raw(Dispatch.PREFACE);
        }
        OwnSettings.write(writer, options, heads.listBytesMax(), server);
        inbound.start();
        timer.start();
        push();
    }

    /**
     * How long what a stream has to send may wait for the peer to take any of it; then the stream is reset. 0, as long
     * as nothing is said: for ever.
     */
    public void flushTimeout(long nanos) {
        timer.flushTimeout(nanos);
    }

    /**
     * How long the peer may take to acknowledge SETTINGS of ours, from now on; as long as nothing is said: for ever.
     */
    public void settingsTimeout(long nanos) {
        timer.settingsTimeout(nanos);
    }

    /**
     * Server: the request that came by HTTP/1.1 with an upgrade to h2c is stream 1, complete (RFC 7540 section 3.2).
     *
     * @param settings
     *            what HTTP2-Settings said, decoded; false is returned when it is no payload of SETTINGS
     */
    public boolean upgraded(ByteBuf settings) {
        if (settings.readableBytes() % 6 != 0) {
            return false;
        }
        while (settings.isReadable() && !over) {
            peer.entry(settings.readUnsignedShort(), settings.readInt());
        }
        peer.complete();
        return !over;
    }

    /** Server: stream 1 of an upgraded connection, whose request is complete; the listener hears nothing of it. */
    public Http2Stream upgradedStream(Http2StreamListener owner) {
        messages.upgraded();
        return life.upgraded(owner);
    }

    /** Bytes from the peer, which now belong to the session. Streams hear of them, and what they cause is flushed. */
    public void read(ByteBuf bytes) {
        boolean outermost = !reading;
        reading = true;
        try {
            if (!over) {
                dispatch.run(bytes);
            }
            if (outermost) {
                readEnds();
            }
        } finally {
            bytes.release();
            reading = !outermost;
            if (channelClosed && outermost) {
                release();
            }
        }
        push();
        if (dispatch.windowsGrew()) {
            outbound.tell();
        }
    }

    private void readEnds() {
        for (int i = 0; i < touchedStreams.size(); i++) {
            touchedStreams.get(i).touched = false;
        }
        touchedStreams.clear();
        while (!touchedListeners.isEmpty()) { // whoever is given more in here enters again, and hears of that end too
            touchedListeners.removeLast().streamReadEnd();
        }
    }

    /** The channel has become writable or has ceased to be. */
    public void writabilityChanged() {
        if (!over && writer.writable()) {
            push();
            outbound.tell();
        }
    }

    /** The channel is closed: streams hear {@link Http2Reset#CLOSED}, memory is given back. */
    public void closed() {
        if (!over) {
            over = true;
            life.endAll(Http2Reset.CLOSED, Http2Error.NO_ERROR, "http2.connection_closed");
        }
        timer.cancel();
        channelClosed = true;
        if (!reading) {
            release();
        }
    }

    private void release() {
        dispatch.release();
        writer.release();
    }

    /**
     * Client only: a stream for one request, which gets its number when its head is written. To be called only while
     * {@link #room} is above 0. It is readable until told otherwise.
     */
    public Http2Stream open(Http2StreamListener owner) {
        return life.open(owner);
    }

    /**
     * Client only: how many more streams may be opened now, by the peer's SETTINGS and the numbers that are left; 0
     * when either side is going away.
     */
    public int room() {
        if (!open()) {
            return 0;
        }
        return Math.max(0, Math.min(life.numbersLeft(), peer.streamsMax() - table.size()) - life.unnumbered());
    }

    /** Client: whether every number of a stream is used up (RFC 9113 section 5.1.1). */
    public boolean worn() {
        return life.numbersLeft() == 0;
    }

    /** Client: whether the peer has said that it takes an extended CONNECT (RFC 8441 section 3). */
    public boolean extendedConnect() {
        return peer.extendedConnect();
    }

    /** How many streams are open. */
    public int streams() {
        return table.size() + life.unnumbered();
    }

    /** Whether streams are open, and this holds for the owner of each; not for one whose owner has let go of it. */
    public boolean every(Predicate<Http2StreamListener> holds) {
        for (var stream : table.all()) {
            if (stream != null && (stream.listener == null || !holds.test(stream.listener))) {
                return false;
            }
        }
        return table.size() > 0;
    }

    /** False once either side has announced the end, or it has come. */
    public boolean open() {
        return !over && !draining && !peerGoing;
    }

    /** Whether a header block or the preface is incomplete: its rest has to come in time. */
    public boolean inHead() {
        return !over && dispatch.within();
    }

    /** Which frame is the last that has begun, CONTINUATION aside: a number that is another for each. */
    public long framesBegun() {
        return dispatch.framesBegun();
    }

    /** Asks the peer by PING whether it is still there; the session ends when no answer comes in time. */
    public void ask() {
        timer.ask();
    }

    /** What was written since goes out: at the end of the read at hand, or of the loop's turn. */
    public void flush() {
        if (pushing) {
            pushAgain = true;
            return;
        }
        if (!reading && !pushScheduled && !over) {
            // Streams of one connection are answered by many hosts in one turn: one write for all of them.
            pushScheduled = true;
            worker.loop().execute(pushTask);
        }
    }

    private void pushLater() {
        pushScheduled = false;
        push();
    }

    private void push() {
        if (pushing || over) {
            return;
        }
        pushing = true;
        try {
            do {
                pushAgain = false;
                boolean moved = outbound.pump();
                writer.flush();
                while (!over && outbound.pump()) {
                    moved = true;
                    writer.flush();
                }
                if (moved && !over) {
                    outbound.tell(); // whose bytes have gone may be held back, and no event will say so
                }
            } while (pushAgain && !over);
        } finally {
            pushing = false;
        }
        long sent = writer.bytesSent();
        if (sent > 0) {
            listener.sent(sent);
        }
        check();
    }

    /**
     * Announces the end (RFC 9113 section 6.8): streams go on, new ones are taken until the peer has surely heard it,
     * and not after that. The session is over when the last stream has ended.
     *
     * @param patienceNanos
     *            how long the peer may take to say that it has heard
     */
    public void drain(long patienceNanos) {
        if (draining || over) {
            return;
        }
        draining = true;
        if (server) {
            writer.goAway(Frames.STREAM_MAX, Http2Error.NO_ERROR);
            stats.goawaySent.increment();
            timer.drainBegins(patienceNanos);
        } else {
            drained();
        }
        flush();
    }

    /** Whether {@link #drain} was called. */
    public boolean draining() {
        return draining;
    }

    /** Ends everything at once; streams hear {@link Http2Reset#CLOSED}. */
    public void end(Http2Error code, String details) {
        end(Http2Reset.CLOSED, code, details);
    }

    // ---- how it ends ----

    /** The peer knows that we are going away: nothing new is taken from here on. */
    void drained() {
        refusing = true;
        if (table.size() > 0) {
            writer.goAway(messages.takenPeerId(), Http2Error.NO_ERROR);
            stats.goawaySent.increment();
            flush();
        }
        endWhenEmpty();
    }

    /** After a drain the last stream takes the session with it. */
    void endWhenEmpty() {
        if (refusing && !over && streams() == 0) {
            end(Http2Error.NO_ERROR, "http2.drained");
        }
    }

    /** The peer has broken the protocol or a limit (RFC 9113 section 5.4.1). */
    void error(Http2Error code, String details) {
        end(Http2Reset.PROTOCOL, code, details);
    }

    private void end(Http2Reset why, Http2Error code, String details) {
        if (over) {
            return;
        }
        over = true;
        writer.goAway(messages.takenPeerId(), code);
        stats.goawaySent.increment();
        timer.cancel();
        life.endAll(why, code, details);
        writer.flushLast();
        listener.sent(writer.bytesSent());
        listener.over(code, details);
    }

    /** Ends the session where a guard has seen too much. */
    void check() {
        guard.waiting(writer.framesWaiting(), writer.controlFramesWaiting(), writer.bytesWaiting());
        var why = guard.tripped();
        if (why != null && !over) {
            error(Http2Error.ENHANCE_YOUR_CALM, why);
        }
    }

    void peerGoesAway(int lastId, Http2Error code) {
        if (server) {
            return; // it takes no pushed streams, and there are none
        }
        peerGoing = true;
        life.refusedBeyond(lastId);
        listener.goingAway(code);
    }

    // ---- settings ----

    /** The peer's SETTINGS hold from here on. */
    void peerSettingsComplete() {
        if (!over) {
            peer.complete();
            writer.settingsAck();
            listener.settingsChanged();
        }
    }

    void settingsAcknowledged() {
        heads.ownTableMax(options.hpackTableBytes());
        inbound.settingsAcknowledged();
        timer.settingsAcknowledged();
    }

    /** The stream hears of the end of the read at hand. */
    void touch(Http2Stream stream) {
        var owner = stream.listener;
        if (!stream.touched && owner != null) {
            stream.touched = true;
            touchedStreams.add(stream);
            touchedListeners.add(owner);
        }
    }

    /** An owner has been given something; within a read it hears of the end of that. */
    void handedOver(Http2StreamListener owner) {
        if (!reading) {
            owner.streamReadEnd();
        } else if (!touchedListeners.contains(owner)) {
            touchedListeners.add(owner);
        }
    }

    // ---- what the parts ask each other ----

    boolean server() {
        return server;
    }

    /** Whether new streams are not even looked at, because the peer has been told that they would not. */
    boolean refuses() {
        return refusing;
    }

    boolean isOver() {
        return over;
    }

    Worker worker() {
        return worker;
    }

    Http2Options options() {
        return options;
    }

    Http2Stats stats() {
        return stats;
    }

    Http2SessionListener listener() {
        return listener;
    }

    FrameWriter writer() {
        return writer;
    }

    StreamTable table() {
        return table;
    }

    FloodGuard guard() {
        return guard;
    }

    Inbound inbound() {
        return inbound;
    }

    Outbound outbound() {
        return outbound;
    }

    Messages messages() {
        return messages;
    }

    StreamLife life() {
        return life;
    }

    PeerSettings peer() {
        return peer;
    }

    SessionTimer timer() {
        return timer;
    }
}
