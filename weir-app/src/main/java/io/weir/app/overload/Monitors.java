package io.weir.app.overload;

import io.weir.core.overload.MonitorSpec;
import io.weir.core.time.NanoClock;
import io.weir.net.transport.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes monitors, each by its specification. */
final class Monitors {
    private final Workers workers;
    private final Cgroup group;
    private final NanoClock clock;

    Monitors(Workers workers, NanoClock clock) {
        this.workers = workers;
        this.group = Cgroup.own();
        this.clock = clock;
    }

    Monitor of(MonitorSpec spec) {
        return switch (spec) {
            case MonitorSpec.Heap(long bytesMax) -> new HeapMonitor(bytesMax, workers.allocator());
            case MonitorSpec.CgroupMemory(long bytesMax) -> () -> memory(bytesMax);
            case MonitorSpec.Cpu(boolean container) -> container
                    ? CpuMonitor.ofTheGroup(group, clock)
                    : CpuMonitor.ofTheMachine(Path.of("/proc/stat"));
            case MonitorSpec.Connections(long max) -> () -> workers.overload().connections() / (double) max;
            case MonitorSpec.Injected(String file) -> () -> injected(Path.of(file));
        };
    }

    /** Without any limit nothing presses. */
    private double memory(long bytesMax) throws IOException {
        long limit = Math.min(group.memoryBytesMax(), bytesMax > 0 ? bytesMax : Long.MAX_VALUE);
        return limit == Long.MAX_VALUE ? 0 : group.memoryBytes() / (double) limit;
    }

    static double injected(Path file) throws IOException {
        String text = Files.readString(file).strip();
        try {
            double pressure = Double.parseDouble(text);
            if (pressure >= 0 && pressure <= 1) {
                return pressure;
            }
        } catch (NumberFormatException e) {
            throw new IOException(file + ": " + text + " is no number", e);
        }
        throw new IOException(file + ": " + text + " is not from 0 to 1");
    }
}
