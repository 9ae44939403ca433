package io.weir.bench.flood;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Clients that flood, each on a thread of its own; who is cut comes again. */
final class Attackers {
    private static final String[] CODES = {"NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR",
            "SETTINGS_TIMEOUT", "STREAM_CLOSED", "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR",
            "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED"};
    /** So small a buffer lets a reader be slow. */
    private static final int RECEIVE_BYTES = 4_096;

    private final Flood flood;
    private final int port;
    private final long endNanos;
    private final AtomicLong connections = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final Map<String, Long> ends = new TreeMap<>();
    private final CountDownLatch done;

    private Attackers(Flood flood, int port, long endNanos) {
        this.flood = flood;
        this.port = port;
        this.endNanos = endNanos;
        this.done = new CountDownLatch(flood.connections());
    }

    static Attackers start(Flood flood, int port, long endNanos) {
        var all = new Attackers(flood, port, endNanos);
        for (int i = 0; i < flood.connections(); i++) {
            Thread.ofPlatform().daemon().start(all::attack);
        }
        return all;
    }

    void await() throws InterruptedException {
        done.await();
    }

    long connections() {
        return connections.get();
    }

    double megabytes() {
        return bytes.get() / 1e6;
    }

    /** How connections ended, and how often. */
    synchronized String ends() {
        var text = new StringBuilder();
        ends.forEach((end, times) -> text.append(text.isEmpty() ? "" : ", ").append(end).append(" × ").append(times));
        return text.isEmpty() ? "not cut" : text.toString();
    }

    private synchronized void ended(String how) {
        ends.merge(how, 1L, Long::sum);
    }

    private void attack() {
        try {
            while (System.nanoTime() < endNanos) {
                once();
            }
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        } finally {
            done.countDown();
        }
    }

    private void once() throws InterruptedException {
        try (var socket = new Socket()) {
            if (!flood.reads()) {
                socket.setReceiveBufferSize(RECEIVE_BYTES);
            }
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5_000);
            connections.incrementAndGet();
            var end = new Ending(socket);
            if (flood.reads()) {
                end.start();
            }
            boolean cut = drown(socket);
            if (flood.reads()) {
                end.join(3_000);
            }
            if (cut || end.how != null) {
                ended(end.how == null ? "closed" : end.how);
            }
        } catch (IOException refused) {
            Thread.sleep(10);
        }
    }

    /** Sends until the connection is cut, which is told, or the time is over. */
    private boolean drown(Socket socket) throws InterruptedException {
        try {
            var out = socket.getOutputStream();
            out.write(flood.start());
            for (int turn = 0; System.nanoTime() < endNanos; turn++) {
                byte[] next = flood.next().apply(turn);
                out.write(next);
                bytes.addAndGet(next.length);
                if (flood.pauseMillis() > 0) {
                    Thread.sleep(flood.pauseMillis());
                    if (next.length == 0 && !flood.reads()) {
                        out.write(' '); // shows whether the other end is still there
                    }
                }
            }
            socket.shutdownOutput();
            return false;
        } catch (IOException closed) {
            return true;
        }
    }

    /** Reads what comes until the end, and remembers how that was. */
    private static final class Ending extends Thread {
        private final Socket socket;
        private volatile @Nullable String how;

        Ending(Socket socket) {
            this.socket = socket;
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                var in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
                in.mark(8);
                byte[] first = in.readNBytes(8);
                if (new String(first, StandardCharsets.US_ASCII).equals("HTTP/1.1")) {
                    how = new String(in.readNBytes(4), StandardCharsets.US_ASCII).strip();
                    in.transferTo(OutputStream.nullOutputStream());
                    return;
                }
                in.reset();
                while (true) {
                    int lengthAndType = in.readInt();
                    in.skipNBytes(5);
                    byte[] payload = in.readNBytes(lengthAndType >>> 8);
                    if ((lengthAndType & 0xff) == Wire.GOAWAY) {
                        int code = ByteBuffer.wrap(payload).getInt(4);
                        how = "GOAWAY " + (code >= 0 && code < CODES.length ? CODES[code] : String.valueOf(code));
                    }
                }
            } catch (IOException over) {
                // what was last seen is what counts
            }
        }
    }
}
