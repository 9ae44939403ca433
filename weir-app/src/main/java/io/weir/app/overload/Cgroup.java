package io.weir.app.overload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * The control group that this process is in, as the kernel shows it: version 2, or version 1 with the controllers that
 * are asked for (cgroups(7)). Reads small files of the kernel's, which do not wait.
 */
final class Cgroup {
    private static final String V2 = "0::";
    private static final double MICROS_PER_SECOND = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;

    private final Path root;
    private final Path ownGroups;

    /**
     * @param root
     *            where control groups are mounted, {@code /sys/fs/cgroup}
     * @param ownGroups
     *            the groups of this process, {@code /proc/self/cgroup}
     */
    Cgroup(Path root, Path ownGroups) {
        this.root = root;
        this.ownGroups = ownGroups;
    }

    static Cgroup own() {
        return new Cgroup(Path.of("/sys/fs/cgroup"), Path.of("/proc/self/cgroup"));
    }

    /** Bytes of memory that count for the group, the cache of files included. */
    long memoryBytes() throws IOException {
        Path file = file("memory", "memory.current", "memory.usage_in_bytes");
        return Long.parseLong(word(file));
    }

    /** How many there may be; {@code Long.MAX_VALUE}: no limit. */
    long memoryBytesMax() throws IOException {
        String limit = word(file("memory", "memory.max", "memory.limit_in_bytes"));
        return limit.equals("max") ? Long.MAX_VALUE : Long.parseLong(limit);
    }

    /** Seconds of processor time that the group has used so far. */
    double cpuSeconds() throws IOException {
        Path file = file("cpuacct", "cpu.stat", "cpuacct.usage");
        if (!file.endsWith("cpu.stat")) {
            return Long.parseLong(word(file)) / NANOS_PER_SECOND;
        }
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith("usage_usec ")) {
                return Long.parseLong(line.substring(line.indexOf(' ') + 1).strip()) / MICROS_PER_SECOND;
            }
        }
        throw new IOException("no usage_usec in " + file);
    }

    /**
     * How many processors it may use.
     *
     * @param otherwise
     *            what holds where it has no quota
     */
    double cpus(int otherwise) throws IOException {
        Path file;
        try {
            file = file("cpu", "cpu.max", "cpu.cfs_quota_us");
        } catch (NoSuchFileException root) {
            return otherwise; // the group at the root has no limits, and no file
        }
        String[] words = Files.readString(file).strip().split(" ", -1);
        if (words[0].equals("max") || words[0].startsWith("-")) {
            return otherwise;
        }
        String period = words.length > 1 ? words[1] : word(file.resolveSibling("cpu.cfs_period_us"));
        return Math.min(otherwise, Long.parseLong(words[0]) / (double) Long.parseLong(period));
    }

    private static String word(Path file) throws IOException {
        return Files.readString(file).strip();
    }

    /** A file of this group, of version 2 or of version 1; in a container the group is shown as the root. */
    private Path file(String controller, String name2, String name1) throws IOException {
        List<String> groups = Files.exists(ownGroups) ? Files.readAllLines(ownGroups) : List.of();
        for (String line : groups) {
            String[] parts = line.split(":", 3);
            boolean second = line.startsWith(V2);
            if (parts.length == 3 && (second || List.of(parts[1].split(",", -1)).contains(controller))) {
                Path base = second ? root : root.resolve(controller);
                String name = second ? name2 : name1;
                for (Path file : List.of(base.resolve(parts[2].substring(1)).resolve(name), base.resolve(name))) {
                    if (Files.exists(file)) {
                        return file;
                    }
                }
            }
        }
        throw new NoSuchFileException(name2 + " and " + name1 + " of this process' control group below " + root);
    }
}
