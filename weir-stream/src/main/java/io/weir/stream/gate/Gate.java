package io.weir.stream.gate;

import io.netty.channel.Channel;
import io.weir.core.admit.ConnectionLimit;
import io.weir.core.admit.TokenBucket;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Gauge;
import io.weir.net.transport.Worker;
import io.weir.stream.client.Farewell;

/** One gate, shared by all workers. Any thread. */
sealed interface Gate {
    /** Whether the connection is let in; where it is not, its end is seen to. */
    boolean admits(Worker worker, Channel channel);

    /** So many a while. */
    record Rate(TokenBucket bucket, Counter limited, boolean enabled) implements Gate {
        @Override
        public boolean admits(Worker worker, Channel channel) {
            if (!enabled || bucket.take(worker.nowNanos())) {
                return true;
            }
            limited.increment();
            channel.close();
            return false;
        }
    }

    /** So many at once. */
    record AtOnce(ConnectionLimit limit, long max, long delayNanos, Counter limited, Gauge active, boolean enabled)
            implements
                Gate {
        @Override
        public boolean admits(Worker worker, Channel channel) {
            if (!enabled) {
                return true;
            }
            if (limit.tryBegin(max)) {
                active.increment();
                channel.closeFuture().addListener(_ -> {
                    limit.ended();
                    active.decrement();
                });
                return true;
            }
            limited.increment();
            Farewell.after(worker, channel, delayNanos);
            return false;
        }
    }
}
