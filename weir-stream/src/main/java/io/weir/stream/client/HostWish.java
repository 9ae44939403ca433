package io.weir.stream.client;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.weir.net.turn.TlsTurn;
import org.jspecify.annotations.Nullable;

/** What a filter wants of the host that a connection will be joined to. The worker's. */
public final class HostWish {
    private static final AttributeKey<TlsTurn> TURN = AttributeKey.valueOf("weir.host.turn");

    private HostWish() {}

    /** The host is to be asked for TLS in these words, and the connection is not served where it does not agree. */
    public static void turning(Channel client, TlsTurn words) {
        client.attr(TURN).set(words);
    }

    /** The words; null: the host is spoken to as its cluster says. */
    public static @Nullable TlsTurn turn(Channel client) {
        return client.hasAttr(TURN) ? client.attr(TURN).get() : null;
    }
}
