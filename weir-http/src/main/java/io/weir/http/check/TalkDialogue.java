package io.weir.http.check;

import io.netty.buffer.ByteBuf;
import io.weir.core.health.CheckResult;
import io.weir.core.health.CheckResult.Failed;
import io.weir.core.health.CheckResult.Failure;
import io.weir.http.h2.Http2Talk;
import io.weir.net.check.Dialogue;
import io.weir.net.tls.Offer;
import org.jspecify.annotations.Nullable;

/** Checks over HTTP/2, one after the other on one connection, whatever is asked in them. Belongs to one worker. */
abstract class TalkDialogue implements Dialogue {
    private final Http2Talk talk;
    private @Nullable CheckResult result;

    TalkDialogue(Http2Talk talk) {
        this.talk = talk;
    }

    /** Sends the request of a check, whose answer tells {@link #comesTo}. */
    abstract void ask(boolean fresh, ByteBuf out);

    /** The result of the check at hand is clear. */
    final void comesTo(CheckResult its) {
        result = its;
    }

    @Override
    public final @Nullable CheckResult begin(boolean fresh, ByteBuf out) {
        result = null;
        ask(fresh, out);
        return null;
    }

    @Override
    public final @Nullable CheckResult hears(ByteBuf in, ByteBuf out) {
        talk.hears(in, out);
        return result;
    }

    @Override
    public final Offer offer() {
        return Offer.HTTP2;
    }

    @Override
    public final CheckResult closed() {
        return Failed.of(Failure.NETWORK, "it closed the connection");
    }

    /** Settings, pings and the like may come at any time. */
    @Override
    public final boolean rests(ByteBuf in, ByteBuf out) {
        talk.hears(in, out);
        return talk.reusable();
    }

    @Override
    public final boolean reusable() {
        return talk.reusable();
    }
}
