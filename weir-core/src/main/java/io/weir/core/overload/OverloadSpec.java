package io.weir.core.overload;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is watched, and what is done about it: Envoy's {@code overload.v3.OverloadManager}. Immutable.
 *
 * @param refreshNanos
 *            how often everything is measured
 * @param monitors
 *            by the names that triggers and stats have for them, in their order
 * @param actions
 *            each with its triggers, of which the strongest counts; they name monitors of the list
 * @param points
 *            the same of single places
 * @param timers
 *            what {@link Action#REDUCE_TIMEOUTS} shortens
 * @param connectionsMax
 *            how many connections of clients there may be, of all listeners together, where no monitor says it
 * @param trackedPowerOfTwo
 *            streams that hold less than two to the power of this in bytes are left alone by
 *            {@link Action#RESET_HIGH_MEMORY_STREAM}; not asked for without it
 */
public record OverloadSpec(long refreshNanos, Map<String, MonitorSpec> monitors, Map<Action, List<Trigger>> actions,
        Map<ShedPoint, List<Trigger>> points, List<TimerScale> timers, long connectionsMax, int trackedPowerOfTwo) {

    /** Envoy's default of {@code refresh_interval}. */
    public static final long REFRESH_NANOS_DEFAULT = 1_000_000_000L;

    /** Nothing is watched. */
    public static final OverloadSpec NONE = new OverloadSpec(REFRESH_NANOS_DEFAULT, Map.of(), Map.of(), Map.of(),
            List.of(), 0);

    public OverloadSpec {
        monitors = Collections.unmodifiableMap(new LinkedHashMap<>(monitors));
        actions = ordered(Action.class, actions);
        points = ordered(ShedPoint.class, points);
        timers = List.copyOf(timers);
    }

    /** One in which only a monitor may limit connections. */
    public OverloadSpec(long refreshNanos, Map<String, MonitorSpec> monitors, Map<Action, List<Trigger>> actions,
            Map<ShedPoint, List<Trigger>> points, List<TimerScale> timers, int trackedPowerOfTwo) {
        this(refreshNanos, monitors, actions, points, timers, Long.MAX_VALUE, trackedPowerOfTwo);
    }

    /** The same with so many connections, which count where no monitor limits them. */
    public OverloadSpec withConnectionsMax(long max) {
        return new OverloadSpec(refreshNanos, monitors, actions, points, timers, max, trackedPowerOfTwo);
    }

    /** Whether a monitor says how many connections of clients there may be. */
    public boolean monitorsConnections() {
        return monitors.values().stream().anyMatch(MonitorSpec.Connections.class::isInstance);
    }

    private static <K extends Enum<K>> Map<K, List<Trigger>> ordered(Class<K> keys, Map<K, List<Trigger>> all) {
        var copy = new EnumMap<K, List<Trigger>>(keys);
        all.forEach((key, triggers) -> copy.put(key, List.copyOf(triggers)));
        return Collections.unmodifiableMap(copy);
    }
}
