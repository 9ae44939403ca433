package io.weir.net.introduce;

import io.weir.core.model.ClusterSpec;
import io.weir.core.socket.SocketOption;
import io.weir.core.socket.SocketRules;
import io.weir.core.socket.SourceRules;
import io.weir.net.transport.ConnectOptions;
import io.weir.net.transport.OnBehalf;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says where a connection to a host comes from: where its cluster says, or from its client. Any worker. */
public final class Sources {
    /** From asm-generic/socket.h. */
    private static final int SOL_SOCKET = 1;
    private static final int SO_MARK = 36;

    private Sources() {}

    /** The options with the source of a connection, where anybody says something of it. */
    public static ConnectOptions place(ClusterSpec cluster, SocketAddress host, @Nullable OnBehalf client,
            ConnectOptions options) {
        OnBehalf.Disguise disguise = client == null ? null : client.disguise();
        SourceRules rules = cluster.extensions().get(SourceRules.KEY) instanceof SourceRules given ? given : null;
        if ((rules == null && disguise == null) || !(host instanceof InetSocketAddress inet)
                || inet.getAddress() == null) {
            return options; // a socket of this machine is not come to from an address
        }
        SourceRules.Source source = rules == null || disguise != null ? null : rules.towards(inet.getAddress());
        SocketRules socket = rules == null ? SocketRules.PLAIN : rules.socket(source);
        if (disguise != null) {
            return options.withSource(disguise.from(), transparent(socket, disguise));
        }
        return options.withSource(source == null ? options.bindAddress() : source.address(), socket);
    }

    /** The packet filter knows such a connection by its mark, so that the host's answers find the way back to Weir. */
    private static SocketRules transparent(SocketRules socket, OnBehalf.Disguise disguise) {
        List<SocketOption> options = new ArrayList<>(socket.options());
        if (disguise.mark() != 0) {
            options.add(new SocketOption("SO_MARK", SOL_SOCKET, SO_MARK, new SocketOption.Whole(disguise.mark()),
                    SocketOption.When.PREBIND));
        }
        return new SocketRules(true, socket.freeBind(), -1, 0, false, options);
    }
}
