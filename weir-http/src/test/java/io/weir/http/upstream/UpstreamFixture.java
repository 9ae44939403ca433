package io.weir.http.upstream;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.config.UpstreamHttpSpec;
import io.weir.http.config.UpstreamHttpSpec.Protocol;
import io.weir.http.h2.Http2Options;
import io.weir.http.route.Forward;
import io.weir.http.route.RouteTable;
import io.weir.http.server.ProxyFixture;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Proxies before hosts that are spoken to as a test says. */
public final class UpstreamFixture {
    static final String GET = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";
    static final String POST = "POST /p HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nhello";
    static final UpstreamHttpSpec HTTP2 = UpstreamHttpSpec.DEFAULT.with(Protocol.HTTP2, Http2Options.DEFAULT);

    private UpstreamFixture() {}

    static ProxyFixture before(Http2Origin... origins) {
        return before(HTTP2, origins);
    }

    static ProxyFixture before(UpstreamHttpSpec spec, Http2Origin... origins) {
        return before(spec, Arrays.stream(origins).map(Http2Origin::endpoint).toList());
    }

    static ProxyFixture before(UpstreamHttpSpec spec, InetSocketAddress address) {
        return before(spec, List.of(Endpoint.of(address)));
    }

    private static ProxyFixture before(UpstreamHttpSpec spec, List<Endpoint> endpoints) {
        return ProxyFixture.to(cluster(spec, endpoints),
                HttpManagerSpec.of("test", RouteTable.of(Forward.to("origins"))));
    }

    /** So many streams a connection, and these windows in bytes. */
    public static Http2Options options(int streamsMax, int streamWindow, int connectionWindow) {
        var base = Http2Options.DEFAULT;
        return new Http2Options(base.hpackTableBytes(), streamsMax, streamWindow, connectionWindow,
                base.outboundFramesMax(), base.outboundControlFramesMax(), base.emptyFramesMax(),
                base.priorityFramesPerStreamMax(), base.windowUpdatesPerDataMax(), base.streamErrors(),
                base.keepAlive());
    }

    /** HTTP/2 with so many streams a connection, and these windows in bytes. */
    static UpstreamHttpSpec http2(int streamsMax, int streamWindow, int connectionWindow) {
        return UpstreamHttpSpec.DEFAULT.with(Protocol.HTTP2, options(streamsMax, streamWindow, connectionWindow));
    }

    /** Everything goes to these hosts, which are spoken to like this. */
    public static ClusterSpec cluster(UpstreamHttpSpec spec, List<Endpoint> endpoints) {
        return ClusterSpec.of("origins", endpoints).withExtensions(Map.of(UpstreamHttpSpec.TYPE, spec));
    }

    /** Puts bytes on the wire behind the back of the origin's codec. */
    static void raw(Http2Origin.Stream stream, int... bytes) {
        var out = Unpooled.buffer();
        for (int one : bytes) {
            out.writeByte(one);
        }
        stream.context().pipeline().context(Http2FrameCodec.class).writeAndFlush(out);
    }
}
