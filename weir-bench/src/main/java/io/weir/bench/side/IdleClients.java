package io.weir.bench.side;

import io.weir.testkit.AnyCertificate;
import io.weir.testkit.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;

/** Many keep-alive connections, each of which has had one request and then says nothing. */
final class IdleClients implements AutoCloseable {
    static final byte[] REQUEST = "GET / HTTP/1.1\r\nHost: bench\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final int RESPONSE_BYTES_MAX = 4_096;

    private final List<Socket> sockets = new ArrayList<>();
    /** Kept as long as what they stand on. */
    private final List<Socket> secured = new ArrayList<>();

    /**
     * @param tls
     *            whether they speak TLS, each with a handshake of its own
     */
    IdleClients(int front, int count, boolean tls) {
        SSLContext context = tls ? AnyCertificate.context() : null;
        try {
            byte[] response = new byte[RESPONSE_BYTES_MAX];
            for (int i = 0; i < count; i++) {
                Socket socket = new Socket();
                sockets.add(socket);
                socket.setSoTimeout(TIMEOUT_MILLIS);
                socket.setTcpNoDelay(true); // else the request waits for the late acknowledgement of the handshake
                socket.connect(Ports.loopback(front), TIMEOUT_MILLIS);
                Socket spoken = socket;
                if (context != null) {
                    // closed below: at its end this one would wait for what the proxy says to that, each in turn
                    spoken = context.getSocketFactory().createSocket(socket, "connection" + i, front, false);
                    secured.add(spoken);
                }
                spoken.getOutputStream().write(REQUEST);
                int read = spoken.getInputStream().read(response);
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
