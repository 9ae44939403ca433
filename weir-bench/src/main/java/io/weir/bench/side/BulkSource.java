package io.weir.bench.side;

import io.weir.testkit.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Sends bytes without end to whoever connects, and reads as much of them through a proxy as a load wants. */
final class BulkSource implements AutoCloseable {
    private static final int BUFFER_BYTES = 256 * 1024;
    private static final int CONNECTIONS = 4;

    private final ServerSocketChannel server;
    private final int port;

    BulkSource() {
        try {
            server = ServerSocketChannel.open().bind(Ports.loopback(Ports.free()));
            port = server.socket().getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().name("bulk-source").start(this::accept);
    }

    int port() {
        return port;
    }

    /** Reads over some connections through the proxy's port for so many seconds; returns the bytes. */
    static long read(int front, int seconds) {
        AtomicLong total = new AtomicLong();
        List<Thread> readers = new ArrayList<>();
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        for (int i = 0; i < CONNECTIONS; i++) {
            readers.add(Thread.ofPlatform().daemon().name("bulk-reader-" + i).start(() -> drain(front, end, total)));
        }
        try {
            for (Thread reader : readers) {
                reader.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return total.get();
    }

    private static void drain(int front, long end, AtomicLong total) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        try (SocketChannel channel = SocketChannel.open(Ports.loopback(front))) {
            while (System.nanoTime() - end < 0) {
                buffer.clear();
                int read = channel.read(buffer);
                if (read < 0) {
                    throw new IllegalStateException("the proxy closed a bulk connection");
                }
                total.addAndGet(read);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel channel = server.accept();
                Thread.ofPlatform().daemon().name("bulk-sender").start(() -> send(channel));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private static void send(SocketChannel channel) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        try (channel) {
            while (true) {
                buffer.clear();
                channel.write(buffer);
            }
        } catch (IOException gone) {
            // the reader has had enough
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
