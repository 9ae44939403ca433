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

    /** From linux/tcp.h. Netty's own is set when the socket is bound only, and where it finds that it is of use. */
    private static final ChannelOption<Integer> FAST_OPEN = new IntegerUnixChannelOption("TCP_FASTOPEN", 6, 23);
    /** IFNAMSIZ and TCP_CA_NAME_MAX of linux/if.h and net/tcp.h. */
    private static final int NAME_BYTES = 16;

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
            transparent(socket, true);
        }
        if (rules.freeBind()) {
            set(socket, EpollChannelOption.IP_FREEBIND, true, "IP_FREEBIND");
        }
        if (rules.fastOpenQueue() >= 0) {
            set(socket, FAST_OPEN, rules.fastOpenQueue(), "TCP_FASTOPEN");
        }
        takeInTurns(socket, rules);
        apply(socket, rules.options(), SocketOption.When.PREBIND);
    }

    /**
     * Sets up a socket anew that another process had set up, and that has its address. What is not asked for and was
     * never a switch stays as it is; what the system sets only before there is an address is refused, unless it is so
     * already.
     */
    static void again(Channel socket, SocketRules rules) throws IOException {
        turn(socket, EpollChannelOption.IP_TRANSPARENT, rules.transparent(), "IP_TRANSPARENT");
        turn(socket, EpollChannelOption.IP_FREEBIND, rules.freeBind(), "IP_FREEBIND");
        if (rules.fastOpenQueue() >= 0) {
            set(socket, FAST_OPEN, rules.fastOpenQueue(), "TCP_FASTOPEN");
        }
        takeInTurns(socket, rules);
        for (SocketOption option : rules.options()) {
            try {
                apply(socket, option);
            } catch (IOException refused) {
                if (!isSo(socket, option)) {
                    throw refused;
                }
            }
        }
    }

    private static boolean isSo(Channel socket, SocketOption option) {
        try {
            return switch (option.value()) {
                case SocketOption.Whole(int number) -> Integer.valueOf(number).equals(socket.config()
                        .getOption(new IntegerUnixChannelOption("", option.level(), option.name())));
                case SocketOption.Text text -> {
                    byte[] wanted = text.bytes();
                    // names of interfaces and the like are told into as much room only
                    ByteBuffer found = socket.config().getOption(new RawUnixChannelOption("", option.level(),
                            option.name(), Math.max(wanted.length, NAME_BYTES)));
                    yield found != null && found.remaining() >= wanted.length
                            && found.slice(0, wanted.length).equals(ByteBuffer.wrap(wanted))
                            && (found.remaining() == wanted.length || found.get(wanted.length) == 0);
                }
            };
        } catch (ChannelException e) {
            return false;
        }
    }

    /** Only where it is to be another: to leave it as it is needs no capability. */
    private static void turn(Channel socket, ChannelOption<Boolean> option, boolean on, String label)
            throws IOException {
        if (!Boolean.valueOf(on).equals(socket.config().getOption(option))) {
            set(socket, option, on, label);
        }
    }

    private static void takeInTurns(Channel socket, SocketRules rules) {
        if (rules.acceptsMax() > 0) {
            MaxMessagesRecvByteBufAllocator turns = socket.config().getRecvByteBufAllocator();
            turns.maxMessagesPerRead(rules.acceptsMax());
        }
    }

    /** Whether the socket may have what was going to other addresses; one that listens hears of it too. */
    static void transparent(Channel socket, boolean on) throws IOException {
        set(socket, EpollChannelOption.IP_TRANSPARENT, on, "IP_TRANSPARENT");
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
