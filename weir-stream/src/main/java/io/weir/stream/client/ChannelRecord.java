package io.weir.stream.client;

import io.netty.channel.Channel;
import io.weir.core.tls.TlsFacts;
import io.weir.core.value.FilterState;
import io.weir.net.sniff.Greeting;
import io.weir.net.tls.TlsSession;
import io.weir.observe.log.AccessRecord;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A connection as access logs ask about it: what its channel knows. Asked on the connection's worker. */
public interface ChannelRecord extends AccessRecord {
    /** The client's. */
    Channel channel();

    @Override
    default @Nullable TlsFacts tls() {
        return TlsSession.of(channel());
    }

    @Override
    default @Nullable String requestedServerName() {
        TlsFacts tls = tls();
        if (tls != null) {
            return tls.serverName();
        }
        Greeting greeting = Greeting.of(channel());
        return greeting == null || greeting.serverName().isEmpty() ? null : greeting.serverName();
    }

    @Override
    default @Nullable String ja3Fingerprint() {
        Greeting greeting = Greeting.of(channel());
        return greeting == null ? null : greeting.ja3();
    }

    @Override
    default @Nullable String ja4Fingerprint() {
        Greeting greeting = Greeting.of(channel());
        return greeting == null ? null : greeting.ja4();
    }

    @Override
    default Map<String, Object> dynamicMetadata(String namespace) {
        Greeting greeting = Greeting.of(channel());
        return greeting == null ? Map.of() : greeting.metadata(namespace);
    }

    @Override
    default FilterState.@Nullable Value filterState(String key) {
        FilterState left = Greeting.left(channel());
        return left == null ? null : left.get(key);
    }

    @Override
    default @Nullable String connectionTerminationDetails() {
        return Refusal.details(channel());
    }
}
