package io.weir.stream.state;

import io.netty.channel.Channel;
import io.weir.core.value.FilterState;
import io.weir.core.value.FilterState.Kind;
import io.weir.net.sniff.Greeting;
import io.weir.net.transport.Acceptor;
import io.weir.net.transport.Worker;
import io.weir.stream.client.DoorRecord;
import io.weir.stream.client.Wording;
import java.net.InetAddress;

/**
 * Leaves objects for connections that come, and passes them all on. It stands where all is known that ever will be: a
 * client's certificate, the name it asks for, the address a proxy tells. Any worker.
 */
public final class StateAcceptor implements Acceptor {
    private final StateSpec spec;
    private final Acceptor inner;

    /** Before {@code inner}. */
    public StateAcceptor(StateSpec spec, Acceptor inner) {
        this.spec = spec;
        this.inner = inner;
    }

    @Override
    public void accepted(Worker worker, Channel channel) {
        var connection = new DoorRecord(channel, System.currentTimeMillis() * 1000);
        for (StateSpec.Entry entry : spec.entries()) {
            // each sees what those before it have left
            String text = Wording.of(entry.format(), connection);
            boolean skipped = (text.isEmpty() && entry.skipIfEmpty())
                    || (entry.kind() == Kind.ADDRESS && !address(text)); // no address, no object
            if (!skipped) {
                Greeting.state(channel).put(entry.key(),
                        new FilterState.Value(text, entry.kind(), entry.locked()));
            }
        }
        inner.accepted(worker, channel);
    }

    private static boolean address(String text) {
        try {
            return InetAddress.ofLiteral(text).getAddress().length > 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public void acceptFailed(Worker worker, Throwable cause) {
        inner.acceptFailed(worker, cause);
    }
}
