package io.weir.http.h2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.weir.core.stats.Stats;
import io.weir.http.codec.HeadLimits;
import io.weir.http.codec.HttpHead;
import io.weir.net.transport.Workers;

/** An owner of sessions and streams that does nothing with what it hears; tests hear what they are about. */
class Unhearing implements Http2SessionListener, Http2StreamListener {
    /** A session of this owner, with every default. */
    Http2Session session(Http2Session.Role role, Workers workers, EmbeddedChannel channel) {
        return new Http2Session(role, workers.all().getFirst(), channel, Http2Options.DEFAULT,
                new HeadLimits(8192, 50), new Http2Stats(new Stats().root()), this);
    }

    @Override
    public Http2StreamListener opened(Http2Stream stream) {
        throw new IllegalStateException("no stream is opened here");
    }

    @Override
    public HttpHead headRoom() {
        return new HttpHead();
    }

    @Override
    public HttpHead trailersRoom() {
        return new HttpHead();
    }

    @Override
    public void streamHead(HttpHead head, boolean last) {}

    @Override
    public void streamRefused(HttpHead head, int status, String details) {}

    @Override
    public void streamData(ByteBuf data, boolean last) {
        data.release();
    }

    @Override
    public void streamTrailers(HttpHead trailers) {}

    @Override
    public void streamReset(Http2Reset why, Http2Error code, String details) {}

    @Override
    public void streamWritable() {}

    @Override
    public void streamReadEnd() {}

    @Override
    public void sent(long bytes) {}

    @Override
    public void streamClosed() {}

    @Override
    public void settingsChanged() {}

    @Override
    public void goingAway(Http2Error code) {}

    @Override
    public void over(Http2Error code, String details) {}
}
