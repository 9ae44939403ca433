package io.weir.core.health;

import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * What the keeping of a cluster's health needs from outside. Immutable.
 *
 * @param dice
 *            for percentages and jitter; the conductor's
 * @param wake
 *            asks for a tick soon; any thread may call it, and it must not wait
 * @param events
 *            hears what happened to outliers, on the conductor
 */
public record Surroundings(RandomGenerator dice, Runnable wake, Consumer<OutlierEvent> events) {
    /** Always the same dice, ticks when they come, and nobody who listens: for tests and for a start. */
    public static Surroundings quiet() {
        return new Surroundings(new SplittableRandom(1), () -> {
        }, _ -> {
        });
    }
}
