package io.weir.net.tls;

import io.weir.core.stats.Counter;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of secrets in the format of NSS (RFC 9850), which all contexts that name it share. It is appended to by a
 * thread of its own, as workers do not wait for disks. Who makes it alone may read it. Any thread.
 */
final class KeyLogFile {
    private static final Logger LOG = LoggerFactory.getLogger(KeyLogFile.class);
    /** So many lines wait at most; a handshake of TLS 1.3 says five. */
    private static final int LINES_MAX = 8192;
    private static final long TOLD_EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final Map<Path, KeyLogFile> OPEN = new HashMap<>();

    private final Path path;
    private final OutputStream out;
    private final BlockingQueue<Line> lines = new ArrayBlockingQueue<>(LINES_MAX);
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong toldNanos = new AtomicLong(System.nanoTime() - TOLD_EVERY_NANOS);
    private final Thread writer;
    private int users;
    private volatile boolean over;

    /** One that waits, and who counts it if it is lost; empty: there is none. */
    private static final class Line {
        static final Line NONE = new Line(new byte[0], null);

        private final byte[] text;
        private final @Nullable Counter dropped;

        Line(byte[] text, @Nullable Counter dropped) {
            this.text = text;
            this.dropped = dropped;
        }
    }

    /** Nobody else's; its writer is to be started. */
    KeyLogFile(Path path, OutputStream out) {
        this.path = path;
        this.out = out;
        this.writer = Thread.ofPlatform().daemon().name("weir-key-log").unstarted(this::run);
    }

    /**
     * The file, which is made if it is not there. Each that opens it releases it once.
     *
     * @throws IOException
     *             when it cannot be written to, or is no regular file: opening a pipe waits for its reader
     */
    static KeyLogFile open(String name) throws IOException {
        Path path = Path.of(name).toAbsolutePath().normalize();
        synchronized (OPEN) {
            KeyLogFile file = OPEN.get(path);
            if (file == null) {
                if (!Files.exists(path)) {
                    Files.createFile(path, PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
                }
                if (!Files.isRegularFile(path)) {
                    throw new IOException(path + " is no regular file");
                }
                file = new KeyLogFile(path, new FileOutputStream(path.toFile(), true));
                file.start();
                OPEN.put(path, file);
            }
            file.users++;
            return file;
        }
    }

    /** How many files are open. */
    static int open() {
        synchronized (OPEN) {
            return OPEN.size();
        }
    }

    /**
     * Has a line written.
     *
     * @param dropped
     *            counts it if it comes not to be written
     * @return whether there was room for it
     */
    boolean write(byte[] line, Counter dropped) {
        byte[] ended = Arrays.copyOf(line, line.length + 1);
        ended[line.length] = '\n';
        boolean late = over;
        if (!late && lines.offer(new Line(ended, dropped))) {
            return true;
        }
        lost(dropped,
                late ? "they came after the last that uses it had gone" : "they come faster than they are written");
        return false;
    }

    void start() {
        writer.start();
    }

    private void lost(@Nullable Counter counted, String why) {
        if (counted != null) {
            counted.increment();
        }
        long all = dropped.incrementAndGet();
        long now = System.nanoTime();
        long last = toldNanos.get();
        if (now - last >= TOLD_EVERY_NANOS && toldNanos.compareAndSet(last, now)) {
            LOG.warn("{} lines of secrets are missing in {}: {}. Told at most every {} s.", all, path, why,
                    TimeUnit.NANOSECONDS.toSeconds(TOLD_EVERY_NANOS));
        }
    }

    /** The last that goes has what waits written, and the file closed. */
    void release() {
        synchronized (OPEN) {
            users--;
            if (users == 0) {
                OPEN.remove(path);
                over = true;
                writer.interrupt(); // it may be waiting for a line; writing itself is not interrupted
            }
        }
    }

    private void run() {
        try (out) {
            for (Line line = next(); line.text.length > 0; line = next()) {
                try {
                    out.write(line.text);
                } catch (IOException e) {
                    lost(line.dropped, String.valueOf(e.getMessage()));
                }
            }
        } catch (IOException e) {
            LOG.warn("{} could not be closed: {}", path, e.getMessage());
        }
    }

    /** The next line; empty: there is none any more. */
    private Line next() {
        while (!over) {
            try {
                return lines.take();
            } catch (InterruptedException e) {
                LOG.debug("{} is left by its last user", path);
            }
        }
        Line left = lines.poll();
        return left == null ? Line.NONE : left;
    }
}
