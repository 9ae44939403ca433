package io.weir.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.weir.core.stats.Stats;
import io.weir.http.codec.HeadLimits;
import io.weir.http.codec.HttpHead;
import io.weir.net.transport.Workers;
import org.junit.jupiter.api.Test;

final class StreamTableTest {
    /** Opens streams for nobody. */
    private static final class Silent implements Http2SessionListener {
        @Override
        public Http2StreamListener opened(Http2Stream stream) {
            throw new IllegalStateException("no stream is opened here");
        }

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

    private static Http2Session session(Http2Session.Role role, Workers workers, EmbeddedChannel channel) {
        return new Http2Session(role, workers.all().getFirst(), channel, Http2Options.DEFAULT,
                new HeadLimits(8192, 50), new Http2Stats(new Stats().root()), new Silent());
    }

    /** RFC 9113 section 5.1: frames that were on their way when a stream was reset are no error, however many. */
    @Test
    void moreResetsThanAreKeptInOneRoundTripAreStillNoErrors() {
        try (var workers = Workers.start(1)) {
            var channel = new EmbeddedChannel();
            var table = new StreamTable(session(Http2Session.Role.SERVER, workers, channel));
            for (int id = 1; id < 6_000; id += 2) {
                table.remember(id);
            }
            for (int id = 1; id < 6_000; id += 2) {
                assertThat(table.wasReset(id)).as("stream %s", id).isTrue();
            }
            assertThat(table.wasReset(6_001)).isFalse();
            channel.finishAndReleaseAll();
        }
    }

    /** A stream that is given up before it has a number leaves its room to others. */
    @Test
    void aStreamThatWasNeverWrittenCostsNoRoom() {
        try (var workers = Workers.start(1)) {
            var channel = new EmbeddedChannel();
            var session = session(Http2Session.Role.CLIENT, workers, channel);
            int room = session.room();
            var owner = new Idle();
            var stream = session.open(owner);
            assertThat(session.room()).isEqualTo(room - 1);
            stream.reset(Http2Error.CANCEL);
            assertThat(session.room()).isEqualTo(room);
            assertThat(session.streams()).isZero();
            session.closed();
            channel.finishAndReleaseAll();
        }
    }

    /** Hears nothing. */
    private static final class Idle implements Http2StreamListener {
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
    }
}
