package io.weir.app.boot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How long the process has run, counted from what the system says of its start: the JVM's own start is part of ours.
 * Read from Linux's clock ticks, since what Java offers is either rounded to seconds or costs a management server.
 */
final class Uptime {
    /** USER_HZ, which every architecture of Linux that has a JDK fixes at 100. */
    private static final long NANOS_PER_TICK = 10_000_000;
    private static final double NANOS_PER_SECOND = 1e9;
    /** The place of {@code starttime} in proc_pid_stat(5), counted behind the process's name, which may hold spaces. */
    private static final int START_TIME = 19;

    private final long startNanos;

    Uptime() {
        this.startNanos = System.nanoTime() - ageNanos();
    }

    private static long ageNanos() {
        try {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", START_TIME + 2);
            String uptime = Files.readString(Path.of("/proc/uptime"));
            double bootedNanos = Double.parseDouble(uptime.substring(0, uptime.indexOf(' '))) * NANOS_PER_SECOND;
            return Math.max(0, (long) bootedNanos - Long.parseLong(fields[START_TIME]) * NANOS_PER_TICK);
        } catch (IOException | RuntimeException e) {
            return 0;
        }
    }

    long nanos() {
        return System.nanoTime() - startNanos;
    }

    long seconds() {
        return nanos() / 1_000_000_000L;
    }
}
