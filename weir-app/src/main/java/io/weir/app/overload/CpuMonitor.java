package io.weir.app.overload;

import io.weir.core.time.NanoClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How busy processors are: of the machine ({@code /proc/stat}, by all processes), or of the control group against its
 * quota. What is told is a moving average, in which each measurement counts by {@value #WEIGHT} as in Envoy: short
 * bursts are no overload.
 */
final class CpuMonitor implements Monitor {
    static final double WEIGHT = 0.05;
    private static final double NANOS_PER_SECOND = 1e9;
    /** Of the numbers in a line of /proc/stat (proc_stat(5)): idle and iowait; guest times are in user's already. */
    private static final int IDLE = 3;
    private static final int IOWAIT = 4;
    private static final int STEAL = 7;

    private final Reading reading;
    private double busyBefore;
    private double allBefore;
    private boolean begun;
    private double average;

    /** Time in use and time there was, since some moment, in the same unit. */
    record Times(double busy, double all) {
    }

    /** Where times come from. */
    @FunctionalInterface
    interface Reading {
        Times now() throws IOException;
    }

    CpuMonitor(Reading reading) {
        this.reading = reading;
    }

    static CpuMonitor ofTheMachine(Path stat) {
        return new CpuMonitor(() -> {
            String first = Files.readAllLines(stat).getFirst();
            String[] words = first.split(" +", -1);
            if (!words[0].equals("cpu") || words.length <= STEAL + 1) {
                throw new IOException("not understood: " + first);
            }
            double all = 0;
            for (int i = 0; i <= STEAL; i++) {
                all += Long.parseLong(words[i + 1]);
            }
            return new Times(all - Long.parseLong(words[IDLE + 1]) - Long.parseLong(words[IOWAIT + 1]), all);
        });
    }

    static CpuMonitor ofTheGroup(Cgroup group, NanoClock clock) {
        return new CpuMonitor(() -> new Times(group.cpuSeconds(), clock.nanos() / NANOS_PER_SECOND
                * group.cpus(Runtime.getRuntime().availableProcessors())));
    }

    @Override
    public double pressure() throws IOException {
        Times now = reading.now();
        double passed = now.all - allBefore;
        if (begun && passed > 0) {
            double busy = Math.clamp((now.busy - busyBefore) / passed, 0, 1);
            average += WEIGHT * (busy - average);
        }
        begun = true;
        busyBefore = now.busy;
        allBefore = now.all;
        return average;
    }
}
