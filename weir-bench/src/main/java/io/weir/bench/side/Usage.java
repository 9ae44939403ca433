package io.weir.bench.side;

import io.weir.testkit.PeerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a program and its children have used so far, from /proc. */
final class Usage {
    private static final int USER_TICKS = 11; // fields of /proc/PID/stat, counted behind the program's name
    private static final int SYSTEM_TICKS = 12;
    private static final double TICKS_PER_SECOND = ticksPerSecond();
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    private Usage() {}

    /** User and system seconds of all threads of the program and its living children. */
    static double cpuSeconds(PeerProcess peer) {
        long ticks = 0;
        for (ProcessHandle process : peer.processes()) {
            String stat = read(process.pid(), "stat");
            if (!stat.isEmpty()) {
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
                ticks += Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]);
            }
        }
        return ticks / TICKS_PER_SECOND;
    }

    /** Resident memory of the program and its children together, in MiB; pages they share count for each. */
    static double residentMebibytes(PeerProcess peer) {
        double kibibytes = 0;
        for (ProcessHandle process : peer.processes()) {
            Matcher resident = RESIDENT.matcher(read(process.pid(), "status"));
            if (resident.find()) {
                kibibytes += Long.parseLong(resident.group(1));
            }
        }
        return kibibytes / 1024;
    }

    private static String read(long pid, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), file), StandardCharsets.UTF_8);
        } catch (NoSuchFileException ended) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double ticksPerSecond() {
        return Double.parseDouble(Tool.output("getconf", "CLK_TCK").strip());
    }
}
