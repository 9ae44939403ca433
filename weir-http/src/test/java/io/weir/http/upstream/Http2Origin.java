package io.weir.http.upstream;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.util.ReferenceCountUtil;
import io.weir.core.model.Endpoint;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** An origin that speaks HTTP/2 with prior knowledge by Netty's codec, and answers as a script says. */
public final class Http2Origin implements AutoCloseable {
    /** What the origin does about frames; called on its one thread. */
    public interface Script {
        /** A request's head has come. */
        void head(Stream stream, Http2Headers headers, boolean last);

        /** Body bytes have come, and their window was given back unless {@link #holds}. */
        default void data(Stream stream, ByteBuf data, boolean last) {}

        /** The client has reset the stream. */
        default void reset(Stream stream, long code) {}

        /** Whether bodies are left unread. */
        default boolean holds() {
            return false;
        }
    }

    /** One stream of one connection. */
    public record Stream(ChannelHandlerContext context, Http2FrameStream frames) {
        public int id() {
            return frames.id();
        }

        public void head(int status, boolean last, String... fields) {
            var headers = new DefaultHttp2Headers(false).status(Integer.toString(status));
            for (int i = 0; i < fields.length; i += 2) {
                headers.add(fields[i], fields[i + 1]);
            }
            context.writeAndFlush(new DefaultHttp2HeadersFrame(headers, last).stream(frames));
        }

        public void trailers(String... fields) {
            var headers = new DefaultHttp2Headers(false);
            for (int i = 0; i < fields.length; i += 2) {
                headers.add(fields[i], fields[i + 1]);
            }
            context.writeAndFlush(new DefaultHttp2HeadersFrame(headers, true).stream(frames));
        }

        public void data(String text, boolean last) {
            data(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1), last);
        }

        public void data(ByteBuf bytes, boolean last) {
            context.writeAndFlush(new DefaultHttp2DataFrame(bytes, last).stream(frames));
        }

        public void reset(Http2Error code) {
            context.writeAndFlush(new DefaultHttp2ResetFrame(code).stream(frames));
        }

        /** Announces the end of the connection; streams above {@code extra} more of the client's are not looked at. */
        public void goAway(int extra) {
            context.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR).setExtraStreamIds(extra));
        }

        public void taken(int bytes) {
            context.write(new DefaultHttp2WindowUpdateFrame(bytes).stream(frames));
            context.flush();
        }
    }

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel server;
    private final Script script;
    /** Every connection that was made, in order. */
    public final List<Channel> connections = new CopyOnWriteArrayList<>();
    /** Every SETTINGS_INITIAL_WINDOW_SIZE that a client has announced. */
    public final List<Integer> initialWindows = new CopyOnWriteArrayList<>();
    /** Every request that came, as {@code METHOD path}. */
    public final List<String> requests = new CopyOnWriteArrayList<>();

    private Http2Origin(Http2Settings settings, Script script) {
        this.script = script;
        this.server = new ServerBootstrap().group(group).channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connections.add(channel);
                        channel.pipeline().addLast(Http2FrameCodecBuilder.forServer().initialSettings(settings)
                                .validateHeaders(true).build(), new Frames());
                    }
                }).bind(InetAddress.getLoopbackAddress(), 0).syncUninterruptibly().channel();
    }

    public static Http2Origin start(Script script) {
        return start(Http2Settings.defaultSettings(), script);
    }

    public static Http2Origin start(Http2Settings settings, Script script) {
        return new Http2Origin(settings, script);
    }

    /** Answers each request with 200 and this body. */
    public static Http2Origin answering(String body) {
        return start((stream, headers, last) -> {
            stream.head(200, false, "content-type", "text/plain");
            stream.data(body, true);
        });
    }

    public Endpoint endpoint() {
        return Endpoint.of((InetSocketAddress) server.localAddress());
    }

    /** How many connections are open now. */
    public long open() {
        return connections.stream().filter(Channel::isActive).count();
    }

    private final class Frames extends ChannelInboundHandlerAdapter {
        private final List<Stream> streams = new ArrayList<>();

        private Stream stream(ChannelHandlerContext context, Http2FrameStream frames) {
            for (var known : streams) {
                if (known.frames().equals(frames)) {
                    return known;
                }
            }
            var fresh = new Stream(context, frames);
            streams.add(fresh);
            return fresh;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            switch (message) {
                case Http2HeadersFrame frame -> {
                    if (frame.headers().method() == null) {
                        script.data(stream(context, frame.stream()), Unpooled.EMPTY_BUFFER, true);
                        return;
                    }
                    requests.add(frame.headers().method() + " " + frame.headers().path());
                    script.head(stream(context, frame.stream()), frame.headers(), frame.isEndStream());
                }
                case Http2DataFrame frame -> {
                    var one = stream(context, frame.stream());
                    if (!script.holds()) {
                        one.taken(frame.initialFlowControlledBytes());
                    }
                    script.data(one, frame.content(), frame.isEndStream());
                    frame.release();
                }
                case Http2ResetFrame frame -> script.reset(stream(context, frame.stream()), frame.errorCode());
                case Http2SettingsFrame frame -> {
                    var window = frame.settings().initialWindowSize();
                    if (window != null) {
                        initialWindows.add(window);
                    }
                }
                default -> ReferenceCountUtil.release(message); // pings and their like
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    @Override
    public void close() {
        server.close().syncUninterruptibly();
        connections.forEach(Channel::close);
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
