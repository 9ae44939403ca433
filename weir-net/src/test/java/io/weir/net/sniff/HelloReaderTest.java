package io.weir.net.sniff;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.net.hello.ClientHello;
import io.weir.net.sniff.HelloReader.State;
import io.weir.testkit.Hellos;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HelloReaderTest {
    private static State read(HelloReader hello, byte[] bytes) {
        return hello.read(Unpooled.wrappedBuffer(bytes));
    }

    private static ClientHello said(HelloReader reader) {
        return Objects.requireNonNull(reader.hello());
    }

    @Test
    void theNameAndTheProtocolsOfAClientAreRead() throws Exception {
        var hello = new HelloReader();
        assertThat(read(hello, Hellos.of("Www.Example.com", "h2", "http/1.1"))).isEqualTo(State.READ);
        assertThat(said(hello).serverName()).isEqualTo("www.example.com");
        assertThat(said(hello).protocols()).containsExactly("h2", "http/1.1");
    }

    @Test
    void aClientMayNameNothing() throws Exception {
        var hello = new HelloReader();
        assertThat(read(hello, Hellos.of(""))).isEqualTo(State.READ);
        assertThat(said(hello).serverName()).isEmpty();
        assertThat(said(hello).protocols()).isEmpty();
    }

    @Test
    void itIsReadInWhateverPiecesItComesAndTakesNothingAway() throws Exception {
        byte[] whole = Hellos.of("www.example.com", "h2");
        for (int size : List.of(1, 3, 7, 200)) {
            byte[] sent = Hellos.inRecords(whole, size);
            var hello = new HelloReader();
            ByteBuf come = Unpooled.buffer();
            for (int i = 0; i < sent.length; i++) {
                come.writeByte(sent[i]);
                assertThat(hello.read(come)).isEqualTo(i + 1 < sent.length ? State.MORE : State.READ);
                assertThat(come.readableBytes()).isEqualTo(i + 1);
            }
            assertThat(said(hello).serverName()).isEqualTo("www.example.com");
            come.release();
        }
    }

    @Test
    void whatIsNotTlsIsSeenAtItsFirstBytes() {
        assertThat(read(new HelloReader(), "G".getBytes(StandardCharsets.US_ASCII))).isEqualTo(State.OTHER);
        assertThat(read(new HelloReader(), new byte[]{22})).isEqualTo(State.MORE);
        assertThat(read(new HelloReader(), new byte[]{22, 2})).isEqualTo(State.OTHER);
        assertThat(read(new HelloReader(), new byte[0])).isEqualTo(State.MORE);
    }

    @Test
    void aMessageThatSaysItIsLongerThanTheBoundIsNotAwaited() {
        assertThat(read(new HelloReader(), new byte[]{22, 3, 1, 64, 0, 1, 0, 64, 1})).isEqualTo(State.TOO_LARGE);
        assertThat(read(new HelloReader(), new byte[]{22, 3, 1, 64, 0, 1, 0, 64, 0})).isEqualTo(State.MORE);
        assertThat(read(new HelloReader(), new byte[]{22, 3, 1, 0, 4, 2, 0, 0, 1})).isEqualTo(State.BROKEN);
    }

    @Test
    void whatTurnsUpInsideItBreaksNothing() throws Exception {
        byte[] whole = Hellos.of("www.example.com", "h2", "http/1.1");
        long seed = new Random().nextLong();
        var dice = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = whole.clone();
            for (int i = dice.nextInt(6); i >= 0; i--) {
                bytes[dice.nextInt(bytes.length)] = (byte) dice.nextInt(256);
            }
            var hello = new HelloReader();
            var come = Unpooled.wrappedBuffer(bytes, 0, dice.nextInt(bytes.length + 1));
            int end = come.writerIndex();
            State state = hello.read(come);
            assertThat(come.readerIndex()).as("seed %d", seed).isZero();
            assertThat(come.writerIndex()).as("seed %d", seed).isEqualTo(end);
            // whether it stops depends on nothing but the bytes, in pieces too
            var again = new HelloReader();
            State pieces = State.MORE;
            for (int to = 0; to <= end && pieces == State.MORE; to += 1 + dice.nextInt(90)) {
                pieces = again.read(come.slice(0, to));
            }
            pieces = pieces == State.MORE ? again.read(come) : pieces;
            assertThat(pieces).as("seed %d, round %d", seed, round).isEqualTo(state);
        }
    }
}
