package io.weir.http.server;

import io.weir.http.h2.RawHttp2;
import io.weir.http.config.HttpManagerSpec;
import io.weir.http.config.HttpManagerSpec.Codec;
import io.weir.http.h2.Http2Options;
import io.weir.http.h2.Http2Options.KeepAlive;
import io.weir.http.route.Forward;
import io.weir.http.route.RouteTable;
import io.weir.testkit.Origin;
import io.weir.testkit.OriginWire;
import io.weir.testkit.HttpMessage;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/**
 * A proxy that speaks HTTP/2 with small windows, before an origin that answers by path: {@code /direct} at once,
 * whatever is still to come; {@code /wait} not before the test is over; everything else when it has the whole request.
 */
final class Http2Fixture implements AutoCloseable {
    static final int STREAMS_MAX = 4;
    static final int CONNECTION_WINDOW = 120_000;
    static final Http2Options SMALL = options(false);

    final Origin origin;
    final ProxyFixture proxy;
    private final CountDownLatch over = new CountDownLatch(1);

    Http2Fixture(Http2Options options) {
        this(spec(options));
    }

    static HttpManagerSpec spec(Http2Options options) {
        return HttpManagerSpec.of("test", RouteTable.of(Forward.to("origins"))).withHttp2(Codec.HTTP2, options);
    }

    Http2Fixture(HttpManagerSpec spec) {
        origin = Origin.streaming(this::answer);
        proxy = ProxyFixture.with(cluster -> cluster, spec, origin);
    }

    static Http2Options options(boolean streamErrors) {
        var defaults = Http2Options.DEFAULT;
        return new Http2Options(4096, STREAMS_MAX, 65_535, CONNECTION_WINDOW, defaults.outboundFramesMax(),
                defaults.outboundControlFramesMax(), defaults.emptyFramesMax(), defaults.priorityFramesPerStreamMax(),
                defaults.windowUpdatesPerDataMax(), streamErrors, KeepAlive.NONE);
    }

    private void answer(HttpMessage head, OriginWire wire) throws IOException {
        switch (head.target()) {
            case "/wait" -> {
                try {
                    over.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                wire.close();
            }
            case "/direct" -> {
                wire.reply(200, "at once");
                wire.close();
            }
            default -> wire.reply(200, "got " + wire.whole(head).body());
        }
    }

    RawHttp2 client() throws IOException {
        return RawHttp2.connect(proxy.port);
    }

    @Override
    public void close() {
        over.countDown();
        proxy.close();
        origin.close();
    }
}
