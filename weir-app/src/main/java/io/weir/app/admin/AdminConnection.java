package io.weir.app.admin;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.weir.core.model.AddressText;
import io.weir.http.codec.HeadLimits;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.Http1BodyReader;
import io.weir.http.codec.Http1HeadReader;
import io.weir.http.codec.Http1Writer;
import io.weir.http.codec.HttpHead;
import io.weir.http.codec.HttpHead.Framing;
import io.weir.net.transport.TimerWheel;
import io.weir.net.transport.Worker;
import io.weir.observe.log.AccessLog;
import io.weir.observe.log.ResponseFlag;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client of the admin, by the codec that serves traffic: one request after another, whose bodies are read and
 * thrown away, and whose answers go out piece by piece as the client takes them. Lives on the admin's loop.
 */
final class AdminConnection extends ChannelInboundHandlerAdapter {
    /** The longest body of a request; no page wants any. */
    static final int BODY_BYTES_MAX = 64 * 1024;
    private static final Logger LOG = LoggerFactory.getLogger(AdminConnection.class);
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int PIECE_BYTES = 64 * 1024;
    private static final HeaderName X_CONTENT_TYPE_OPTIONS = HeaderName.of("x-content-type-options");
    private static final HeaderName ALLOW = HeaderName.of("allow");

    /** Where in a request the connection stands. */
    private enum State {
        HEAD, BODY,
        /** The page is being made. */
        ASKING,
        /** The page is being sent. */
        ANSWERING,
        /** The last answer is on its way: what still comes is thrown away. */
        CLOSING
    }

    private final AdminServer server;
    private final Worker worker;
    private final Channel channel;
    private final long id;
    private final @Nullable SocketAddress remote;
    private final @Nullable SocketAddress local;
    private final Http1HeadReader heads = Http1HeadReader.requests(HeadLimits.DEFAULT);
    private final Http1BodyReader bodies = new Http1BodyReader(HeadLimits.DEFAULT);
    private final HttpHead request = new HttpHead();
    private final HttpHead response = new HttpHead();
    private final Deadline deadline = new Deadline();
    private State state = State.HEAD;
    private ByteBuf unread = Unpooled.EMPTY_BUFFER;
    private boolean processing;
    private boolean sending;
    private boolean headTimed;
    private boolean inputEnded;
    private boolean persistent;
    private long startNanos;
    private long startEpochMicros;
    private long received;
    private byte[] body = {};
    private int sent;

    AdminConnection(AdminServer server, Worker worker, Channel channel, long id) {
        this.server = server;
        this.worker = worker;
        this.channel = channel;
        this.id = id;
        // a closed channel no longer knows them
        this.remote = channel.remoteAddress();
        this.local = channel.localAddress();
    }

    /** Whether nothing is asked and nothing owed. */
    boolean resting() {
        return state == State.HEAD && !heads.started() && !unread.isReadable();
    }

    void close() {
        channel.close();
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        deadline.in(server.patience().idleNanos());
    }

    // ---- bytes in ----

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (unread.isReadable()) {
            ByteBuf both = channel.alloc().buffer(unread.readableBytes() + in.readableBytes());
            both.writeBytes(unread).writeBytes(in);
            in.release();
            in = both;
        }
        unread.release();
        unread = in;
        process();
    }

    /** Takes from the bytes at hand what the state allows, and stops the socket where it allows nothing more. */
    private void process() {
        if (processing) {
            return;
        }
        processing = true;
        while (unread.isReadable() && taking()) {
            switch (state) {
                case HEAD -> readHead();
                case BODY -> readBody();
                case CLOSING -> unread.skipBytes(unread.readableBytes());
                case ASKING, ANSWERING -> throw new IllegalStateException("a request is under way");
            }
        }
        processing = false;
        if (inputEnded && !unread.isReadable()) {
            lastByteTaken();
        }
        channel.config().setAutoRead(taking() && !inputEnded);
    }

    /** The client has said all it will say: what it has asked for completely is still answered. */
    private void lastByteTaken() {
        switch (state) {
            case HEAD -> end();
            case BODY -> channel.close();
            case ASKING, ANSWERING -> {
                // ends with the answer
            }
            case CLOSING -> {
                if (channel instanceof DuplexChannel duplex && duplex.isOutputShutdown()) {
                    channel.close();
                }
            }
        }
    }

    /** Who does not read its answers is not read either. */
    private boolean taking() {
        return switch (state) {
            case HEAD -> channel.isWritable();
            case BODY, CLOSING -> true;
            case ASKING, ANSWERING -> false;
        };
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            inputEnded = true;
            process();
        }
    }

    private void readHead() {
        switch (heads.read(unread, request)) {
            case INCOMPLETE -> {
                if (heads.started()) {
                    requestBegins();
                }
            }
            case REJECTED -> {
                requestBegins();
                refuse(heads.reject().status(), heads.reject().details());
            }
            case COMPLETE -> {
                requestBegins();
                headTimed = false;
                persistent = request.persistent();
                headComplete();
            }
        }
    }

    private void requestBegins() {
        if (!headTimed) {
            headTimed = true;
            startNanos = worker.nowNanos();
            startEpochMicros = System.currentTimeMillis() * 1000;
            received = 0;
            sent = 0;
            response.clear();
            deadline.in(server.patience().requestNanos());
        }
    }

    private void headComplete() {
        if (request.framing() == Framing.NONE || request.contentLength() == 0) {
            ask();
        } else if (request.contentLength() > BODY_BYTES_MAX) {
            refuse(413, "no page wants a body, and none may have more than " + BODY_BYTES_MAX + " bytes");
        } else {
            state = State.BODY;
            bodies.start(request.framing(), request.contentLength());
            if (request.expectContinue()) {
                ByteBuf interim = channel.alloc().buffer();
                Http1Writer.response(100, interim);
                channel.writeAndFlush(interim);
            }
        }
    }

    private void readBody() {
        int run = bodies.next(unread);
        unread.skipBytes(run);
        bodies.taken(run);
        received += run;
        if (bodies.failed()) {
            refuse(bodies.reject().status(), bodies.reject().details());
        } else if (received > BODY_BYTES_MAX) {
            refuse(413, "no page wants a body, and none may have more than " + BODY_BYTES_MAX + " bytes");
        } else if (bodies.done()) {
            ask();
        }
    }

    // ---- answers ----

    private void ask() {
        state = State.ASKING;
        deadline.never();
        server.ask(request.method(), request.path(), this::answer);
    }

    /** What cannot be read, or not in time: an answer, and the end. */
    private void refuse(int status, String why) {
        persistent = false;
        answer(Answer.text(status, why + "\n"));
    }

    private void answer(Answer answer) {
        if (!channel.isActive()) {
            return;
        }
        byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        if (!server.held(bytes.length)) {
            answer(Answer.text(503, "others have not yet taken the large pages that they asked for\n"));
            return;
        }
        state = State.ANSWERING;
        boolean empty = request.methodIs("HEAD");
        body = bytes;
        sent = empty ? bytes.length : 0;
        head(answer, empty);
        ByteBuf out = channel.alloc().buffer(response.length() + 64);
        Http1Writer.response(response, out);
        channel.write(out);
        send();
    }

    private void head(Answer answer, boolean empty) {
        response.clear();
        response.status(answer.status());
        response.add(HeaderName.CONTENT_TYPE, answer.type());
        response.add(HeaderName.CACHE_CONTROL, "no-cache, max-age=0");
        response.add(X_CONTENT_TYPE_OPTIONS, "nosniff");
        byte[] date = worker.httpDate();
        response.add(HeaderName.DATE, date, 0, date.length);
        if (!answer.allow().isEmpty()) {
            response.add(ALLOW, answer.allow());
        }
        if (!persistent) {
            response.add(HeaderName.CONNECTION, "close");
        } else if (request.minorVersion() == 0) {
            response.add(HeaderName.CONNECTION, "keep-alive");
        }
        response.add(HeaderName.CONTENT_LENGTH, body.length);
        response.framing(empty ? Framing.NONE : Framing.LENGTH, body.length);
    }

    /** Sends as much as the client takes; the rest when it has taken that. */
    private void send() {
        if (sending) {
            return;
        }
        sending = true;
        do {
            while (sent < body.length && channel.isWritable()) {
                int piece = Math.min(PIECE_BYTES, body.length - sent);
                channel.write(channel.alloc().directBuffer(piece).writeBytes(body, sent, piece));
                sent += piece;
            }
            channel.flush();
        } while (sent < body.length && channel.isWritable());
        sending = false;
        if (sent == body.length) {
            answered();
        } else {
            deadline.in(server.patience().writeNanos());
        }
    }

    private void answered() {
        if (!channel.isActive()) {
            return; // writing failed, and channelInactive has told of it
        }
        log(0);
        release();
        headTimed = false;
        if (persistent) {
            state = State.HEAD;
            deadline.in(server.patience().idleNanos());
            server.rests(this);
        } else {
            end();
        }
        process();
    }

    /** Nothing more is answered; what has been is still to leave. */
    private void end() {
        state = State.CLOSING;
        deadline.in(server.patience().writeNanos());
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> linger());
    }

    /** Closes our direction first, so that a reset does not overtake the answer (RFC 9112 section 9.6). */
    private void linger() {
        if (inputEnded || !(channel instanceof DuplexChannel duplex)) {
            channel.close();
        } else {
            duplex.shutdownOutput();
            deadline.in(LINGER_NANOS);
        }
    }

    private void log(long flags) {
        AccessLog log = server.log();
        if (!log.equals(AccessLog.none())) {
            log.log(new AdminRecord(request, request.minorVersion() == 0 ? "HTTP/1.0" : "HTTP/1.1", response.status(),
                    flags, startEpochMicros, worker.nowNanos() - startNanos, received,
                    request.methodIs("HEAD") ? 0 : sent, text(remote), text(local), id));
        }
    }

    private static @Nullable String text(@Nullable SocketAddress address) {
        String text = address == null ? "" : AddressText.of(address);
        return text.isEmpty() ? null : text; // a client on a UNIX socket has no address
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel.isWritable()) {
            if (state == State.ANSWERING) {
                send();
            } else {
                process();
            }
        }
    }

    // ---- the end ----

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        deadline.never();
        boolean cut = state == State.BODY || state == State.ASKING || state == State.ANSWERING;
        state = State.CLOSING;
        if (cut) {
            log(ResponseFlag.DC.bit());
        }
        unread.release();
        unread = Unpooled.EMPTY_BUFFER;
        release();
        server.closed(this);
    }

    private void release() {
        server.released(body.length);
        body = new byte[0];
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("a connection of the admin failed on an error of Weir's own; it is closed", cause);
        }
        channel.close();
    }

    private final class Deadline extends TimerWheel.Timer {
        void in(long nanos) {
            worker.timers().arm(this, worker.nowNanos() + nanos);
        }

        void never() {
            worker.timers().cancel(this);
        }

        @Override
        protected void expired(long nowNanos) {
            if (state == State.BODY || (state == State.HEAD && heads.started())) {
                refuse(408, "the request took too long to come");
            } else if (state != State.ASKING) {
                channel.close();
            }
        }
    }
}
