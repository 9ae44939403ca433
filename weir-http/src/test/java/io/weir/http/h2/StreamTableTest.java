package io.weir.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.weir.net.transport.Workers;
import org.junit.jupiter.api.Test;

final class StreamTableTest {
    /** RFC 9113 section 5.1: frames that were on their way when a stream was reset are no error, however many. */
    @Test
    void moreResetsThanAreKeptInOneRoundTripAreStillNoErrors() {
        try (var workers = Workers.start(1)) {
            var channel = new EmbeddedChannel();
            var table = new StreamTable(new Unhearing().session(Http2Session.Role.SERVER, workers, channel));
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
            var owner = new Unhearing();
            var session = owner.session(Http2Session.Role.CLIENT, workers, channel);
            int room = session.room();
            var stream = session.open(owner);
            assertThat(session.room()).isEqualTo(room - 1);
            stream.reset(Http2Error.CANCEL);
            assertThat(session.room()).isEqualTo(room);
            assertThat(session.streams()).isZero();
            session.closed();
            channel.finishAndReleaseAll();
        }
    }
}
