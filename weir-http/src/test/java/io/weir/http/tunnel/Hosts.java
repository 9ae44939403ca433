package io.weir.http.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.http.codec.WebSocketKey;
import io.weir.http.config.HttpManagerSpec.Codec;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.config.UpstreamHttpSpec.Protocol;
import io.weir.http.config.UpstreamHttpSpec;
import io.weir.http.h2.Http2Options;
import io.weir.http.route.Forward;
import io.weir.http.route.HeaderEdits;
import io.weir.http.route.Route;
import io.weir.http.route.RouteTable;
import io.weir.http.route.VirtualHost;
import io.weir.http.route.match.PathMatch;
import io.weir.http.route.match.RouteMatch;
import io.weir.http.server.ProxyFixture;
import io.weir.http.upstream.Http2Origin;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.Origin;
import io.weir.testkit.OriginWire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A host that takes up tunnels and echoes what comes, until the client has ended its half; then it says so and ends.
 */
final class Hosts implements AutoCloseable {
    static final String GOODBYE = "goodbye";
    /** Shorter than tunnels live here: it must not end them. */
    private static final Forward TO_ORIGINS = Forward.to("origins").withTimeout(700_000_000);
    private static final char ENABLE_CONNECT_PROTOCOL = 8;

    final Origin http1;
    final Http2Origin http2;

    Hosts() {
        this(Hosts::echo);
    }

    /** With another host by HTTP/1.1. */
    Hosts(Origin.Script script) {
        http1 = Origin.streaming(script);
        var settings = Http2Settings.defaultSettings();
        settings.put(ENABLE_CONNECT_PROTOCOL, Long.valueOf(1));
        http2 = Http2Origin.start(settings, new Echo());
    }

    private static void echo(HttpMessage request, OriginWire wire) throws IOException {
        boolean connect = request.method().equals("CONNECT");
        if (connect) {
            wire.send("HTTP/1.1 200 Connected\r\nServer: h1\r\n\r\n");
        } else if (request.header("upgrade").isEmpty()) {
            wire.reply(200, "plain");
            return;
        } else {
            wire.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: "
                    + request.header("upgrade").orElseThrow() + "\r\nSec-WebSocket-Accept: "
                    + WebSocketKey.accept(request.header("sec-websocket-key").orElse("")) + "\r\n\r\n");
        }
        byte[] bytes = new byte[8192];
        for (int read = wire.in().read(bytes); read >= 0; read = wire.in().read(bytes)) {
            wire.send(Arrays.copyOf(bytes, read));
        }
        wire.send(GOODBYE);
        wire.close();
    }

    private static final class Echo implements Http2Origin.Script {
        @Override
        public void head(Http2Origin.Stream stream, Http2Headers headers, boolean last) {
            boolean tunnel = "CONNECT".contentEquals(headers.method());
            stream.head(200, false, "server", "h2");
            if (!tunnel) {
                stream.data("plain", true);
            }
        }

        @Override
        public void data(Http2Origin.Stream stream, ByteBuf data, boolean last) {
            stream.data(data.retainedDuplicate(), false);
            if (last) {
                stream.data(GOODBYE, true);
            }
        }
    }

    /** These hosts by this protocol, behind a route for paths and one for CONNECT. */
    ProxyFixture proxy(Protocol protocol, HttpManagerSpec.Timeouts times, Route.Note... connectNotes) {
        return proxy(protocol, manager(times, connectNotes));
    }

    /** The same, for so many tunnels at once that hosts are late to agree. */
    ProxyFixture patient(Protocol protocol) {
        return patient(protocol, HttpManagerSpec.Timeouts.DEFAULT);
    }

    /** The same with these times. */
    ProxyFixture patient(Protocol protocol, HttpManagerSpec.Timeouts times) {
        return proxy(protocol, manager(TO_ORIGINS.withTimeout(60_000_000_000L), times));
    }

    private ProxyFixture proxy(Protocol protocol, HttpManagerSpec spec) {
        var endpoint = protocol == Protocol.HTTP2 ? http2.endpoint() : Endpoint.of(http1.address());
        var cluster = ClusterSpec.of("origins", List.of(endpoint)).withExtensions(
                Map.of(UpstreamHttpSpec.TYPE, UpstreamHttpSpec.DEFAULT.with(protocol, Http2Options.DEFAULT)));
        return ProxyFixture.to(cluster, spec);
    }

    ProxyFixture proxy(Protocol protocol) {
        return proxy(protocol, HttpManagerSpec.Timeouts.DEFAULT);
    }

    static HttpManagerSpec manager(HttpManagerSpec.Timeouts times, Route.Note... connectNotes) {
        return manager(TO_ORIGINS, times, connectNotes);
    }

    private static HttpManagerSpec manager(Forward toOrigins, HttpManagerSpec.Timeouts times,
            Route.Note... connectNotes) {
        var connect = new Route("", RouteMatch.of(new PathMatch.Connect()), toOrigins, HeaderEdits.NONE,
                Route.OUTERMOST, List.of(connectNotes));
        var paths = Route.of(new PathMatch.Prefix("/", false), toOrigins);
        var routes = new RouteTable("", List.of(new VirtualHost("all", List.of("*"), List.of(connect, paths))), false);
        var base = HttpManagerSpec.of("test", routes);
        return new HttpManagerSpec(base.statPrefix(), Codec.AUTO, routes, base.identity(), base.clientAddress(),
                base.requestId(), base.limits(), times, base.normalize(), base.http10(), false, base.accessLog(),
                base.chains(), base.localReplies(), Http2Options.DEFAULT.withConnect(true),
                new UpgradeRules(Map.of("websocket", true, "echo/1", true, UpgradeRules.CONNECT, true), false, false),
                base.certificates());
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        http1.close();
        http2.close();
    }
}
