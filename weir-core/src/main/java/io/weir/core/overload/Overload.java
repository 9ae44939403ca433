package io.weir.core.overload;

import io.weir.core.admit.ConnectionLimit;
import io.weir.core.stats.Counter;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * What all workers ask before they take something on: one volatile read where nothing is short. One writer publishes;
 * any thread asks; nothing is allocated.
 */
public final class Overload {
    private final ConnectionLimit connections = new ConnectionLimit();
    private final Counter[] shed = new Counter[ShedPoint.values().length];
    private volatile Levels levels = Levels.CALM;

    public Overload() {
        Arrays.setAll(shed, _ -> Counter.unnamed());
    }

    /** How much of everything is done at the moment. */
    public Levels levels() {
        return levels;
    }

    /** It is so from now on. The writer's. */
    public void publish(Levels next) {
        levels = next;
    }

    /** Where it is counted that something was shed at a point. The writer's, before it publishes. */
    public void count(ShedPoint point, Counter counter) {
        shed[point.ordinal()] = counter;
    }

    /** Whether an action befalls the connection or request at hand. */
    public boolean strikes(Action action, RandomGenerator dice) {
        return drawn(levels.of(action), dice);
    }

    /** Whether the connection or request at hand is given up here; that is counted. */
    public boolean sheds(ShedPoint point, RandomGenerator dice) {
        boolean given = drawn(levels.of(point), dice);
        if (given) {
            shed[point.ordinal()].increment();
        }
        return given;
    }

    private static boolean drawn(double chance, RandomGenerator dice) {
        return chance > 0 && (chance >= 1 || dice.nextDouble() < chance);
    }

    /**
     * Whether there may be one more connection of a client; then it counts until it {@link #connectionEnded}.
     *
     * @param always
     *            whether it may come in any case
     */
    public boolean connectionOpened(boolean always) {
        return connections.tryBegin(always ? Long.MAX_VALUE : levels.connectionsMax());
    }

    public void connectionEnded() {
        connections.ended();
    }

    /** Connections of clients there are now. */
    public long connections() {
        return connections.active();
    }
}
