package io.weir.app.demo;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One small HTTP/1.1 server that answers every request with its name. It can be told to fail some requests, so that
 * retries and counters have something to show: every n-th request is ended without an answer, as a server that crashes
 * would.
 */
public final class DemoBackend implements AutoCloseable {
    /** How many connections one backend serves at a time; more wait in the socket's backlog. */
    static final int CONNECTIONS_MAX = 256;
    /** The longest line of a request head that is read; a longer one ends the connection. */
    static final int LINE_BYTES_MAX = 16 * 1024;
    private static final int IDLE_MILLIS_MAX = 60_000;

    private final String name;
    private final int failEvery;
    private final ServerSocket socket;
    private final Semaphore room = new Semaphore(CONNECTIONS_MAX);
    private final AtomicLong requests = new AtomicLong();

    private DemoBackend(String name, int failEvery, ServerSocket socket) {
        this.name = name;
        this.failEvery = failEvery;
        this.socket = socket;
    }

    /**
     * Binds and serves until closed.
     *
     * @param failEvery
     *            every n-th request is ended without an answer; 0 for none
     * @throws IOException
     *             when the address cannot be bound
     */
    public static DemoBackend start(String name, InetSocketAddress on, int failEvery) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(on, 128);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        DemoBackend backend = new DemoBackend(name, failEvery, socket);
        Thread.ofPlatform().daemon().name("demo-" + name).start(backend::accept);
        return backend;
    }

    /** The name that it answers with. */
    public String name() {
        return name;
    }

    /** Where it listens; the port that was chosen when 0 was asked for. */
    public InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                room.acquire();
                Socket connection = socket.accept();
                Thread.ofVirtual().start(() -> serve(connection));
            } catch (IOException e) {
                room.release();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            connection.setSoTimeout(IDLE_MILLIS_MAX);
            InputStream in = new BufferedInputStream(connection.getInputStream(), 8192);
            OutputStream out = connection.getOutputStream();
            while (answer(in, out)) {
                // The connection stays for the next request.
            }
        } catch (IOException e) {
            // The peer left, or sent what is no request: the connection ends, which is all a demo owes it.
        } finally {
            room.release();
        }
    }

    /** Reads one request and answers it; false when the connection is over. */
    private boolean answer(InputStream in, OutputStream out) throws IOException {
        String start = line(in);
        if (start == null) {
            return false;
        }
        long length = 0;
        boolean chunked = false;
        boolean last = start.endsWith("HTTP/1.0");
        for (String line = line(in); line != null && !line.isEmpty(); line = line(in)) {
            String lower = line.toLowerCase(java.util.Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = number(lower.substring("content-length:".length()), 10);
            } else if (lower.startsWith("transfer-encoding:")) {
                chunked = true;
            } else if (lower.startsWith("connection:")) {
                last |= lower.contains("close");
            }
        }
        if (chunked) {
            skipChunks(in);
        } else {
            in.skipNBytes(length);
        }
        if (failEvery > 0 && requests.incrementAndGet() % failEvery == 0) {
            return false;
        }
        String body = "Hello from " + name + "\n";
        String head = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: " + body.length()
                + "\r\nx-backend: " + name + "\r\n" + (last ? "connection: close\r\n" : "") + "\r\n";
        out.write((start.startsWith("HEAD ") ? head : head + body).getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        return !last;
    }

    private static void skipChunks(InputStream in) throws IOException {
        for (String line = line(in); line != null; line = line(in)) {
            int end = line.indexOf(';');
            long size = number(end < 0 ? line : line.substring(0, end), 16);
            if (size == 0) {
                for (String trailer = line(in); trailer != null && !trailer.isEmpty(); trailer = line(in)) {
                    // Trailers are of no interest here.
                }
                return;
            }
            in.skipNBytes(size + 2);
        }
    }

    private static long number(String text, int radix) throws IOException {
        try {
            return Long.parseUnsignedLong(text.trim(), radix);
        } catch (NumberFormatException e) {
            throw new IOException("not a length: " + text, e);
        }
    }

    private static @Nullable String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder(64);
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                int end = line.length();
                return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
            }
            if (line.length() >= LINE_BYTES_MAX) {
                throw new IOException("a line of more than " + LINE_BYTES_MAX + " bytes");
            }
            line.append((char) b);
        }
        return null;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // Closed is closed.
        }
    }
}
