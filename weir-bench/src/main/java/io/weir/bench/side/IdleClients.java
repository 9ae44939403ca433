package io.weir.bench.side;

import io.weir.testkit.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Many keep-alive connections, each of which has had one request and then says nothing. */
final class IdleClients implements AutoCloseable {
    static final byte[] REQUEST = "GET / HTTP/1.1\r\nHost: bench\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final int RESPONSE_BYTES_MAX = 4_096;

    private final List<Socket> sockets = new ArrayList<>();

    IdleClients(int front, int count) {
        try {
            byte[] response = new byte[RESPONSE_BYTES_MAX];
            for (int i = 0; i < count; i++) {
                Socket socket = new Socket();
                sockets.add(socket);
                socket.setSoTimeout(TIMEOUT_MILLIS);
                socket.connect(Ports.loopback(front), TIMEOUT_MILLIS);
                socket.getOutputStream().write(REQUEST);
                int read = socket.getInputStream().read(response);
                if (read < 0
                        || !new String(response, 0, read, StandardCharsets.ISO_8859_1).startsWith("HTTP/1.1 200")) {
                    throw new IllegalStateException("connection " + i + " was not answered with 200");
                }
            }
        } catch (IOException e) {
            close();
            throw new UncheckedIOException("with " + sockets.size() + " connections open", e);
        }
    }

    @Override
    public void close() {
        try {
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
