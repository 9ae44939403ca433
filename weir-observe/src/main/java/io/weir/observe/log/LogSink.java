package io.weir.observe.log;

import io.weir.observe.log.AccessLogs.Numbers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;
import org.jctools.queues.atomic.SpmcAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Where lines go: a ring of line buffers that wander from the free ones to a worker, to the writer and back. So a
 * worker formats straight into what will be written, allocates nothing, and never waits: when the writer cannot keep
 * up, there is no free buffer, and the line is dropped and counted.
 */
final class LogSink {
    /** Lines that may wait. */
    static final int LINES_MAX = 4096;
    /** Bytes that large lines, beyond {@link LogBuffer#KEPT_BYTES_MAX}, may hold while they wait. */
    static final long LARGE_BYTES_MAX = 8L << 20;
    private static final int CHUNK_BYTES = 256 * 1024;

    private final MpscAtomicArrayQueue<LogBuffer> filled = new MpscAtomicArrayQueue<>(LINES_MAX);
    private final SpmcAtomicArrayQueue<LogBuffer> free = new SpmcAtomicArrayQueue<>(LINES_MAX);
    private final AtomicInteger made = new AtomicInteger();
    private final AtomicLong largeBytes = new AtomicLong();
    private final AtomicInteger users = new AtomicInteger();
    private final LogTarget target;
    private final Numbers numbers;
    private final LogWriter writer;
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);

    LogSink(LogTarget target, Numbers numbers, LogWriter writer) {
        this.target = target;
        this.numbers = numbers;
        this.writer = writer;
    }

    void retain() {
        users.incrementAndGet();
    }

    /** True when that was the last user. */
    boolean release() {
        return users.decrementAndGet() == 0;
    }

    /** An empty buffer for a line; null when too many wait. Every one claimed is published. Any thread. */
    @Nullable
    LogBuffer claim() {
        LogBuffer line = free.poll();
        if (line != null) {
            return line;
        }
        // buffers are made as they are first needed: most logs never have more than a few under way
        if (made.get() < LINES_MAX && made.getAndIncrement() < LINES_MAX) {
            return new LogBuffer();
        }
        numbers.dropped().increment();
        return null;
    }

    /** Hands a line to the writer. Any thread. */
    void publish(LogBuffer line) {
        int length = line.length();
        if (length > LogBuffer.KEPT_BYTES_MAX && largeBytes.addAndGet(length) > LARGE_BYTES_MAX) {
            largeBytes.addAndGet(-length);
            line.clear();
            numbers.dropped().increment();
        }
        if (!filled.offer(line)) {
            throw new IllegalStateException("more buffers than places");
        }
        writer.wake();
    }

    /** Writes the lines that wait, of a bounded number; gives back how many there were. Writer. */
    int drain() {
        int lines = 0;
        while (lines < LINES_MAX) {
            LogBuffer line = filled.poll();
            if (line == null) {
                break;
            }
            lines++;
            take(line);
        }
        if (chunk.position() > 0) {
            write(chunk);
        }
        return lines;
    }

    private void take(LogBuffer line) {
        int length = line.length();
        if (length > LogBuffer.KEPT_BYTES_MAX) {
            largeBytes.addAndGet(-length);
        }
        for (int at = 0; at < length;) {
            int part = Math.min(chunk.remaining(), length - at);
            chunk.put(line.bytes(), at, part);
            at += part;
            if (!chunk.hasRemaining()) {
                write(chunk);
            }
        }
        line.clear();
        if (!free.offer(line)) {
            throw new IllegalStateException("more buffers than places");
        }
    }

    private void write(ByteBuffer bytes) {
        bytes.flip();
        try {
            target.write(bytes);
            numbers.written().increment();
        } catch (IOException e) {
            numbers.failed().increment();
        } finally {
            bytes.clear();
        }
    }

    /** Writer. */
    void reopen() {
        try {
            target.reopen();
        } catch (IOException e) {
            numbers.reopenFailed().increment();
        }
    }

    /** Writes what is left. Writer. */
    void close() {
        int lines;
        do {
            lines = drain();
        } while (lines > 0);
        target.close();
    }
}
