package io.weir.net.transport;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.weir.core.overload.Overload;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One event loop with what belongs to it: timers, dice, the date, and singletons of others. A connection belongs to one
 * worker for life. Except for {@link #index}, {@link #loop}, {@link #allocator} and {@link #overload}, only its own
 * thread may use it.
 */
public final class Worker {
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final int index;
    private final EventLoop loop;
    private final ByteBufAllocator allocator;
    private final TimerWheel timers;
    private final SplittableRandom random = new SplittableRandom();
    private final HttpDate date = new HttpDate();
    private final @Nullable Object[] slots = new @Nullable Object[WorkerSlot.SLOTS_MAX];
    private final Transport transport;
    private final Overload overload;

    Worker(int index, EventLoop loop, ByteBufAllocator allocator, Transport transport, Overload overload) {
        this.index = index;
        this.loop = loop;
        this.allocator = allocator;
        this.transport = transport;
        this.overload = overload;
        this.timers = new TimerDriver(loop, TICK_NANOS).wheel();
    }

    /** The worker whose thread this is. */
    public static Worker current() {
        if (Thread.currentThread() instanceof WorkerThread thread && thread.worker != null) {
            return thread.worker;
        }
        throw new IllegalStateException(Thread.currentThread().getName() + " is no worker's thread");
    }

    /** From 0 to the number of workers less one. */
    public int index() {
        return index;
    }

    public EventLoop loop() {
        return loop;
    }

    /** True on this worker's own thread. */
    public boolean inside() {
        return loop.inEventLoop();
    }

    /** Timers with ticks of 10 ms, on the clock of {@link #nowNanos}. */
    public TimerWheel timers() {
        return timers;
    }

    /** Pooled direct buffers, shared by all workers. */
    public ByteBufAllocator allocator() {
        return allocator;
    }

    /** What is given up while resources are short; the same for all workers. */
    public Overload overload() {
        return overload;
    }

    /** A clock that only goes forward; its zero means nothing. */
    public long nowNanos() {
        return System.nanoTime();
    }

    /** The date for HTTP's header of that name, 29 ASCII bytes; the same array for a second: read, do not write. */
    public byte[] httpDate() {
        return date.at(System.currentTimeMillis());
    }

    /** Fast dice; not for secrets. */
    public RandomGenerator random() {
        return random;
    }

    /** This worker's own of what the slot stands for, made when first asked for. */
    public <T> T slot(WorkerSlot<T> key) {
        Object found = slots[key.index];
        if (found == null) {
            found = key.maker.apply(this);
            slots[key.index] = found;
        }
        @SuppressWarnings("unchecked") // only key.maker fills key.index
        T own = (T) found;
        return own;
    }

    /** An accepted channel reads and writes so from now on, whatever its listener has set. On the worker's thread. */
    public void settings(Channel channel, ChannelSettings settings) {
        if (!settings.halfClosure()) {
            channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
        }
        transport.apply(channel, settings);
    }

    /** The class of a UDP channel that this worker's loop can drive. */
    public Class<? extends DatagramChannel> datagramType() {
        return transport.datagramType();
    }

    /** The class of a TCP client's channel that this worker's loop can drive, for who cannot use {@link Connector}. */
    public Class<? extends SocketChannel> socketType() {
        return transport.socketType();
    }

    Transport transport() {
        return transport;
    }
}
