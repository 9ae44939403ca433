package io.weir.xds.chain;

import io.envoyproxy.envoy.config.core.v3.SocketOption.SocketState;
import io.envoyproxy.envoy.config.listener.v3.AdditionalAddress;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.weir.core.socket.SocketOption;
import io.weir.core.socket.SocketRules;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads how the sockets of a listener are set up. */
public final class SocketRulesReader {
    private SocketRulesReader() {}

    /** What the listener says. */
    public static SocketRules read(Listener listener, Complaints complaints) {
        if (listener.getConnectionBalanceConfig().hasExtendBalance()) {
            complaints.problem("connection_balance_config.extend_balance", "",
                    "Weir balances connections by their number alone", "write exact_balance: {}");
        }
        int fastOpen = listener.getTcpFastOpenQueueLength().getValue();
        int accepts = listener.getMaxConnectionsToAcceptPerSocketEvent().getValue();
        return new SocketRules(listener.getTransparent().getValue(), listener.getFreebind().getValue(),
                listener.hasTcpFastOpenQueueLength() ? most(fastOpen) : -1, most(accepts),
                listener.getConnectionBalanceConfig().hasExactBalance(),
                options(listener.getSocketOptionsList(), "socket_options", complaints));
    }

    /** The options that one more address of a listener has in the place of the listener's; it may have none. */
    public static List<SocketOption> own(AdditionalAddress address, Complaints complaints) {
        return options(address.getSocketOptions().getSocketOptionsList(), "socket_options.socket_options", complaints);
    }

    /**
     * Options of connections that are made, which are set before they have their address.
     *
     * @param list
     *            the name of the field
     */
    static List<SocketOption> ofConnections(List<io.envoyproxy.envoy.config.core.v3.SocketOption> messages,
            String list, Complaints complaints) {
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i).getState() == SocketState.STATE_LISTENING) {
                complaints.problem(list + "[" + i + "].state", "STATE_LISTENING", "these sockets do not listen",
                        "write STATE_PREBIND");
            }
        }
        return options(messages, list, complaints);
    }

    /** A uint32. */
    private static int most(int unsigned) {
        return unsigned < 0 ? Integer.MAX_VALUE : unsigned;
    }

    /**
     * Options by number; those with problems are left out.
     *
     * @param list
     *            the name of the field
     */
    private static List<SocketOption> options(List<io.envoyproxy.envoy.config.core.v3.SocketOption> messages,
            String list,
            Complaints complaints) {
        var options = new ArrayList<SocketOption>();
        for (int i = 0; i < messages.size(); i++) {
            var message = messages.get(i);
            String at = list + "[" + i + "]";
            if (message.hasType() && !message.getType().hasStream()) {
                complaints.problem(at + ".type", "", "these sockets are streams", "remove it, or write stream: {}");
            } else if ((int) message.getLevel() != message.getLevel() || (int) message.getName() != message.getName()) {
                complaints.problem(at, message.getLevel() + "/" + message.getName(), "no system has such an option",
                        "write level and name as the system's headers have them: 6 and 13 for TCP_CONGESTION");
            } else if (message.getState() == SocketState.STATE_BOUND) {
                complaints.problem(at + ".state", "STATE_BOUND", "a socket is bound and put to use in one step here",
                        "write STATE_PREBIND, or STATE_LISTENING for a listener");
            } else {
                SocketOption.Value value = switch (message.getValueCase()) {
                    case INT_VALUE -> new SocketOption.Whole((int) message.getIntValue());
                    case BUF_VALUE ->
                        new SocketOption.Text(message.getBufValue().toString(StandardCharsets.ISO_8859_1));
                    case VALUE_NOT_SET -> new SocketOption.Text(""); // a rule of the API says that it is required
                };
                options.add(new SocketOption(message.getDescription(), (int) message.getLevel(),
                        (int) message.getName(), value, message.getState() == SocketState.STATE_LISTENING
                                ? SocketOption.When.LISTENING
                                : SocketOption.When.PREBIND));
            }
        }
        return options;
    }
}
