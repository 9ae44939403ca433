package io.weir.core.overload;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * How much of everything is done at the moment. Immutable: whoever asks several things of it asks about one moment.
 * Asking allocates nothing.
 */
public final class Levels {
    /** Nothing is done. */
    public static final Levels CALM = of(OverloadSpec.NONE, _ -> 0);

    private static final long LOOK_NANOS_MIN = 1_000_000_000L;
    private static final long LOOK_NANOS_MAX = 5_000_000_000L;

    private final double[] actions = new double[Action.values().length];
    private final double[] points = new double[ShedPoint.values().length];
    private final @Nullable TimerScale[] timers = new @Nullable TimerScale[TimerScale.Timer.values().length];
    private final long connectionsMax;
    private final Relief relief;

    private Levels(OverloadSpec spec, ToDoubleFunction<String> pressures) {
        spec.actions().forEach((action, triggers) -> actions[action.ordinal()] = state(triggers, pressures));
        spec.points().forEach((point, triggers) -> points[point.ordinal()] = state(triggers, pressures));
        spec.timers().forEach(scale -> timers[scale.timer().ordinal()] = scale);
        this.connectionsMax = spec.monitors().values().stream().filter(MonitorSpec.Connections.class::isInstance)
                .mapToLong(each -> ((MonitorSpec.Connections) each).max()).min().orElse(spec.connectionsMax());
        this.relief = Relief.of(of(Action.RESET_HIGH_MEMORY_STREAM), spec.trackedPowerOfTwo(),
                of(Action.CLOSE_IDLE_HTTP_CONNECTIONS));
    }

    /**
     * What these pressures come to.
     *
     * @param pressures
     *            by the names of monitors, from 0
     */
    public static Levels of(OverloadSpec spec, ToDoubleFunction<String> pressures) {
        return new Levels(spec, pressures);
    }

    /** The strongest of all triggers. */
    private static double state(List<Trigger> triggers, ToDoubleFunction<String> pressures) {
        double strongest = 0;
        for (Trigger trigger : triggers) {
            strongest = Math.max(strongest, trigger.state(pressures.applyAsDouble(trigger.monitor())));
        }
        return strongest;
    }

    /** From 0, not at all, to 1, saturated. */
    public double of(Action action) {
        return actions[action.ordinal()];
    }

    /** From 0, nowhere, to 1, each time. */
    public double of(ShedPoint point) {
        return points[point.ordinal()];
    }

    /** Whether an action is at its strongest. */
    public boolean saturated(Action action) {
        return of(action) >= 1;
    }

    /** How many connections of clients there may be. */
    public long connectionsMax() {
        return connectionsMax;
    }

    /** What is given up of what has been taken on. */
    public Relief relief() {
        return relief;
    }

    /**
     * A timeout as it is at the moment: in a straight line from itself to its floor, as far as timeouts are reduced.
     *
     * @param nanos
     *            as configured; 0 and less, which mean never, stay so
     */
    public long shortened(TimerScale.Timer timer, long nanos) {
        TimerScale scale = timers[timer.ordinal()];
        if (scale == null || nanos <= 0) {
            return nanos;
        }
        long floor = scale.floorNanos(nanos);
        return nanos - Math.round((nanos - floor) * of(Action.REDUCE_TIMEOUTS));
    }

    /**
     * After how long who waits for a timeout looks whether it has become shorter; as long as the timeout where it
     * cannot. From one second to five, by the floor: a timeout that became shorter is noticed late by no more.
     */
    public long lookNanos(TimerScale.Timer timer, long nanos) {
        TimerScale scale = timers[timer.ordinal()];
        return scale == null || nanos <= 0
                ? nanos
                : Math.min(nanos, Math.clamp(scale.floorNanos(nanos), LOOK_NANOS_MIN, LOOK_NANOS_MAX));
    }
}
