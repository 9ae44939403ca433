package io.weir.net.introduce;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.RawUnixChannelOption;
import io.weir.core.model.ClusterSpec;
import io.weir.core.model.Endpoint;
import io.weir.core.socket.SocketOption;
import io.weir.core.socket.SourceRules;
import io.weir.net.tls.HostTls;
import io.weir.net.tls.Offer;
import io.weir.net.transport.ChannelSettings;
import io.weir.net.transport.ConnectOptions;
import io.weir.net.transport.Worker;
import io.weir.net.transport.Workers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** How sockets to the hosts of a cluster are set up, asked of the system. */
class SourcesTest {
    private static final int SOL_TCP = 6;
    private static final int TCP_CONGESTION = 13;
    private static final int NAME_BYTES = 16;

    private static ClusterSpec cluster(@Nullable String congestion) {
        ClusterSpec plain = ClusterSpec.of("hosts", List.of());
        if (congestion == null) {
            return plain;
        }
        Map<String, Object> extensions = new HashMap<>(plain.extensions());
        extensions.put(SourceRules.KEY, new SourceRules(List.of(), false, List.of(new SocketOption("", SOL_TCP,
                TCP_CONGESTION, new SocketOption.Text(congestion), SocketOption.When.PREBIND))));
        return plain.withExtensions(extensions);
    }

    /** What the connected socket has. */
    private static String congestion(Workers workers, ServerSocket host, ClusterSpec cluster) throws Exception {
        var to = (InetSocketAddress) host.getLocalSocketAddress();
        var done = new CompletableFuture<Channel>();
        Worker worker = workers.all().getFirst();
        worker.loop().execute(() -> {
            ChannelFuture connecting = HostTls.connect(worker, cluster, to, Endpoint.of(to), null,
                    ConnectOptions.of(TimeUnit.SECONDS.toNanos(20), ChannelSettings.MESSAGES), Offer.NOTHING,
                    new ChannelInboundHandlerAdapter());
            connecting.addListener(future -> {
                if (future.isSuccess()) {
                    done.complete(connecting.channel());
                } else {
                    done.completeExceptionally(future.cause());
                }
            });
        });
        Channel channel = done.get(20, TimeUnit.SECONDS);
        ByteBuffer found = Objects.requireNonNull(channel.config().getOption(
                new RawUnixChannelOption("TCP_CONGESTION", SOL_TCP, TCP_CONGESTION, NAME_BYTES)));
        channel.close().sync();
        byte[] all = new byte[found.remaining()];
        found.get(all);
        return new String(all, StandardCharsets.US_ASCII).replace("\0", "");
    }

    @Test
    void eachClusterHasItsOwnCongestionControl() throws Exception {
        Assumptions.assumeTrue(Epoll.isAvailable(), "options by number are those of the epoll transport");
        try (Workers workers = Workers.start(1);
                ServerSocket host = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            String usual = congestion(workers, host, cluster(null));
            Assumptions.assumeFalse(usual.equals("reno"), "all of this machine have reno");
            assertThat(congestion(workers, host, cluster("reno"))).isEqualTo("reno");
            assertThat(congestion(workers, host, cluster(null))).as("of another cluster").isEqualTo(usual);
        }
    }
}
