package io.weir.testkit;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A small origin server on 127.0.0.1 that does what a test's script says, well or badly: one virtual thread a
 * connection, every request kept as it stood on the wire.
 */
public final class Origin implements AutoCloseable {
    private static final int BACKLOG = 1_024;

    private final Script script;
    private final InetSocketAddress address;
    private final List<HttpMessage> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final Semaphore arrived = new Semaphore(0);
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean bodiesByScript;
    private ServerSocket server;

    private Origin(ServerSocket server, Script script) {
        this.server = server;
        this.script = script;
        this.address = (InetSocketAddress) server.getLocalSocketAddress();
        Thread.ofVirtual().name("origin-" + port()).start(() -> accept(server));
    }

    /** What an origin does with one request, on the connection's own virtual thread. */
    @FunctionalInterface
    public interface Script {
        /**
         * Answers, or not. The connection is kept for the next request unless the script closes it.
         *
         * @throws IOException
         *             ends the connection
         */
        void answer(HttpMessage request, OriginWire wire) throws IOException;
    }

    /** Starts an origin on a free port; it listens when this returns. */
    public static Origin start(Script script) {
        return new Origin(bind(Ports.free()), script);
    }

    /** An origin that answers every request with 200 and this body. */
    public static Origin answering(String body) {
        return start((request, wire) -> wire.reply(200, body));
    }

    /** An origin that answers every request with the same bytes. */
    public static Origin sending(String bytes) {
        return start((request, wire) -> wire.send(bytes));
    }

    /** An origin that closes every connection with a reset as soon as it has read a request's head. */
    public static Origin resetting() {
        return start((request, wire) -> wire.reset());
    }

    /** An origin whose script gets heads only and reads the body itself, from {@link OriginWire#in}. */
    public static Origin streaming(Script script) {
        Origin origin = start(script);
        origin.bodiesByScript = true;
        return origin;
    }

    public int port() {
        return address.getPort();
    }

    public InetSocketAddress address() {
        return address;
    }

    /** Every request so far, in the order in which they were complete. */
    public List<HttpMessage> requests() {
        return List.copyOf(requests);
    }

    /** The connections accepted so far. */
    public int connections() {
        return connections.get();
    }

    /**
     * Returns when this many requests more have arrived than were awaited before.
     *
     * @throws AssertionError
     *             when they do not within 30 s
     */
    public void awaitRequests(int count) {
        try {
            if (!arrived.tryAcquire(count, 30, TimeUnit.SECONDS)) {
                throw new AssertionError(count + " more requests awaited; so far " + requests);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Dies as a killed process does: the port refuses, open connections are reset. */
    public synchronized void kill() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // Closing a socket in which a thread accepts takes effect when that thread has left it.
        Await.until(() -> port() + " refuses", () -> !PeerProcess.answers(port()));
        for (Socket socket : open) {
            reset(socket);
        }
        open.clear();
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException closed) {
            // its peer was quicker: a connection that is gone needs no reset
        }
    }

    /** Comes back on the same port after {@link #kill}. */
    public synchronized void revive() {
        ServerSocket again = bind(port());
        server = again;
        Thread.ofVirtual().name("origin-" + port()).start(() -> accept(again));
    }

    @Override
    public void close() {
        kill();
    }

    private static ServerSocket bind(int port) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(Ports.loopback(port), BACKLOG);
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept(ServerSocket listening) {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                connections.incrementAndGet();
                open.add(socket);
                if (listening.isClosed()) {
                    socket.close();
                }
                Thread.ofVirtual().name("origin-" + port() + "-connection").start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            BufferedInputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
            MessageReader reader = new MessageReader(in);
            OriginWire wire = new OriginWire(socket, in, reader);
            while (!socket.isClosed()) {
                HttpMessage request = next(reader, wire);
                if (request == null) {
                    return;
                }
                requests.add(request);
                arrived.release();
                script.answer(request, wire);
            }
        } catch (IOException ended) {
            // a connection that breaks is the test's subject, not the origin's concern
        } finally {
            open.remove(socket);
        }
    }

    private @Nullable HttpMessage next(MessageReader reader, OriginWire wire) throws IOException {
        HttpMessage head = reader.requestHead();
        if (head == null || bodiesByScript) {
            return head;
        }
        if (head.header("expect").filter("100-continue"::equalsIgnoreCase).isPresent()) {
            wire.send("HTTP/1.1 100 Continue\r\n\r\n");
        }
        return reader.withBody(head, false);
    }

    /** Waits where a script has to be slow on purpose. */
    public static void pause(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
