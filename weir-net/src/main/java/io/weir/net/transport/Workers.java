package io.weir.net.transport;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.EventExecutor;
import io.weir.core.overload.Overload;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** All workers of the process. Start once; {@link #close} ends their threads and every connection. */
public final class Workers implements AutoCloseable {
    private static final int PAGE_BYTES = 8192;
    /** Chunks of 2 MiB: memory grows in small steps, and a chunk still holds eight of the largest reads. */
    private static final int CHUNK_ORDER = 8;
    private static final int SMALL_CACHE = 256;
    private static final int NORMAL_CACHE = 64;
    private static final long CLOSE_SECONDS = 5;

    private final MultiThreadIoEventLoopGroup group;
    /** What each loop waits with, in the order of the workers. */
    private final List<IoHandler> handlers = new ArrayList<>();
    private final PooledByteBufAllocator allocator;
    private final Overload overload = new Overload();
    private final List<Worker> all;

    private Workers(int count, Transport transport, String threadNames) {
        AtomicInteger names = new AtomicInteger();
        ThreadFactory threads = body -> new WorkerThread(body, threadNames + names.getAndIncrement());
        IoHandlerFactory made = transport.ioHandlers();
        this.group = new MultiThreadIoEventLoopGroup(count, threads, executor -> {
            IoHandler handler = made.newHandler(executor);
            handlers.add(handler);
            return handler;
        });
        this.allocator = new PooledByteBufAllocator(true, 0, count, PAGE_BYTES, CHUNK_ORDER, SMALL_CACHE, NORMAL_CACHE,
                false, 0);
        List<Worker> workers = new ArrayList<>(count);
        for (EventExecutor executor : group) {
            EventLoop loop = (EventLoop) executor;
            int index = workers.size();
            // The loop's thread starts with its first task: one after the other, so that names follow the index.
            workers.add(loop.submit(() -> adopt(new Worker(index, loop, allocator, transport, overload)))
                    .syncUninterruptibly().getNow());
        }
        this.all = List.copyOf(workers);
    }

    private static Worker adopt(Worker worker) {
        ((WorkerThread) Thread.currentThread()).worker = worker;
        return worker;
    }

    /**
     * Starts the workers, on native epoll where it can be had.
     *
     * @param count
     *            how many; 0 or less for one per processor
     */
    public static Workers start(int count) {
        return start(count, "weir-worker-");
    }

    /**
     * Starts workers whose threads have names of their own: for what is to stand beside the traffic.
     *
     * @param threadNames
     *            what comes before the number
     */
    public static Workers start(int count, String threadNames) {
        return start(count, Transport.best(), threadNames);
    }

    static Workers start(int count, Transport transport) {
        return start(count, transport, "weir-worker-");
    }

    private static Workers start(int count, Transport transport, String threadNames) {
        if (System.getProperty("io.netty.leakDetection.level") == null
                && System.getProperty("io.netty.leakDetectionLevel") == null) {
            ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        }
        return new Workers(count > 0 ? count : Runtime.getRuntime().availableProcessors(), transport, threadNames);
    }

    public List<Worker> all() {
        return all;
    }

    /** The allocator of every worker; its metric tells what buffers hold. */
    public PooledByteBufAllocator allocator() {
        return allocator;
    }

    /** What workers ask before they take something on. */
    public Overload overload() {
        return overload;
    }

    /** {@code epoll} or {@code nio}. */
    public String transportName() {
        return all.getFirst().transport().label();
    }

    /** Closes every connection and ends the threads; waits for that up to {@value #CLOSE_SECONDS} seconds. */
    @Override
    public void close() {
        // A loop that is told to end while it runs tasks ends behind them, and leaves open what it has (Netty 4.2.18).
        for (int i = 0; i < handlers.size(); i++) {
            if (!group.isShuttingDown()) {
                all.get(i).loop().execute(handlers.get(i)::prepareToDestroy);
            }
        }
        group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    }
}
