package io.weir.net.sniff;

import io.netty.channel.Channel;
import io.weir.net.transport.OnBehalf;
import io.weir.net.transport.Worker;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Has connections to hosts come from their clients' addresses, as they are known when its turn comes: those that a
 * proxy before us told, where such a filter stands before this one. Source: Envoy's {@code original_src}.
 *
 * @param bindsPort
 *            whether they come from the client's port too
 * @param mark
 *            of their packets; 0: none
 */
public record OriginalSource(boolean bindsPort, int mark) implements Inspector {
    @Override
    public String name() {
        return "original_src";
    }

    @Override
    public @Nullable Look begin(Worker worker, Channel channel, Greeting greeting) {
        if (Greeting.remoteAddress(channel) instanceof InetSocketAddress client) {
            greeting.disguise(new OnBehalf.Disguise(
                    bindsPort ? client : new InetSocketAddress(client.getAddress(), 0), mark));
        }
        return null;
    }
}
