package io.weir.app.overload;

import io.weir.core.overload.Action;
import io.weir.core.overload.Levels;
import io.weir.core.overload.Overload;
import io.weir.core.overload.OverloadSpec;
import io.weir.core.overload.ShedPoint;
import io.weir.core.overload.Trigger;
import io.weir.core.stats.Counter;
import io.weir.core.stats.Gauge;
import io.weir.core.stats.Scope;
import io.weir.core.stats.Stats;
import io.weir.core.time.NanoClock;
import io.weir.net.transport.Workers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures all resources now and then, has {@link Levels} made of it, and publishes them. Says in the log what is done
 * from now on, and why. The conductor's.
 */
public final class OverloadManager {
    private static final Logger LOG = LoggerFactory.getLogger(OverloadManager.class);
    /** A collection of all garbage stops everything for as long as it takes: not more often than Envoy shrinks. */
    private static final long COLLECT_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final double PERCENT = 100;

    private final Overload overload;
    private final Scope scope;
    private final Monitors monitors;
    private final Later later;
    private final Consumer<Boolean> halt;
    private final ReliefRound relief;
    private final NanoClock clock;
    private OverloadSpec spec = OverloadSpec.NONE;
    private List<Watched> watched = List.of();
    private Levels levels = Levels.CALM;
    private boolean halted;
    private long collectedNanos;
    /** Whose turn it is to measure: who was started for an earlier specification stops. */
    private int term;

    /** Runs something on the conductor after a time. */
    @FunctionalInterface
    public interface Later {
        void after(long nanos, Runnable task);
    }

    /** A monitor with its numbers. */
    private static final class Watched {
        private final String name;
        private final Monitor monitor;
        private final Gauge pressurePercent;
        private final Counter failed;
        private double pressure;
        private boolean complained;

        Watched(String name, Monitor monitor, Scope scope) {
            this.name = name;
            this.monitor = monitor;
            this.pressurePercent = scope.gauge("pressure");
            this.failed = scope.counter("failed_updates");
            scope.counter("skipped_updates"); // measuring takes no longer than the time between two of them
            pressurePercent.set(0);
        }

        void look() {
            try {
                pressure = monitor.pressure();
                complained = false;
            } catch (IOException | RuntimeException e) {
                failed.increment();
                if (!complained) {
                    complained = true;
                    LOG.warn("overload: {} cannot be measured and stays at {} %: {}", name, percent(pressure),
                            e.toString());
                }
            }
            pressurePercent.set(percent(pressure));
        }
    }

    /**
     * @param halt
     *            has listeners leave new connections where they wait, or take them again
     */
    public OverloadManager(Workers workers, Stats stats, NanoClock clock, Later later, Consumer<Boolean> halt) {
        this.overload = workers.overload();
        this.scope = stats.root().child("overload");
        this.monitors = new Monitors(workers, clock);
        this.relief = new ReliefRound(workers, stats.root());
        this.later = later;
        this.halt = halt;
        this.clock = clock;
        this.collectedNanos = clock.nanos() - COLLECT_NANOS;
    }

    /** This is watched from now on. */
    public void follow(OverloadSpec next) {
        if (next.equals(spec)) {
            return;
        }
        tell(Levels.CALM, Map.of()); // what is not watched any more is over
        levels = Levels.CALM;
        spec = next;
        watched = new ArrayList<>();
        next.monitors().forEach(
                (name, monitor) -> watched.add(new Watched(name, monitors.of(monitor), scope.child(name))));
        next.points().keySet().forEach(
                point -> overload.count(point, scope.child(point.fullName()).counter("shed_load_count")));
        look(++term);
    }

    private void look(int mine) {
        if (mine != term) {
            return;
        }
        watched.forEach(Watched::look);
        Map<String, Double> pressures = new HashMap<>();
        watched.forEach(each -> pressures.put(each.name, each.pressure));
        Levels next = spec.equals(OverloadSpec.NONE)
                ? Levels.CALM
                : Levels.of(spec, name -> pressures.getOrDefault(name, 0.0));
        overload.publish(next);
        halt(next.saturated(Action.STOP_ACCEPTING_CONNECTIONS));
        tell(next, pressures); // behind what it tells of: who reads that requests are refused finds them refused
        levels = next;
        if (next.saturated(Action.SHRINK_HEAP)) {
            collect();
        }
        if (!watched.isEmpty()) {
            later.after(spec.refreshNanos(), () -> look(mine)); // whatever becomes of what is asked for
        }
        relief.ask(next.relief());
    }

    private void halt(boolean on) {
        if (halted != on) {
            halted = on;
            halt.accept(on);
        }
    }

    /** In a thread of its own: the conductor has others to serve when the JVM goes on. */
    private void collect() {
        long now = clock.nanos();
        if (now - collectedNanos >= COLLECT_NANOS) {
            collectedNanos = now;
            Thread.ofPlatform().daemon().name("weir-collect").start(System::gc);
        }
    }

    private void tell(Levels next, Map<String, Double> pressures) {
        for (Action action : spec.actions().keySet()) {
            Scope own = scope.child(action.fullName());
            own.gauge("active").set(next.saturated(action) ? 1 : 0);
            own.gauge("scale_percent").set(percent(next.of(action)));
        }
        for (ShedPoint point : spec.points().keySet()) {
            scope.child(point.fullName()).gauge("scale_percent").set(percent(next.of(point)));
        }
        Arrays.stream(Action.values()).forEach(action -> tell(action.fullName(), levels.of(action), next.of(action),
                spec.actions().getOrDefault(action, List.of()), pressures));
        Arrays.stream(ShedPoint.values()).forEach(point -> tell(point.fullName(), levels.of(point), next.of(point),
                spec.points().getOrDefault(point, List.of()), pressures));
    }

    /** A line where something begins, is at its strongest, or is over; not for each step between. */
    private static void tell(String what, double before, double now, List<Trigger> triggers,
            Map<String, Double> pressures) {
        boolean saturated = now >= 1;
        if (now > 0 == before > 0 && saturated == before >= 1) {
            return;
        }
        String why = triggers.stream().map(trigger -> trigger.monitor() + " is at "
                + percent(pressures.getOrDefault(trigger.monitor(), 0.0)) + " %, which counts " + trigger.text())
                .collect(Collectors.joining("; "));
        if (now > 0) {
            LOG.warn("overload: {} is {}: {}", what, saturated ? "active" : percent(now) + " % active", why);
        } else {
            LOG.info("overload: {} is over: {}", what, why);
        }
    }

    private static long percent(double share) {
        return Math.round(share * PERCENT);
    }
}
