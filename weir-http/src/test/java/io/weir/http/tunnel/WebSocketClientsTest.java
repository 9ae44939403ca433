package io.weir.http.tunnel;

import static io.weir.http.server.ProxyFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.http.codec.WebSocketKey;
import io.weir.http.config.UpstreamHttpSpec.Protocol;
import io.weir.testkit.HttpMessage;
import io.weir.testkit.OriginWire;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The WebSocket client of the JDK, a thousand times at once, before a host that echoes messages (RFC 6455). */
@Timeout(120)
final class WebSocketClientsTest {
    private static final int CLIENTS = 1_000;
    private static final int CLOSE = 8;

    /** Speaks the frames of RFC 6455 section 5.2, of fewer than 64 KiB each, and echoes them. */
    static void echo(HttpMessage request, OriginWire wire) throws IOException {
        wire.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Accept: " + WebSocketKey.accept(request.header("sec-websocket-key").orElseThrow())
                + "\r\n\r\n");
        var in = new DataInputStream(wire.in());
        while (true) {
            int first = in.readUnsignedByte();
            int length = in.readUnsignedByte() & 0x7f;
            if (length == 126) {
                length = in.readUnsignedShort();
            }
            byte[] mask = in.readNBytes(4);
            byte[] payload = in.readNBytes(length);
            for (int i = 0; i < length; i++) {
                payload[i] ^= mask[i & 3];
            }
            var frame = ByteBuffer.allocate(length + 4).put((byte) first);
            if (length < 126) {
                frame.put((byte) length);
            } else {
                frame.put((byte) 126).putShort((short) length);
            }
            frame.put(payload).flip();
            byte[] bytes = new byte[frame.remaining()];
            frame.get(bytes);
            wire.send(bytes);
            if ((first & 0xf) == CLOSE) {
                wire.close();
                return;
            }
        }
    }

    /** Hears one message, then the end. */
    private static final class Ear implements WebSocket.Listener {
        final StringBuilder text = new StringBuilder();
        final CompletableFuture<String> message = new CompletableFuture<>();
        final CompletableFuture<Integer> closed = new CompletableFuture<>();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                message.complete(text.toString());
            }
            socket.request(1);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closed.complete(code);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            message.completeExceptionally(error);
            closed.completeExceptionally(error);
        }
    }

    @Test
    void aThousandClientsAreEchoedAtOnceAndEnd() throws Exception {
        try (var hosts = new Hosts(WebSocketClientsTest::echo);
                var proxy = hosts.patient(Protocol.HTTP1);
                var client = HttpClient.newHttpClient()) {
            var uri = URI.create("ws://127.0.0.1:" + proxy.port + "/chat");
            var ears = new ArrayList<Ear>();
            var sockets = new ArrayList<CompletableFuture<WebSocket>>();
            for (int i = 0; i < CLIENTS; i++) {
                var ear = new Ear();
                ears.add(ear);
                sockets.add(client.newWebSocketBuilder().buildAsync(uri, ear));
            }
            for (var socket : sockets) {
                socket.get(30, TimeUnit.SECONDS);
            }
            assertThat(proxy.server.connectionsActive()).isEqualTo(CLIENTS);
            for (int i = 0; i < CLIENTS; i++) {
                sockets.get(i).join().sendText(message(i), true);
            }
            for (int i = 0; i < CLIENTS; i++) {
                assertThat(ears.get(i).message.get(30, TimeUnit.SECONDS)).isEqualTo(message(i));
            }
            for (var socket : sockets) {
                socket.join().sendClose(WebSocket.NORMAL_CLOSURE, "");
            }
            for (var ear : ears) {
                assertThat(ear.closed.get(30, TimeUnit.SECONDS)).isEqualTo(WebSocket.NORMAL_CLOSURE);
            }
            eventually(() -> proxy.server.connectionsActive() == 0);
            eventually(() -> proxy.cluster.stats().upstreamCxActive().value() == 0);
            assertThat(proxy.exchanges()).isEqualTo(CLIENTS);
        }
    }

    private static String message(int i) {
        return ("message " + i + " ").repeat(1 + i % 300);
    }
}
