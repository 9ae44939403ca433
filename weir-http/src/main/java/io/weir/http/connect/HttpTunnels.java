package io.weir.http.connect;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.weir.core.cluster.Cluster;
import io.weir.core.model.Host;
import io.weir.core.model.RoutingPriority;
import io.weir.http.codec.HeaderName;
import io.weir.http.codec.HttpHead;
import io.weir.http.upstream.ClientPools;
import io.weir.net.transport.Worker;
import io.weir.net.tunnel.TunnelAnswer;
import io.weir.net.tunnel.TunnelMaker;
import io.weir.net.tunnel.TunnelRequest;

/** Tunnels by HTTP/1.1, a connection for each, or by HTTP/2, a stream of one, as the cluster says. Any worker. */
public final class HttpTunnels implements TunnelMaker {
    private static final String CLIENT_PROTOCOL = "HTTP/1.1";

    @Override
    public ChannelFuture open(Worker worker, Cluster cluster, Host host, Channel client, TunnelRequest request,
            TunnelAnswer answer, ChannelHandler handler) {
        var tunnel = new TunnelChannel(worker, host.address(), request.postPath() != null, answer,
                cluster.spec().connectTimeoutNanos());
        tunnel.pipeline().addLast(handler);
        worker.loop().register(tunnel);
        HttpHead head = head(request);
        return tunnel.open(new ClientPools(worker, client).of(cluster, host, RoutingPriority.DEFAULT, CLIENT_PROTOCOL,
                false, head), head);
    }

    private static HttpHead head(TunnelRequest request) {
        var head = new HttpHead();
        head.minorVersion(1);
        String path = request.postPath();
        if (path == null) {
            head.method("CONNECT");
        } else {
            head.method("POST");
            head.path(path);
            head.scheme("http");
        }
        head.authority(request.authority());
        for (var field : request.fields()) {
            head.add(HeaderName.of(field.name()), field.value());
        }
        head.framing(path == null ? HttpHead.Framing.NONE : HttpHead.Framing.CHUNKED, -1);
        return head;
    }
}
