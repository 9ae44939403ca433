package io.weir.stream.answer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.filters.network.direct_response.v3.Config;
import io.weir.core.drain.Drain;
import io.weir.core.drain.Turns;
import io.weir.net.transport.ListenFailure;
import io.weir.net.transport.ListenOptions;
import io.weir.net.transport.Listener;
import io.weir.net.transport.Workers;
import io.weir.xds.compile.Extensions;
import io.weir.xds.compile.ReadContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Answers of Weir's own to real clients. */
@Timeout(60)
class AnswersTest {
    private static final class Door implements AutoCloseable {
        private final Workers workers = Workers.start(2);
        private final Answers answers;
        private final Listener listener;

        Door(AnswerSpec spec) {
            answers = new Answers(spec);
            try {
                listener = Listener.bind(workers,
                        ListenOptions.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Answers.SETTINGS),
                        answers);
            } catch (ListenFailure e) {
                throw new UncheckedIOException(e);
            }
        }

        Socket connect() throws IOException {
            var address = (InetSocketAddress) listener.localAddress();
            var socket = new Socket(address.getAddress(), address.getPort());
            socket.setSoTimeout(20_000);
            return socket;
        }

        @Override
        public void close() {
            listener.close();
            answers.closeAll();
            workers.close();
        }
    }

    @Test
    void everyByteComesBackToWhoReadsLate() throws Exception {
        byte[] bytes = new byte[8 << 20];
        new Random(1).nextBytes(bytes);
        try (var door = new Door(new AnswerSpec.Echo()); var client = door.connect()) {
            var writer = Thread.ofVirtual().start(() -> {
                try {
                    client.getOutputStream().write(bytes);
                    client.shutdownOutput();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(bytes);
            writer.join();
        }
    }

    @Test
    void theAnswerArrivesWhatAClientMaySayMeanwhile() throws Exception {
        try (var door = new Door(new AnswerSpec.Direct("no\u00ff"))) {
            for (int i = 0; i < 20; i++) {
                try (var client = door.connect()) {
                    client.getOutputStream().write(new byte[5000]);
                    assertThat(client.getInputStream().readAllBytes()).containsExactly('n', 'o', 0xff);
                }
            }
        }
    }

    @Test
    void anAnswerMayStandInTheConfigurationOrInAFile(@TempDir Path folder) throws Exception {
        Path file = Files.write(folder.resolve("answer"), new byte[]{0, (byte) 0xfe});
        assertThat(read(DataSource.newBuilder().setFilename(file.toString())))
                .isEqualTo(new AnswerSpec.Direct("\0\u00fe"));
        assertThat(read(DataSource.newBuilder().setInlineBytes(ByteString.copyFromUtf8("b"))))
                .isEqualTo(new AnswerSpec.Direct("b"));
        assertThat(read(DataSource.newBuilder().setInlineString("s"))).isEqualTo(new AnswerSpec.Direct("s"));
        var context = ReadContext.standalone(Extensions.basic());
        assertThat(new DirectResponseReader().read(Config.newBuilder()
                .setResponse(DataSource.newBuilder().setFilename("/no/such/file")).build(), context)).isNull();
        assertThat(context.problems()).singleElement()
                .satisfies(problem -> assertThat(problem.path()).isEqualTo("response.filename"));
    }

    private static Object read(DataSource.Builder source) {
        var read = new DirectResponseReader().read(Config.newBuilder().setResponse(source).build(),
                ReadContext.standalone(Extensions.basic()));
        assertThat(read).isNotNull();
        return read == null ? "" : read;
    }

    @Test
    void echoesEndWhenTheirTurnInADrainHasCome() throws IOException {
        try (var door = new Door(new AnswerSpec.Echo()); var client = door.connect()) {
            client.getOutputStream().write('x');
            assertThat(client.getInputStream().read()).isEqualTo('x');
            long begin = System.nanoTime();
            var turns = new Drain(begin, 1_000_000_000_000L);
            door.answers.endStreams(Turns.ofStreams(turns), begin - 1);
            client.getOutputStream().write('y');
            assertThat(client.getInputStream().read()).isEqualTo('y');
            door.answers.endStreams(Turns.ofStreams(turns), begin + 1_000_000_000_000L);
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }
}
