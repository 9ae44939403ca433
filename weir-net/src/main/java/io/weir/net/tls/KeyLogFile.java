package io.weir.net.tls;

import java.io.FileOutputStream;
import java.io.IOException;
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
    private final FileOutputStream out;
    private final BlockingQueue<byte[]> lines = new ArrayBlockingQueue<>(LINES_MAX);
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong toldNanos = new AtomicLong(System.nanoTime() - TOLD_EVERY_NANOS);
    private final Thread writer;
    private int users;
    private volatile boolean over;

    private KeyLogFile(Path path, FileOutputStream out) {
        this.path = path;
        this.out = out;
        this.writer = Thread.ofPlatform().daemon().name("weir-key-log").unstarted(this::run);
    }

    /**
     * The file, which is made if it is not there. Each that opens it releases it once.
     *
     * @throws IOException
     *             when it cannot be written to
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
                file = new KeyLogFile(path, new FileOutputStream(path.toFile(), true));
                file.writer.start();
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
     * @return whether there was room for it
     */
    boolean write(byte[] line) {
        byte[] ended = Arrays.copyOf(line, line.length + 1);
        ended[line.length] = '\n';
        if (!over && lines.offer(ended)) {
            return true;
        }
        lost("they come faster than they are written");
        return false;
    }

    private void lost(String why) {
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
            for (byte[] line = next(); line.length > 0; line = next()) {
                try {
                    out.write(line);
                } catch (IOException e) {
                    lost(String.valueOf(e.getMessage()));
                }
            }
        } catch (IOException e) {
            LOG.warn("{} could not be closed: {}", path, e.getMessage());
        }
    }

    /** The next line; empty: there is none any more. */
    private byte[] next() {
        while (!over) {
            try {
                return lines.take();
            } catch (InterruptedException e) {
                LOG.debug("{} is left by its last user", path);
            }
        }
        byte[] left = lines.poll();
        return left == null ? new byte[0] : left;
    }
}
