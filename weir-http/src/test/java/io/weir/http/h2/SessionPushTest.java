package io.weir.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.weir.http.codec.HttpHead;
import io.weir.net.transport.Workers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SessionPushTest {
    private static final int WINDOW_FIRST = 65_535;
    private static final byte[] GET = {0, 0, 6, Frames.HEADERS, Frames.END_HEADERS | Frames.END_STREAM, 0, 0, 0, 1,
            (byte) 0x82, (byte) 0x86, (byte) 0x84, 0x41, 1, (byte) 'a'};
    private static final byte[] SETTINGS = {0, 0, 0, Frames.SETTINGS, 0, 0, 0, 0, 0};

    /** Answers with more than the windows allow, and when it is told that there is room, with a little more. */
    private static final class Answering extends Unhearing {
        private @Nullable Http2Stream stream;
        private int told;

        @Override
        public Http2StreamListener opened(Http2Stream one) {
            stream = one;
            return this;
        }

        private Http2Stream stream() {
            var one = stream;
            if (one == null) {
                throw new IllegalStateException("no stream was opened");
            }
            return one;
        }

        @Override
        public void streamRefused(HttpHead head, int status, String details) {
            streamHead(head, true);
        }

        @Override
        public void streamHead(HttpHead head, boolean last) {
            var answer = new HttpHead();
            answer.status(200);
            answer.framing(HttpHead.Framing.CHUNKED, -1);
            stream().response(answer, false);
            stream().data(Unpooled.buffer().writeZero(WINDOW_FIRST + 1), false);
            assertThat(stream().writable()).isFalse();
        }

        @Override
        public void streamWritable() {
            told++;
            stream().data(Unpooled.buffer().writeZero(10), true);
            stream().session.flush();
        }
    }

    private static int written(EmbeddedChannel channel) {
        int bytes = 0;
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            bytes += out.readableBytes();
            out.release();
        }
        return bytes;
    }

    /** The owner is told within a push, which has then to look for more before it ends: no event would come. */
    @Test
    void whatAnOwnerWritesWhenItIsToldOfRoomGoesOutWithoutAnotherEvent() {
        try (var workers = Workers.start(1)) {
            var channel = new EmbeddedChannel();
            var owner = new Answering();
            var session = owner.session(Http2Session.Role.SERVER, workers, channel);
            session.start();
            session.read(Unpooled.copiedBuffer(Dispatch.PREFACE, SETTINGS, GET));
            assertThat(written(channel)).isGreaterThan(WINDOW_FIRST);
            assertThat(owner.told).isZero();
            session.read(Unpooled.wrappedBuffer(windowUpdate(0, 100), windowUpdate(1, 100)));
            assertThat(owner.told).isEqualTo(1);
            assertThat(written(channel)).isEqualTo(1 + 10 + 2 * Frames.HEAD_BYTES);
            assertThat(session.streams()).isZero();
            session.closed();
            channel.finishAndReleaseAll();
        }
    }

    private static ByteBuf windowUpdate(int id, int bytes) {
        return Unpooled.buffer().writeInt(4 << 8 | Frames.WINDOW_UPDATE).writeByte(0).writeInt(id).writeInt(bytes);
    }
}
