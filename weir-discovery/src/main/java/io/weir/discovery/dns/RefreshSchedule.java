package io.weir.discovery.dns;

import io.weir.core.model.DnsOptions;
import io.weir.core.time.ExponentialBackOff;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** When to ask again. Pure: it is told what happened, and says how long to wait. */
final class RefreshSchedule {
    private final RandomGenerator dice;
    private int failures;

    RefreshSchedule(RandomGenerator dice) {
        this.dice = dice;
    }

    /** Nanoseconds from this answer to the next question. */
    long waitNanos(Answer answer, DnsOptions options) {
        long nanos = switch (answer) {
            case Answer.Found found -> {
                failures = 0;
                // 0 says that an answer may not be kept: that is what asking at the usual rate does
                yield options.respectTtl() && found.ttlSeconds() > 0
                        ? TimeUnit.SECONDS.toNanos(found.ttlSeconds())
                        : options.refreshNanos();
            }
            case Answer.Nothing _,Answer.Failed _ -> {
                failures++;
                yield ExponentialBackOff.tenfold(options.failureRefreshNanos()).nanos(failures);
            }
        };
        return options.jitterNanos() > 0 ? nanos + dice.nextLong(options.jitterNanos()) : nanos;
    }
}
