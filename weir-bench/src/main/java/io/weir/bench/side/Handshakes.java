package io.weir.bench.side;

import io.weir.testkit.AnyCertificate;
import io.weir.testkit.Ports;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * Connections by TLS 1.3, one after the other on each of a few threads: a handshake, one request, its answer, the end.
 * Full handshakes forget the session each time; resumed ones bring the ticket of the one before.
 */
final class Handshakes {
    private static final int THREADS = 4;
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final int ANSWER_BYTES_MAX = 4_096;
    private static final byte[] REQUEST = "GET / HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);

    private Handshakes() {}

    /**
     * What came of it.
     *
     * @param connections
     *            that were answered, with the kind of handshake that was asked for
     * @param errors
     *            connections that failed, or whose handshake was of the other kind
     */
    record Report(long connections, long errors) {
    }

    /** Blocks for so many seconds. */
    static Report make(int port, boolean resumed, int seconds) {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            var client = new Client(port, resumed, endNanos);
            clients.add(client);
            client.start();
        }
        long connections = 0;
        long errors = 0;
        for (Client client : clients) {
            try {
                client.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            connections += client.connections;
            errors += client.errors;
        }
        if (connections == 0) {
            throw new IllegalStateException("no connection was answered, of " + errors);
        }
        return new Report(connections, errors);
    }

    /** A thread with a context of its own, in which it keeps what it may bring to the next handshake. */
    private static final class Client extends Thread {
        private final int port;
        private final boolean resumed;
        private final long endNanos;
        private final SSLContext context = AnyCertificate.context(); // whoever answers on this port was started here
        private final byte[] answer = new byte[ANSWER_BYTES_MAX];
        private long connections;
        private long errors;

        Client(int port, boolean resumed, long endNanos) {
            super("handshakes");
            this.port = port;
            this.resumed = resumed;
            this.endNanos = endNanos;
        }

        @Override
        public void run() {
            boolean first = resumed; // which has nothing to bring
            while (System.nanoTime() - endNanos < 0) {
                try {
                    boolean kind = connect() == resumed;
                    if (kind || first) {
                        connections++;
                    } else {
                        errors++;
                    }
                } catch (IOException e) {
                    errors++;
                }
                first = false;
            }
        }

        /** One connection; whether its session was taken up again. */
        private boolean connect() throws IOException {
            Socket plain = new Socket();
            plain.setSoTimeout(TIMEOUT_MILLIS);
            plain.setTcpNoDelay(true);
            plain.connect(Ports.loopback(port), TIMEOUT_MILLIS);
            try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", port,
                    true)) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setProtocols(new String[]{"TLSv1.3"});
                parameters.setCipherSuites(new String[]{Proxy.CIPHER});
                parameters.setNamedGroups(new String[]{"x25519"});
                socket.setSSLParameters(parameters);
                long begunMillis = System.currentTimeMillis();
                socket.startHandshake();
                var session = socket.getSession();
                boolean again = session.getCreationTime() < begunMillis; // it is as old as the one that it goes on with
                socket.getOutputStream().write(REQUEST);
                int come = 0;
                for (int read = 0; read >= 0 && come < answer.length; come += Math.max(0, read)) {
                    read = socket.getInputStream().read(answer, come, answer.length - come);
                }
                if (!new String(answer, 0, come, StandardCharsets.ISO_8859_1).startsWith("HTTP/1.1 200")) {
                    throw new IOException("not answered with 200");
                }
                if (!resumed) {
                    forget();
                }
                return again;
            }
        }

        private void forget() {
            var sessions = context.getClientSessionContext();
            for (var ids = sessions.getIds(); ids.hasMoreElements();) {
                var session = sessions.getSession(ids.nextElement());
                if (session != null) {
                    session.invalidate();
                }
            }
        }
    }
}
