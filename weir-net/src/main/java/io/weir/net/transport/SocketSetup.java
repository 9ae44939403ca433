package io.weir.net.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.MaxMessagesRecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import io.weir.core.socket.SocketOption;
import io.weir.core.socket.SocketRules;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Sets up sockets as their rules say. Only Netty's epoll lets options be named by number. */
final class SocketSetup {
    /** How every complaint about an option begins. */
    static final String REFUSED = "no socket option ";

    private SocketSetup() {}

    /** Where options cannot be set at all, none may be asked for. */
    static void none(SocketRules rules, String where) throws IOException {
        if (!rules.equals(SocketRules.PLAIN)) {
            throw new IOException(REFUSED + "can be set " + where);
        }
    }

    /** What a listening socket is given before it has its address. */
    static void beforeBind(Channel socket, SocketRules rules) throws IOException {
        if (rules.transparent()) {
            set(socket, EpollChannelOption.IP_TRANSPARENT, true, "IP_TRANSPARENT");
        }
        if (rules.freeBind()) {
            set(socket, EpollChannelOption.IP_FREEBIND, true, "IP_FREEBIND");
        }
        if (rules.fastOpenQueue() >= 0) {
            set(socket, ChannelOption.TCP_FASTOPEN, rules.fastOpenQueue(), "TCP_FASTOPEN");
        }
        if (rules.acceptsMax() > 0) {
            MaxMessagesRecvByteBufAllocator turns = socket.config().getRecvByteBufAllocator();
            turns.maxMessagesPerRead(rules.acceptsMax());
        }
        apply(socket, rules.options(), SocketOption.When.PREBIND);
    }

    /** The options that are due now. */
    static void apply(Channel socket, List<SocketOption> options, SocketOption.When now) throws IOException {
        for (SocketOption option : options) {
            if (option.when() == now) {
                apply(socket, option);
            }
        }
    }

    private static void apply(Channel socket, SocketOption option) throws IOException {
        String label = "level " + option.level() + " name " + option.name();
        switch (option.value()) {
            case SocketOption.Whole(int number) -> set(socket,
                    new IntegerUnixChannelOption(label, option.level(), option.name()), number, text(option));
            case SocketOption.Text text -> {
                byte[] bytes = text.bytes();
                set(socket, new RawUnixChannelOption(label, option.level(), option.name(), bytes.length),
                        ByteBuffer.allocateDirect(bytes.length).put(bytes).flip(), text(option));
            }
        }
    }

    private static String text(SocketOption option) {
        return "level " + option.level() + " name " + option.name()
                + (option.description().isEmpty() ? "" : " (" + option.description() + ")");
    }

    private static <T> void set(Channel socket, ChannelOption<T> option, T value, String label) throws IOException {
        try {
            if (!socket.config().setOption(option, value)) {
                throw new IOException(REFUSED + label + " here");
            }
        } catch (ChannelException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(REFUSED + label + ": " + cause.getMessage(), e);
        }
    }
}
