package io.weir.net.transport;

import io.netty.channel.EventLoop;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Turns a worker's wheel by one scheduled task of its event loop, and by none while no timer is armed. */
final class TimerDriver implements TimerWheel.Wakeup, Runnable {
    private final EventLoop loop;
    private final TimerWheel wheel;
    private @Nullable Future<?> scheduled;

    TimerDriver(EventLoop loop, long tickNanos) {
        this.loop = loop;
        this.wheel = new TimerWheel(tickNanos, System.nanoTime(), this);
    }

    TimerWheel wheel() {
        return wheel;
    }

    @Override
    public void at(long nanos) {
        Future<?> earlier = scheduled;
        if (earlier != null) {
            earlier.cancel(false);
        }
        scheduled = loop.schedule(this, Math.max(0, nanos - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    @Override
    public void run() {
        scheduled = null;
        wheel.advance(System.nanoTime());
    }
}
