package io.weir.observe.log;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that writes all logs. While lines come it sleeps a few milliseconds between two rounds and nobody
 * wakes it, so a busy worker pays for no system call; when none came it sleeps until the next line wakes it.
 */
final class LogWriter {
    private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long CLOSE_MILLIS_MAX = 10_000;

    private final List<LogSink> sinks = new CopyOnWriteArrayList<>();
    private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final AtomicBoolean asleep = new AtomicBoolean();
    private @Nullable Thread thread;
    private volatile boolean closing;

    synchronized void add(LogSink sink) {
        if (closing) {
            throw new IllegalStateException("closed");
        }
        sinks.add(sink);
        if (thread == null) {
            thread = Thread.ofPlatform().daemon().name("weir-access-log").start(this::run);
        }
    }

    void remove(LogSink sink) {
        submit(() -> {
            if (sinks.remove(sink)) {
                sink.close();
            }
        });
    }

    void reopen() {
        submit(() -> sinks.forEach(LogSink::reopen));
    }

    boolean flush(long timeoutNanos) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        if (!submit(() -> {
            drain();
            done.countDown();
        })) {
            return true;
        }
        return done.await(timeoutNanos, TimeUnit.NANOSECONDS);
    }

    void close() {
        Thread running;
        synchronized (this) {
            closing = true;
            running = thread;
        }
        if (running != null) {
            LockSupport.unpark(running);
            try {
                running.join(CLOSE_MILLIS_MAX);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Called after every line; wakes the thread only if it sleeps for good. Either this sees the flag, or the thread's
     * last look sees the line: the ring's producer index and the flag are both volatile, and each side writes its own
     * first. Any thread.
     */
    void wake() {
        if (asleep.get() && asleep.compareAndSet(true, false)) {
            LockSupport.unpark(thread());
        }
    }

    private synchronized @Nullable Thread thread() {
        return thread;
    }

    /** False when no thread runs: then there is nothing to act on. */
    private synchronized boolean submit(Runnable task) {
        if (thread == null || !thread.isAlive()) {
            return false;
        }
        tasks.add(task);
        LockSupport.unpark(thread);
        return true;
    }

    private void run() {
        while (!closing) {
            int lines = drain();
            if (lines > 0 && lines < LogSink.LINES_MAX) {
                LockSupport.parkNanos(this, NAP_NANOS);
            } else if (lines == 0) {
                // the flag first, then one more look: a line published between the two is seen here or wakes us
                asleep.set(true);
                if (drain() == 0 && !closing && tasks.isEmpty()) {
                    LockSupport.park(this);
                }
                asleep.set(false);
            }
            runTasks();
        }
        runTasks();
        for (LogSink sink : sinks) {
            sink.close();
        }
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private int drain() {
        int lines = 0;
        for (LogSink sink : sinks) {
            lines += sink.drain();
        }
        return lines;
    }
}
