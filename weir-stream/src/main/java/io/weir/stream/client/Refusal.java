package io.weir.stream.client;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.weir.observe.log.ResponseFlag;
import org.jspecify.annotations.Nullable;

/** Why a connection was not served, as its log tells it. The worker's. */
public final class Refusal {
    private static final AttributeKey<Reason> REASON = AttributeKey.valueOf("weir.termination.reason");

    private record Reason(@Nullable String details, long flags) {
    }

    private Refusal() {}

    /** The connection is about to be closed for this reason. */
    public static void note(Channel channel, String details) {
        channel.attr(REASON).set(new Reason(details, 0));
    }

    /** The same with a flag. */
    public static void note(Channel channel, String details, ResponseFlag flag) {
        channel.attr(REASON).set(new Reason(details, flag.bit()));
    }

    /** Its client has gone before it was known whether it would be served. */
    public static void left(Channel channel) {
        channel.attr(REASON).set(new Reason(null, ResponseFlag.DC.bit()));
    }

    /** Nothing that was noted is so. */
    public static void none(Channel channel) {
        channel.attr(REASON).set(null);
    }

    /** Null: it was served, or something else was in its way. */
    static @Nullable String details(Channel channel) {
        Reason reason = reason(channel);
        return reason == null ? null : reason.details;
    }

    /** Bits of {@link ResponseFlag}s; 0: it was served, or no flag says why it was not. */
    public static long flags(Channel channel) {
        Reason reason = reason(channel);
        return reason == null ? 0 : reason.flags;
    }

    private static @Nullable Reason reason(Channel channel) {
        return channel.hasAttr(REASON) ? channel.attr(REASON).get() : null;
    }
}
