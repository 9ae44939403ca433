package io.weir.net.sniff;

import io.netty.channel.Channel;
import io.weir.core.admit.TokenBucket;
import io.weir.core.stats.Counter;
import io.weir.net.transport.Worker;
import org.jspecify.annotations.Nullable;

/**
 * Lets so many connections through in a while; the others are closed before anything is read of them.
 *
 * @param bucket
 *            shared by all workers
 * @param limited
 *            counts those that are closed
 */
public record RateLimit(TokenBucket bucket, Counter limited) implements Inspector {
    @Override
    public String name() {
        return "local_ratelimit";
    }

    @Override
    public @Nullable Look begin(Worker worker, Channel channel, Greeting greeting) {
        if (bucket.take(worker.nowNanos())) {
            return null;
        }
        limited.increment();
        return _ -> Look.Answer.REFUSED;
    }
}
