package io.weir.core.health;

import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.random.RandomGenerator;

/**
 * What the keeping of a cluster's health needs from outside. Immutable.
 *
 * @param dice
 *            for percentages and jitter; the conductor's
 * @param wake
 *            asks for a tick soon; any thread may call it, and it must not wait
 * @param wakeIn
 *            asks for a look at the checks that are due after so many nanoseconds; called on the conductor
 * @param outliers
 *            hears what happened to outliers, on the conductor
 * @param prober
 *            carries health checks out
 * @param checks
 *            hears what they found out, on the conductor
 */
public record Surroundings(RandomGenerator dice, Runnable wake, LongConsumer wakeIn, Consumer<OutlierEvent> outliers,
        Prober prober, Consumer<CheckEvent> checks) {
    /** Always the same dice, ticks when they come, nobody who checks or listens: for tests and for a start. */
    public static Surroundings quiet() {
        return new Surroundings(new SplittableRandom(1), () -> {
        }, _ -> {
        }, _ -> {
        }, Prober.NOBODY, _ -> {
        });
    }

    /** The same with somebody who hears of outliers. */
    public Surroundings withOutliers(Consumer<OutlierEvent> other) {
        return new Surroundings(dice, wake, wakeIn, other, prober, checks);
    }

    /** The same with somebody who checks, and somebody who hears of it. */
    public Surroundings withChecks(Prober who, Consumer<CheckEvent> heard) {
        return new Surroundings(dice, wake, wakeIn, outliers, who, heard);
    }
}
