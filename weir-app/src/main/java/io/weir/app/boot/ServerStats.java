package io.weir.app.boot;

import io.weir.app.Version;
import io.weir.app.admin.Administered.State;
import io.weir.app.admin.ResidentMemory;
import io.weir.app.upgrade.Succession;
import io.weir.core.stats.Scope;
import io.weir.core.stats.Stats;
import java.util.function.Supplier;

/** The numbers of the process as a whole: {@code server.*}, with Envoy's names. */
final class ServerStats {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Scope scope;

    ServerStats(Stats stats, Supplier<State> state, Uptime uptime, int concurrency,
            Succession succession) {
        this.scope = stats.root().child("server");
        scope.gauge("live", () -> state.get() == State.LIVE ? 1 : 0);
        scope.gauge("state", () -> number(state.get()));
        scope.gauge("uptime", uptime::seconds);
        scope.gauge("concurrency", () -> concurrency);
        scope.gauge("version", Version::number);
        scope.gauge("hot_restart_epoch", succession::epoch);
        scope.gauge("parent_connections", succession::parentConnections);
        scope.gauge("descriptors_max", Descriptors::most);
        scope.gauge("descriptors_open", Descriptors::open);
        Runtime runtime = Runtime.getRuntime();
        scope.gauge("memory_allocated", () -> runtime.totalMemory() - runtime.freeMemory());
        scope.gauge("memory_heap_size", runtime::totalMemory);
        scope.gauge("memory_physical_size", ResidentMemory::bytes);
    }

    /** It serves, this long after the process began. */
    void initialized(long nanos) {
        scope.histogram("initialization_time_ms").record(nanos / NANOS_PER_MILLI);
    }

    /** The numbers of {@code envoy.admin.v3.ServerInfo.State}. */
    private static long number(State state) {
        return switch (state) {
            case LIVE -> 0;
            case DRAINING -> 1;
            case PRE_INITIALIZING -> 2;
            case INITIALIZING -> 3;
        };
    }
}
