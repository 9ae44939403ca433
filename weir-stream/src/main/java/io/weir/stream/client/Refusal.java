package io.weir.stream.client;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import org.jspecify.annotations.Nullable;

/** Why a connection was not served, as its log tells it. The worker's. */
public final class Refusal {
    private static final AttributeKey<String> DETAILS = AttributeKey.valueOf("weir.termination.details");

    private Refusal() {}

    /** The connection is about to be closed for this reason. */
    public static void note(Channel channel, String details) {
        channel.attr(DETAILS).set(details);
    }

    /** Null: it was served, or something else was in its way. */
    static @Nullable String details(Channel channel) {
        return channel.hasAttr(DETAILS) ? channel.attr(DETAILS).get() : null;
    }
}
