package io.weir.app.peers;

import io.weir.testkit.Ports;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Says back whatever it hears; a request to leave HTTP is granted first. */
final class EchoBackend implements AutoCloseable {
    private static final int BACKLOG = 1024;
    private static final int HEAD_BYTES_MAX = 8192;

    private final ServerSocket socket;

    private EchoBackend(ServerSocket socket) {
        this.socket = socket;
    }

    static EchoBackend start() throws IOException {
        var socket = new ServerSocket();
        socket.bind(Ports.loopback(Ports.free()), BACKLOG);
        var backend = new EchoBackend(socket);
        Thread.ofVirtual().start(backend::accept);
        return backend;
    }

    int port() {
        return socket.getLocalPort();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void serve(Socket client) {
        try (client; InputStream in = client.getInputStream(); OutputStream out = client.getOutputStream()) {
            int first = in.read();
            if (first == 'G') {
                var head = new StringBuilder();
                while (head.length() < HEAD_BYTES_MAX && head.indexOf("\r\n\r\n") < 0) {
                    head.append((char) in.read());
                }
                out.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
            } else if (first >= 0) {
                out.write(first);
            }
            in.transferTo(out);
        } catch (IOException e) {
            // the client is gone
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
