package io.weir.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.weir.core.stats.Stats;
import io.weir.http.codec.HeadLimits;
import io.weir.http.codec.HttpHead;
import io.weir.net.transport.Worker;
import io.weir.net.transport.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * Frames of any kind in any order, to a session whose owner does anything that an owner may do: nothing breaks, no
 * stream and no byte is left when the connection closes. Runs the seeds only, unless {@code JAZZER_FUZZ=1} is set; then
 * one method at a time.
 */
class SessionFuzzTest {
    private static final byte[] SETTINGS = new byte[9];
    private static final int FRAMES_MAX = 60;
    private static Workers workers;
    private static Worker worker;

    @BeforeAll
    static void start() {
        workers = Workers.start(1);
        worker = workers.all().getFirst();
        SETTINGS[3] = Frames.SETTINGS;
    }

    @AfterAll
    static void stop() {
        workers.close();
    }

    /** The same frames are found however the bytes are cut, and no others. */
    @FuzzTest(maxDuration = "3m")
    void frames(FuzzedDataProvider data) {
        int cut = data.consumeInt(1, 40);
        byte[] bytes = data.consumeRemainingAsBytes();
        assertThat(events(bytes, cut)).isEqualTo(events(bytes, Math.max(1, bytes.length)));
    }

    private static String events(byte[] bytes, int piece) {
        var out = new StringBuilder();
        var reader = new FrameReader();
        for (int at = 0; at < bytes.length; at += piece) {
            var in = Unpooled.wrappedBuffer(bytes, at, Math.min(piece, bytes.length - at));
            for (var event = reader.next(in, ByteBufAllocator.DEFAULT); event != FrameReader.Event.MORE; event = reader
                    .next(in, ByteBufAllocator.DEFAULT)) {
                event(reader, event, in, out);
                if (event == FrameReader.Event.BAD_PADDING) {
                    reader.release();
                    return out.toString();
                }
            }
        }
        reader.release();
        return out.toString();
    }

    private static void event(FrameReader reader, FrameReader.Event event, ByteBuf in, StringBuilder out) {
        switch (event) {
            case MORE -> {
            }
            case BEGINS -> out.append('\n').append(reader.type()).append(' ').append(reader.flags()).append(' ')
                    .append(reader.streamId()).append(' ').append(reader.length()).append(' ');
            case PAYLOAD -> {
                var payload = reader.payload(in);
                for (int i = 0; i < reader.length(); i++) {
                    out.append(Integer.toHexString(payload.readUnsignedByte()));
                }
                reader.payloadTaken();
            }
            case DATA -> {
                for (int i = 0; i < reader.dataBytes(); i++) {
                    out.append(Integer.toHexString(in.readUnsignedByte()));
                }
                out.append(reader.dataComplete() ? "." : "");
            }
            case BAD_PADDING -> out.append("bad");
        }
    }

    @FuzzTest(maxDuration = "4m")
    void sessions(FuzzedDataProvider data) throws Exception {
        try {
            worker.loop().submit(() -> new Play(data).run()).get();
        } catch (ExecutionException broken) {
            throw new AssertionError(broken.getCause());
        }
    }

    /** One connection from its first byte to its end. */
    private static final class Play implements Http2SessionListener {
        private final FuzzedDataProvider data;
        private final EmbeddedChannel channel = new EmbeddedChannel();
        private final Http2Stats stats = new Http2Stats(new Stats().root());
        private final List<Owner> owners = new ArrayList<>();
        private final Http2Session session;

        Play(FuzzedDataProvider data) {
            this.data = data;
            var options = new Http2Options(4096, 4, 65_535, 65_535, 100, 50, 1, 10, 10, data.consumeBoolean(),
                    Http2Options.KeepAlive.NONE);
            session = new Http2Session(Http2Session.Role.SERVER, worker, channel, options, new HeadLimits(2048, 20),
                    stats, this);
        }

        void run() {
            session.start();
            session.read(Unpooled.copiedBuffer(Dispatch.PREFACE, SETTINGS));
            for (int i = 0; i < FRAMES_MAX && data.remainingBytes() > 0; i++) {
                session.read(frame());
                for (var owner : owners.toArray(Owner[]::new)) {
                    owner.act();
                }
                session.writabilityChanged();
                channel.releaseOutbound();
            }
            channel.flush(); // what waits for the end of the loop's turn, which a play does not see
            session.closed();
            owners.forEach(Owner::letGo);
            channel.finishAndReleaseAll();
            assertThat(stats.streamsActive.value()).isZero();
            assertThat(stats.pendingSendBytes.value()).isZero();
        }

        private ByteBuf frame() {
            int type = data.consumeInt(0, 10);
            int flags = data.consumeByte();
            int id = data.consumeInt(0, 9);
            byte[] payload = data.consumeBoolean() && type <= Frames.HEADERS
                    ? RequestBlock.BYTES
                    : data.consumeBytes(data.consumeInt(0, 40));
            var out = Unpooled.buffer();
            out.writeInt(payload.length << 8 | type).writeByte(flags).writeInt(id).writeBytes(payload);
            return out;
        }

        @Override
        public Http2StreamListener opened(Http2Stream stream) {
            var owner = new Owner(stream, data);
            owners.add(owner);
            return owner;
        }

        @Override
        public void sent(long bytes) {
            assertThat(bytes).isNotNegative();
        }

        @Override
        public void streamClosed() {}

        @Override
        public void settingsChanged() {}

        @Override
        public void goingAway(Http2Error code) {}

        @Override
        public void over(Http2Error code, String details) {
            assertThat(session.open()).isFalse();
        }
    }

    /** GET of / from a, by the static table alone. */
    private static final class RequestBlock {
        static final byte[] BYTES = {(byte) 0x82, (byte) 0x86, (byte) 0x84, 0x41, 1, 'a'};
    }

    /** Answers, or not, or breaks off. */
    private static final class Owner implements Http2StreamListener {
        private final Http2Stream stream;
        private final FuzzedDataProvider data;
        private boolean gone;
        private boolean answered;
        private boolean ended;

        Owner(Http2Stream stream, FuzzedDataProvider data) {
            this.stream = stream;
            this.data = data;
        }

        void act() {
            if (gone) {
                return;
            }
            switch (data.consumeInt(0, 6)) {
                case 0 -> stream.readable(true);
                case 1 -> stream.readable(false);
                case 2 -> answer();
                case 3 -> body(false);
                case 4 -> body(true);
                case 5 -> letGo();
                default -> {
                    gone = true;
                    stream.reset(Http2Error.CANCEL);
                }
            }
        }

        private void answer() {
            if (!answered) {
                answered = true;
                var head = new HttpHead();
                head.status(200);
                head.framing(HttpHead.Framing.CHUNKED, -1);
                stream.response(head, false);
            }
        }

        private void body(boolean last) {
            if (answered && !ended && stream.writable()) {
                ended = last;
                stream.data(Unpooled.buffer().writeZero(data.consumeInt(0, 40_000)), last);
            }
        }

        void letGo() {
            if (!gone) {
                gone = true;
                stream.detach();
            }
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
        public void streamHead(HttpHead head, boolean last) {
            assertThat(gone).isFalse();
        }

        @Override
        public void streamRefused(HttpHead head, int status, String details) {
            answer();
        }

        @Override
        public void streamData(ByteBuf bytes, boolean last) {
            bytes.release();
            assertThat(gone).isFalse();
        }

        @Override
        public void streamTrailers(HttpHead trailers) {
            assertThat(gone).isFalse();
        }

        @Override
        public void streamReset(Http2Reset why, Http2Error code, String details) {
            assertThat(gone).isFalse();
            letGo();
        }

        @Override
        public void streamWritable() {
            assertThat(gone).isFalse();
        }

        @Override
        public void streamReadEnd() {
            // nothing to flush
        }
    }
}
