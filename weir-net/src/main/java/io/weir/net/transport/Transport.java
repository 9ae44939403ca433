package io.weir.net.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.Socket;
import io.weir.core.model.KeepAlive;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Files;
import jdk.net.ExtendedSocketOptions;

/** The two ways to reach the kernel, and the one place that knows what each calls its channels. */
enum Transport {
    EPOLL, NIO;

    /** From linux/in.h and linux/in6.h. */
    static final IntegerUnixChannelOption IPV6_ONLY = new IntegerUnixChannelOption("IPV6_V6ONLY", 41, 26);

    static Transport best() {
        return Epoll.isAvailable() ? EPOLL : NIO;
    }

    String label() {
        return switch (this) {
            case EPOLL -> "epoll";
            case NIO -> "nio";
        };
    }

    IoHandlerFactory ioHandlers() {
        return switch (this) {
            case EPOLL -> RejoiningEpoll.factory();
            case NIO -> NioIoHandler.newFactory();
        };
    }

    ServerChannel server(SocketAddress address) {
        boolean unix = address instanceof UnixDomainSocketAddress;
        return switch (this) {
            case EPOLL -> unix ? new EpollServerDomainSocketChannel() : new EpollServerSocketChannel(family(address));
            case NIO -> unix
                    ? new NioServerDomainSocketChannel()
                    : new NioServerSocketChannel(SelectorProvider.provider(), family(address));
        };
    }

    /**
     * A socket that listens at a free path. Its file has its mode before anybody can connect: Netty would bind and
     * listen in one step, and when it closes remove whatever stands at the path by then.
     */
    ServerChannel listening(SocketFile file, int unixMode, int backlog) throws IOException {
        return switch (this) {
            case EPOLL -> {
                Socket socket = Socket.newSocketDomain();
                try {
                    socket.bind(new DomainSocketAddress(file.path().toString()));
                    file.bound(unixMode);
                    socket.listen(backlog);
                    yield new EpollServerDomainSocketChannel(socket.intValue(), true);
                } catch (IOException | RuntimeException e) {
                    file.remove();
                    socket.close();
                    throw e;
                }
            }
            // The JDK binds and listens in one step too: at a name that nobody knows. Its connections then say that
            // name where they are asked for their own address.
            case NIO -> {
                ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                try {
                    Files.deleteIfExists(file.aside());
                    socket.bind(UnixDomainSocketAddress.of(file.aside()), backlog);
                    file.boundAside(unixMode);
                    yield new NioServerDomainSocketChannel(socket);
                } catch (IOException | RuntimeException e) {
                    file.remove();
                    socket.close();
                    throw e;
                }
            }
        };
    }

    Channel client(SocketAddress address) {
        boolean unix = address instanceof UnixDomainSocketAddress;
        return switch (this) {
            case EPOLL -> unix ? new EpollDomainSocketChannel() : new EpollSocketChannel(family(address));
            case NIO -> unix
                    ? new NioDomainSocketChannel()
                    : new NioSocketChannel(SelectorProvider.provider(), family(address));
        };
    }

    Class<? extends DatagramChannel> datagramType() {
        return switch (this) {
            case EPOLL -> EpollDatagramChannel.class;
            case NIO -> NioDatagramChannel.class;
        };
    }

    Class<? extends SocketChannel> socketType() {
        return switch (this) {
            case EPOLL -> EpollSocketChannel.class;
            case NIO -> NioSocketChannel.class;
        };
    }

    /** The address in the transport's own type; {@code @name} becomes a name in the abstract namespace with epoll. */
    SocketAddress nativeAddress(SocketAddress address) {
        if (this == EPOLL && address instanceof UnixDomainSocketAddress unix) {
            String path = unix.getPath().toString();
            return new DomainSocketAddress(path.startsWith("@") ? '\0' + path.substring(1) : path);
        }
        return address;
    }

    void apply(Channel channel, ChannelSettings settings) {
        ChannelConfig config = channel.config();
        config.setRecvByteBufAllocator(settings.reads().allocator());
        config.setOption(ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(settings.writeLowBytes(), settings.writeHighBytes()));
        config.setAutoRead(settings.autoRead());
        if (settings.halfClosure()) {
            config.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        }
        if (settings.receiveBufferBytes() > 0) {
            config.setOption(ChannelOption.SO_RCVBUF, settings.receiveBufferBytes());
        }
        if (settings.sendBufferBytes() > 0) {
            config.setOption(ChannelOption.SO_SNDBUF, settings.sendBufferBytes());
        }
        if (channel instanceof SocketChannel) {
            config.setOption(ChannelOption.TCP_NODELAY, settings.noDelay());
            KeepAlive probes = settings.keepAlive();
            if (probes != null) {
                keepAlive(config, probes);
            }
        }
    }

    private void keepAlive(ChannelConfig config, KeepAlive probes) {
        config.setOption(ChannelOption.SO_KEEPALIVE, true);
        boolean epoll = this == EPOLL;
        set(config, epoll ? EpollChannelOption.TCP_KEEPIDLE : NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE),
                probes.timeSeconds());
        set(config,
                epoll ? EpollChannelOption.TCP_KEEPINTVL : NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL),
                probes.intervalSeconds());
        set(config, epoll ? EpollChannelOption.TCP_KEEPCNT : NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT),
                probes.probes());
    }

    private static void set(ChannelConfig config, ChannelOption<Integer> option, int value) {
        if (value > 0) {
            config.setOption(option, value);
        }
    }

    private static SocketProtocolFamily family(SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet4Address
                ? SocketProtocolFamily.INET
                : SocketProtocolFamily.INET6;
    }
}
