package io.weir.net.sniff;

import io.netty.channel.Channel;
import io.weir.net.transport.Worker;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A listener filter at work, for all connections. Any worker. */
public sealed interface Inspector
        permits TlsInspector, HttpInspector, ProxyProtocol, OriginalSource, RateLimit, Inspector.Sometimes {
    /** As in log lines, such as {@code tls_inspector}. */
    String name();

    /** Begins with a connection; null: there is nothing to find out. */
    @Nullable
    Look begin(Worker worker, Channel channel, Greeting greeting);

    /** The same for some connections; of others nothing is awaited. */
    default Inspector when(Predicate<Channel> wanted) {
        return new Sometimes(this, wanted);
    }

    /**
     * One that passes connections by.
     *
     * @param wanted
     *            asked when its turn comes, with what those before it have found
     */
    record Sometimes(Inspector inner, Predicate<Channel> wanted) implements Inspector {
        @Override
        public String name() {
            return inner.name();
        }

        @Override
        public @Nullable Look begin(Worker worker, Channel channel, Greeting greeting) {
            return wanted.test(channel) ? inner.begin(worker, channel, greeting) : null;
        }
    }
}
