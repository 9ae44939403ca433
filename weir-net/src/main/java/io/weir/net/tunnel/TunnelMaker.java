package io.weir.net.tunnel;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.weir.core.cluster.Cluster;
import io.weir.core.model.Host;
import io.weir.net.transport.Worker;

/** Carries byte streams through proxies. Any worker. */
@FunctionalInterface
public interface TunnelMaker {
    /**
     * Opens a tunnel, on the worker's own thread. What comes back is as of
     * {@link io.weir.net.transport.Connector#connect}: a channel that can be half closed, which reads nothing before it
     * is told to, and whose future succeeds when the proxy has agreed. It fails with
     * {@link io.netty.channel.ConnectTimeoutException} where the proxy did not answer within the cluster's connect
     * timeout, and with another {@link java.io.IOException} where it refused or could not be reached. What a host has
     * done wrong has then been told to the cluster, and connections are counted there.
     *
     * @param host
     *            the proxy
     * @param client
     *            whose bytes they are
     * @param answer
     *            hears what the proxy says, before the future tells of it
     */
    ChannelFuture open(Worker worker, Cluster cluster, Host host, Channel client, TunnelRequest request,
            TunnelAnswer answer, ChannelHandler handler);
}
