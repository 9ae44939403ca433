package io.weir.bench.overload;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * An origin that does so many requests at a time, each in so long, and lets all others wait in line: it does not know
 * who has given up. Its capacity is what it does at a time by how long that takes.
 */
final class SlowOrigin implements AutoCloseable {
    private static final int BACKLOG = 4_096;
    private static final int SEED = 7;

    private final ServerSocket socket;
    private final Semaphore places;
    private final long workMicros;
    private final byte[] answer;

    /**
     * @param bodyBytes
     *            of text that is some work to compress
     */
    SlowOrigin(int port, int atATime, long workMicros, int bodyBytes) throws IOException {
        SplittableRandom dice = new SplittableRandom(SEED);
        StringBuilder text = new StringBuilder("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ")
                .append(bodyBytes).append("\r\n\r\n");
        for (int i = 0; i < bodyBytes; i++) {
            text.append((char) ('a' + dice.nextInt(16)));
        }
        this.answer = text.toString().getBytes(StandardCharsets.US_ASCII);
        this.socket = new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress());
        this.places = new Semaphore(atATime, true);
        this.workMicros = workMicros;
        Thread.ofVirtual().start(this::accept);
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                InputStream in = new BufferedInputStream(client.getInputStream());
                OutputStream out = client.getOutputStream()) {
            client.setTcpNoDelay(true);
            while (Wire.head(in) != null) {
                places.acquire();
                try {
                    if (workMicros > 0) {
                        TimeUnit.MICROSECONDS.sleep(workMicros);
                    }
                } finally {
                    places.release();
                }
                out.write(answer);
            }
        } catch (IOException e) {
            // the proxy has given this request up
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
