package io.weir.app.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A host that says what it has heard up to the first line's end, and closes. */
final class LineHost implements AutoCloseable {
    private final ServerSocket socket;

    LineHost() {
        try {
            socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::serve);
    }

    int port() {
        return socket.getLocalPort();
    }

    private void serve() {
        while (!socket.isClosed()) {
            try (Socket client = socket.accept(); InputStream in = client.getInputStream()) {
                client.setSoTimeout(30_000);
                var heard = new StringBuilder("heard ");
                int next = in.read();
                while (next >= 0 && next != '\n') {
                    heard.append((char) next);
                    next = in.read();
                }
                client.getOutputStream().write(heard.append('\n').toString().getBytes(StandardCharsets.ISO_8859_1));
            } catch (IOException e) {
                // the client has gone, or the test has ended
            }
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
