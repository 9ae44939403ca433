package io.weir.net.handover;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Two processes talk in lines, and pass descriptors between them. Lines are read byte by byte, since a descriptor comes
 * with a byte of its own that nobody else may take. One thread reads, one writes; both wait, and are no workers.
 */
final class Wire implements AutoCloseable {
    private static final int LINE_BYTES_MAX = 16 * 1024;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Socket socket;
    private final ByteBuffer one = ByteBuffer.allocateDirect(1);

    Wire(Socket socket) {
        this.socket = socket;
    }

    static Socket newSocket() throws IOException {
        if (!Epoll.isAvailable()) {
            throw new IOException("descriptors are handed over on Linux with epoll only");
        }
        return Socket.newSocketDomain();
    }

    /** Sends a line; one that holds a line's end is an error of the caller. */
    synchronized void send(String line, long deadlineNanos) throws IOException {
        byte[] bytes = (line + '\n').getBytes(StandardCharsets.UTF_8);
        if (line.indexOf('\n') >= 0 || bytes.length > LINE_BYTES_MAX) {
            throw new IllegalArgumentException("no line: " + line);
        }
        ByteBuffer out = ByteBuffer.allocateDirect(bytes.length).put(bytes);
        int sent = 0;
        while (sent < bytes.length) {
            int written = socket.write(out, sent, bytes.length);
            sent += Math.max(written, 0);
            if (written <= 0) {
                pause(deadlineNanos);
            }
        }
    }

    synchronized void sendDescriptor(int descriptor, long deadlineNanos) throws IOException {
        while (socket.sendFd(descriptor) < 0) {
            pause(deadlineNanos);
        }
    }

    /** The next line; null when the other side has closed. */
    @Nullable
    String line(long deadlineNanos) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            int read = socket.read(one, 0, 1);
            if (read < 0) {
                return null;
            }
            if (read == 0) {
                pause(deadlineNanos);
            } else if (one.get(0) == '\n') {
                return line.toString(StandardCharsets.UTF_8);
            } else if (line.size() == LINE_BYTES_MAX) {
                throw new IOException("a line of more than " + LINE_BYTES_MAX + " bytes");
            } else {
                line.write(one.get(0));
            }
        }
    }

    int descriptor(long deadlineNanos) throws IOException {
        while (true) {
            int descriptor = socket.recvFd();
            if (descriptor > 0) {
                return descriptor;
            }
            if (descriptor < 0) {
                throw new EOFException("the other process is gone");
            }
            pause(deadlineNanos);
        }
    }

    static void pause(long deadlineNanos) throws IOException {
        if (System.nanoTime() - deadlineNanos >= 0) {
            throw new IOException("no answer in time");
        }
        if (Thread.interrupted()) {
            throw new IOException("interrupted");
        }
        LockSupport.parkNanos(PAUSE_NANOS);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // closed all the same
        }
    }
}
